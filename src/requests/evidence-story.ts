import type { Entry } from '../evidence/public.ts'
import { type Language, say } from '../platform/texts.ts'
import { longDate, number } from './in-words.ts'

type Params = Readonly<Record<string, string | number>>

/** What kind of thing happened, in words; the kind itself where it has none. */
export function entryTitle({ kind, facts }: Entry, language: Language): string {
  const system = typeof facts.system === 'string' ? { system: facts.system } : {}
  return told(language, `${textOf(kind)}-title`, system) ?? kind
}

/** One sentence on what the entry says; undefined for a kind that has none: its facts speak. */
export function entrySentence({ kind, facts }: Entry, language: Language): string | undefined {
  const params = Object.entries(facts).map(([name, value]) => [name, inWords(language, name, value)] as const)
  return told(language, textOf(kind), Object.fromEntries(params))
}

const textOf = (kind: string): string => `story-${kind.replace('.', '-')}`

function told(language: Language, key: string, params: Params): string | undefined {
  const code = `evidence.${key}`
  const sentence = say(language, code, params)
  return sentence === code ? undefined : sentence
}

/** Words of an enumeration are said as everywhere else; hashes and ids stand as they are. */
function inWords(language: Language, name: string, value: string | number | boolean | null): string | number {
  if (typeof value === 'number') return number(language, value)
  if (typeof value !== 'string') return String(value)
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return longDate(language, value)
  const codes: Readonly<Record<string, string>> = {
    identityProof: `requests.certificate-identity-${value}`,
    state: `requests.state-${value}`,
    kind: `evidence.story-kind-${value}`,
    stage: `evidence.story-stage-${value}`,
  }
  const code = codes[name]
  const word = code === undefined ? value : say(language, code)
  return word === code || code === undefined ? value : word.charAt(0).toLowerCase() + word.slice(1)
}
