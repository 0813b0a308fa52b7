import { decoded, isAscii, readingsOf, withoutAlias } from './spellings.ts'
import { codeOf, digitsOf, type WantedForms, type WantedKind, words, wordsOf } from './wanted.ts'

/** Which kinds of identifier of the person a cell holds, anywhere in its text. */
export function kindsInCell(cell: string, wanted: WantedForms): ReadonlySet<WantedKind> {
  const kinds = new Set<WantedKind>()
  for (const text of asShown(cell)) {
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
  asShown(cell).some((text) =>
    emailsIn(text).some((email) => email.includes('+') && plainEmails.has(withoutAlias(email))),
  )

/** A text as it stands and, where that differs, as it is read once it is shown. */
export function asShown(text: string): readonly string[] {
  const shown = decoded(text)
  return shown === null ? [text] : [text, shown]
}

/**
 * Addresses as they stand, and between the signs of a web address: `?mail=anna@example.org&x=1`. Taken apart by splitting:
 * a pattern of the whole would try every start in a picture of a million letters that stands in a mail.
 */
export const emailsIn = (text: string): readonly string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[\s<>()[\]{},;:"'|\\]+/u)
    .filter(isAddress)
    .flatMap((one) => [one, ...one.split(/[?&=/#]/).filter((piece) => piece.includes('@'))])
    .map((email) => withoutEnd(email.replace(/^mailto:/, '')))

const isAddress = (piece: string): boolean => {
  const at = piece.indexOf('@', 1)
  return at > 0 && at < piece.length - 1
}

function withoutEnd(email: string): string {
  let end = email.length
  while (end > 0 && '.!?*_~`'.includes(email.charAt(end - 1))) end -= 1
  return email.slice(0, end)
}

/** What may stand before a number is a prefix: its end is compared. */
const phoneLengths = [9, 8, 7] as const

const holdsPhone = (text: string, phones: ReadonlySet<string>): boolean =>
  phoneEndsIn(text).some((end) => phones.has(end))

/**
 * The ends of runs of digits with the signs people put between them. A number inside a longer one (an order number) is no
 * phone: nothing stands after it, and at most a prefix before.
 */
export const phoneEndsIn = (text: string): readonly string[] =>
  (text.match(/[0-9][0-9\s()./\u00a0-]{5,40}/g) ?? [])
    .map(digitsOf)
    .filter((digits) => digits.length >= 7 && digits.length <= 15)
    .flatMap((digits) => phoneLengths.map((length) => digits.slice(-length)))

/** A code may be written in groups: up to so many neighbouring pieces are put together again. */
export const mostPieces = 9
const longestCode = 40

export const piecesIn = (text: string): readonly string[] =>
  text
    .split(/[^\p{L}\p{N}]+/u)
    .filter((piece) => piece !== '')
    .map((piece) => (isAscii(piece) ? piece.toUpperCase() : codeOf(piece)))

function* codesIn(text: string, codes: ReadonlyMap<string, WantedKind>): Iterable<WantedKind> {
  if (codes.size === 0) return
  const pieces = piecesIn(text)
  for (let start = 0; start < pieces.length; start += 1) {
    let joined = ''
    for (
      let end = start;
      end < Math.min(pieces.length, start + mostPieces) && joined.length < longestCode;
      end += 1
    ) {
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

/** What a cell may hold at the most to be a part of a name. */
export const longestShort = 60
export const mostWords = 3

/**
 * Whether a row spells a name over several short cells (first name here, last name there), with one word more at the most:
 * "Ada Ruiz" and "Bela Muster" beside each other are two people, and not Ada Muster. Returns the places of those cells, or
 * none.
 */
export function cellsSpellingName(cells: readonly (string | null)[], wanted: WantedForms): readonly number[] {
  const short = cells
    .map((cell, place) => ({ place, words: cell === null || cell.length > longestShort ? [] : words(cell) }))
    .filter((cell) => cell.words.length > 0 && cell.words.length <= mostWords)
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
