import type { ToldEvidence } from '../evidence/public.ts'
import { type Language, say } from '../platform/texts.ts'

const paragraphs = [
  'title',
  'what',
  'files',
  'tool',
  'key',
  'hand',
  'hand-manifest',
  'hand-leaf',
  'hand-step',
  'hand-note',
  'hand-detail',
  'limits',
] as const
const width = 96

/** The `README.txt` of a bundle: what the files are, and how to check them with a tool or by hand. */
export function evidenceReadme({ requestId, key, entries }: ToldEvidence, language: Language): string {
  const index = entries[0]?.index ?? 0
  const text = (part: string) =>
    say(language, `evidence.readme-${part}`, { request: requestId, key, index: String(index) })
  return `${paragraphs.map((part) => folded(text(part))).join('\n\n')}\n`
}

/** At words; lines that begin with a space are commands and stay whole. */
const folded = (paragraph: string): string =>
  paragraph
    .split('\n')
    .map((line) => (line.startsWith(' ') ? line : foldLine(line)))
    .join('\n')

function foldLine(line: string): string {
  const lines = ['']
  for (const word of line.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last !== '' && last.length + word.length >= width) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines.join('\n')
}
