import { decoded, readingsOf, withoutAlias } from './spellings.ts'
import { codeOf, digitsOf, type WantedForms, type WantedKind, words, wordsOf } from './wanted.ts'

/** Which kinds of identifier of the person a cell holds, anywhere in its text. */
export function kindsInCell(cell: string, wanted: WantedForms): ReadonlySet<WantedKind> {
  const kinds = new Set<WantedKind>()
  const shown = decoded(cell)
  for (const text of shown === null ? [cell] : [cell, shown]) {
    if (wanted.emails.size > 0 && emailsIn(text).some((email) => wanted.emails.has(email))) kinds.add('email')
    if (wanted.phones.size > 0 && holdsPhone(text, wanted.phones)) kinds.add('phone')
    for (const kind of codesIn(text, wanted.codes)) kinds.add(kind)
    if (wanted.names.length > 0)
      for (const reading of readingsOf(text)) if (holdsName(wordsOf(reading), wanted.names)) kinds.add('name')
  }
  return kinds
}

/** Whether a cell holds an address of the person's with something behind a plus sign: theirs, or another account's. */
export const holdsAlias = (cell: string, { plainEmails }: WantedForms): boolean =>
  plainEmails.size > 0 &&
  [cell, decoded(cell) ?? ''].some((text) =>
    emailsIn(text).some((email) => email.includes('+') && plainEmails.has(withoutAlias(email))),
  )

/** Addresses as they stand, and between the signs of a web address: `?mail=anna@example.org&x=1`. */
function emailsIn(text: string): readonly string[] {
  const found =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[^\s<>()[\]{},;:"'|\\]+@[^\s<>()[\]{},;:"'|\\]+/gu) ?? []
  const pieces = found.flatMap((one) => [one, ...one.split(/[?&=/#]/).filter((piece) => piece.includes('@'))])
  return pieces.map((email) => email.replace(/^mailto:/, '').replace(/[.!?*_~`]+$/, ''))
}

/** Runs of digits with the signs people put between them; a run may hold a prefix, so its end is compared. */
function holdsPhone(text: string, phones: ReadonlySet<string>): boolean {
  for (const run of text.match(/[0-9][0-9\s()./\u00a0-]{5,40}/g) ?? []) {
    const digits = digitsOf(run)
    for (let end = 7; end <= digits.length; end += 1)
      for (const length of [9, 8, 7])
        if (end >= length && phones.has(digits.slice(end - length, end)) && isWhole(digits, end)) return true
  }
  return false
}

/** A number inside a longer one (an order number) is no phone: at most a prefix may stand before it, and nothing after. */
const isWhole = (digits: string, end: number): boolean => digits.length === end && digits.length <= 15

function* codesIn(text: string, codes: ReadonlyMap<string, WantedKind>): Iterable<WantedKind> {
  if (codes.size === 0) return
  // A code may be written in groups: up to nine neighbouring pieces are put together again.
  const pieces = text
    .split(/[^\p{L}\p{N}]+/u)
    .filter((piece) => piece !== '')
    .map(codeOf)
  for (let start = 0; start < pieces.length; start += 1) {
    let joined = ''
    for (let end = start; end < Math.min(pieces.length, start + 9) && joined.length < 40; end += 1) {
      joined += pieces[end]
      const kind = codes.get(joined)
      if (kind) yield kind
    }
  }
}

function holdsName(found: readonly string[], names: readonly (readonly string[])[]): boolean {
  return names.some((name) => {
    for (let start = 0; start + name.length <= found.length; start += 1) {
      const window = found.slice(start, start + name.length).toSorted()
      if (window.every((word, i) => word === name[i])) return true
    }
    return false
  })
}

/**
 * Whether a row spells a name over several short cells (first name here, last name there), with one word more at the most:
 * "Ada Ruiz" and "Bela Muster" beside each other are two people, and not Ada Muster. Returns the places of those cells, or
 * none.
 */
export function cellsSpellingName(cells: readonly (string | null)[], wanted: WantedForms): readonly number[] {
  const short = cells
    .map((cell, place) => ({ place, words: cell === null || cell.length > 60 ? [] : words(cell) }))
    .filter((cell) => cell.words.length > 0 && cell.words.length <= 3)
    .toSorted((a, b) => a.words.length - b.words.length)
  for (const name of wanted.names) {
    const found = new Set(name.map((word) => short.find((cell) => cell.words.includes(word))))
    const parts = [...found].filter((cell) => cell !== undefined)
    const length = parts.reduce((sum, cell) => sum + cell.words.length, 0)
    if (parts.length === found.size && parts.length > 1 && length <= name.length + 1)
      return parts.map(({ place }) => place)
  }
  return []
}
