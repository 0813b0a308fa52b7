import { plain, spellingsOf } from './spellings.ts'

/**
 * The second reader looks for a person without the plan's help: it takes texts apart and compares what comes out. It
 * shares no code with the search that finds rows and the patterns that redact texts, so an error in one shows in the other.
 */

export type WantedKind = 'email' | 'phone' | 'number' | 'username' | 'national-id' | 'bank-account' | 'name'

export interface Wanted {
  readonly kind: WantedKind
  readonly value: string
}

/** What is compared, per kind; built once for a person. */
export interface WantedForms {
  readonly emails: ReadonlySet<string>
  /** Those to which their owner may add something behind a plus sign. */
  readonly plainEmails: ReadonlySet<string>
  /** The last nine digits, or all of a shorter number. */
  readonly phones: ReadonlySet<string>
  /** Letters and digits alone, in upper case. */
  readonly codes: ReadonlyMap<string, WantedKind>
  /** Each name as its folded words, sorted. */
  readonly names: readonly (readonly string[])[]
}

/** Shorter codes and numbers stand in every text by chance: they are not looked for, and the report says so. */
export const shortestCode = 5

export const isSearchable = ({ kind, value }: Wanted): boolean => {
  if (kind === 'email') return true
  if (kind === 'name') return words(value).length > 1
  return kind === 'phone' ? digitsOf(value).length >= 7 : codeOf(value).length >= shortestCode
}

export function formsOf(wanted: readonly Wanted[]): WantedForms {
  const searchable = wanted.filter(isSearchable)
  const of = (kind: WantedKind) => searchable.filter((one) => one.kind === kind).map((one) => one.value)
  const emails = of('email').map((value) => value.normalize('NFKC').toLowerCase())
  const codes = searchable.filter(({ kind }) => kind !== 'email' && kind !== 'phone' && kind !== 'name')
  return {
    emails: new Set(emails),
    plainEmails: new Set(emails.filter((email) => !email.includes('+'))),
    phones: new Set(of('phone').map((value) => digitsOf(value).slice(-9))),
    codes: new Map(codes.map(({ kind, value }) => [codeOf(value), kind])),
    // A word that another alphabet does not write (a lone "Ь") leaves one word, which is no full name.
    names: of('name')
      .flatMap(spellingsOf)
      .map((name) => wordsOf(name).toSorted())
      .filter((name) => name.length > 1),
  }
}

export const digitsOf = (text: string): string => text.replace(/[^0-9]/g, '')

export const codeOf = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toUpperCase()

/** Words without accents and case: "Luís" and "LUIS" are one, "Weiß" and "WEISS" too. */
export const words = (text: string): readonly string[] => wordsOf(plain(text))

/** The words of a text that is folded already. */
export const wordsOf = (folded: string): readonly string[] =>
  folded.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
