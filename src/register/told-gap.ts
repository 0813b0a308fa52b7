import { type Language, say } from '../platform/texts.ts'
import type { Gap } from './gap.ts'

/** A gap's sentence in a reader's language. */
export const sentenceOf = (language: Language, { sentence, params }: Gap): string =>
  say(language, `register.gap-${sentence}`, params)

/** What to do about it, or null where the sentence says all. `file` is the map's. */
export function remedyOf(language: Language, file: string, { add }: Gap): string | null {
  if (add === null) return null
  const text = add.inside ? add.text : `\n${add.text}`
  return say(language, add.inside ? 'register.add-inside' : 'register.add-line', {
    file,
    line: add.line,
    text,
  })
}
