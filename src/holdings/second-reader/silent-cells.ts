import { longestShort, mostWords } from './read-cell.ts'
import { isAscii, plain, spelledOut } from './spellings.ts'
import { shortestCode, type WantedForms } from './wanted.ts'

/**
 * Which cells say nothing of anybody: told in one passage over their letters, without making a text of any part of them, for
 * of a company's cells nearly all do. It may take a cell for one that speaks, and never the other way round.
 */
export interface SilentCells {
  add(forms: WantedForms): void
  isSilent(cell: string): boolean
}

/** Marks of 32 bits each that one person takes; of some fifty things that are looked up two bits each are set. */
const marksPerPerson = 24
const fewestMarks = 2 ** 14

/** So that a word is not taken for the beginning of a code. */
const [wordKind, pairKind, codeKind, wholeKind, phoneKind, localKind] = [
  0x9e3779b1, 0x3c6ef362, 0xdaa66d13, 0x78dde6c4, 0x17156075, 0xb54cda26,
] as const

/** FNV-1a, letter by letter. */
const [seed, prime] = [0x811c9dc5, 16_777_619]
const withLetter = (hash: number, letter: number): number => Math.imul(hash ^ letter, prime)

/** What pieces of a text begin may be a code that goes on in the next ones: told by so many letters of it. */
const codeLetters = 12
/** Of an address the last of what stands before its sign: a cell with other signs there is never silent, or is parted by them. */
const endOfLocal = /[a-z0-9._-]*$/
/** A phone number is compared by its last digits, of which it has so many. */
const phoneLengths = [9, 8, 7] as const
const [fewestDigits, mostDigits, longestPhone] = [7, 15, 41]

export function silentCells(people: number): SilentCells {
  const size = 2 ** Math.ceil(Math.log2(Math.max(fewestMarks, people * marksPerPerson)))
  const marks = new Int32Array(size)
  const spread = (hash: number) => Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  const bitsOf = (mixed: number) => (1 << (mixed & 31)) | (1 << ((mixed >>> 5) & 31))
  const placeOf = (mixed: number) => (Math.imul(mixed, 0x297a2d39) >>> 7) & (size - 1)
  const mark = (hash: number): void => {
    const mixed = spread(hash)
    const place = placeOf(mixed)
    marks[place] = (marks[place] ?? 0) | bitsOf(mixed)
  }
  const isMarked = (hash: number): boolean => {
    const mixed = spread(hash)
    const bits = bitsOf(mixed)
    return ((marks[placeOf(mixed)] ?? 0) & bits) === bits
  }
  const accented = new Map<string, boolean>()
  /** Whether codes may hold letters with accents. */
  let hasAccents = false
  const look: Look = {
    isMarked,
    isNamed(word) {
      const known = accented.get(word)
      if (known !== undefined) return known
      const isNamed =
        hasAccents ||
        [plain(word), spelledOut(word)].some((one) => !isPlain.test(one) || isMarked(hashOf(one) ^ wordKind))
      if (accented.size >= mostAccented) accented.clear()
      if (word.length <= longestShort) accented.set(word, isNamed)
      return isNamed
    },
  }
  return {
    add({ emails, phones, codes, names }) {
      for (const email of emails) {
        const local = email.slice(0, email.lastIndexOf('@'))
        mark(hashOf(endOfLocal.exec(local)?.[0] ?? '') ^ localKind)
      }
      for (const phone of phones) mark(phoneHash(phone.length, Number(phone)))
      for (const code of codes.keys()) {
        const letters = code.toLowerCase()
        hasAccents ||= !isAscii(letters)
        mark(hashOf(letters) ^ wholeKind)
        for (let length = Math.min(codeLetters, letters.length); length > 0; length -= 1)
          mark(hashOf(letters.slice(0, length)) ^ codeKind)
      }
      for (const name of names) {
        const hashes = name.map(hashOf)
        for (const [i, one] of hashes.entries()) {
          mark(one ^ wordKind)
          for (const other of hashes.slice(i + 1)) mark(pairHash(one, other))
        }
      }
    },
    isSilent: (cell) => passes(cell, look),
  }
}

interface Look {
  readonly isMarked: (hash: number) => boolean
  /** Whether a word with accents may be one of a name, as it is or with its umlauts spelled out. */
  readonly isNamed: (word: string) => boolean
}

const isPlain = /^[a-z0-9]+$/
/** Words of a language come again and again. */
const mostAccented = 20_000

function hashOf(text: string): number {
  let hash = seed
  for (let i = 0; i < text.length; i += 1) hash = withLetter(hash, text.charCodeAt(i))
  return hash
}

/** Words of a name stand beside each other in any order. */
const pairHash = (one: number, other: number): number =>
  one ^ other ^ Math.imul(one + other, prime) ^ pairKind

const phoneHash = (length: number, value: number): number => withLetter(value, length) ^ phoneKind

const [ampersand, at, backslash, brace, bracket, hash, percent, quote] = [38, 64, 92, 123, 91, 35, 37, 34]
const isDigit = (letter: number): boolean => letter >= 48 && letter <= 57
const isSpace = (letter: number): boolean => letter === 32 || (letter >= 9 && letter <= 13)
/** A to Z lowered; 0 for what is no letter or digit. */
function plainOf(letter: number): number {
  if (letter >= 97 && letter <= 122) return letter
  if (isDigit(letter)) return letter
  return letter >= 65 && letter <= 90 ? letter + 32 : 0
}
/** Latin letters with accents, of which no normal form makes a letter without: ſ and ĳ are none of these. */
const [firstAccent, lastAccent] = [0xc0, 0x24f]
const accents = Uint8Array.from({ length: lastAccent + 1 }, (_, code) => {
  const letter = String.fromCharCode(code)
  return Number(code >= firstAccent && /\p{L}/u.test(letter) && letter.normalize('NFKC') === letter)
})
const isAccented = (letter: number): boolean => letter <= lastAccent && accents[letter] === 1
/** Quotes, dashes and the euro: what only parts words. */
const beyondAscii: ReadonlySet<number> = new Set([...'«»‘’“”–—€'].map((one) => one.charCodeAt(0)))
/** Blanks and `( ) . / -`. */
const isBetweenDigits = (letter: number): boolean =>
  isSpace(letter) || letter === 40 || letter === 41 || (letter >= 45 && letter <= 47)

function passes(cell: string, { isMarked, isNamed }: Look): boolean {
  let [word, length, beginning, before, words, known] = [seed, 0, seed, 0, 0, 0]
  let [run, digits, value] = [-1, 0, 0]
  let [isBlank, isPlainWord] = [true, true]
  for (let i = 0; i <= cell.length; i += 1) {
    // The end is a letter like others that are part of nothing.
    const letter = i < cell.length ? cell.charCodeAt(i) : 0
    if (letter === backslash) return false
    const folded = plainOf(letter)
    if (folded > 0) {
      word = withLetter(word, folded)
      length += 1
      if (length <= codeLetters) beginning = word
    } else if (isAccented(letter)) {
      length += 1
      isPlainWord = false
    } else if (letter > 127 && !beyondAscii.has(letter)) return false
    else if (length > 0 && !isPlainWord) {
      words += 1
      if (isNamed(cell.slice(i - length, i))) return false
      ;[word, length, before, isPlainWord] = [seed, 0, 0, true]
    } else if (length > 0) {
      words += 1
      if (
        cell.length - i + length >= shortestCode &&
        mayBeCode(cell, i, { word, beginning, length }, isMarked)
      )
        return false
      const isKnown = isMarked(word ^ wordKind)
      if (isKnown && before !== 0 && isMarked(pairHash(before, word))) return false
      before = isKnown ? word : 0
      if (isKnown) known += 1
      ;[word, length] = [seed, 0]
    }
    if (isDigit(letter)) {
      if (run < 0) [run, digits, value] = [i, 0, 0]
      digits += 1
      value = (value * 10 + letter - 48) % 1e9
    } else if (run >= 0 && !(i < cell.length && isBetweenDigits(letter))) {
      if (mayBePhone(i - run, digits, value, isMarked)) return false
      run = -1
    }
    if (letter === at && mayBeLocal(cell, i, isMarked)) return false
    if (letter === percent || (letter === ampersand && cell.charCodeAt(i + 1) === hash)) return false
    if (isBlank && (letter === brace || letter === bracket || letter === quote)) return false
    isBlank &&= isSpace(letter)
  }
  // A short cell may be a part of a name that stands in several.
  return known === 0 || words > mostWords || cell.length > longestShort
}

/** Letters and digits in a row, as hashes of all of them and of those that a code is told by. */
interface Piece {
  readonly word: number
  readonly beginning: number
  readonly length: number
}

/** Whether what stands before `end`, with the pieces behind it, may be a code. */
function mayBeCode(
  cell: string,
  end: number,
  { word, beginning, length }: Piece,
  isMarked: (hash: number) => boolean,
): boolean {
  if (isMarked(word ^ wholeKind)) return true
  if (!isMarked(beginning ^ codeKind)) return false
  if (length >= codeLetters) return true
  let [joined, letters] = [word, length]
  for (let i = end + 1, isInPiece = false; i <= cell.length; i += 1) {
    const plain = i < cell.length ? plainOf(cell.charCodeAt(i)) : 0
    if (plain > 0) {
      joined = withLetter(joined, plain)
      letters += 1
      if (letters === codeLetters) return isMarked(joined ^ codeKind) || isMarked(joined ^ wholeKind)
    } else if (isInPiece) {
      if (isMarked(joined ^ wholeKind)) return true
      if (!isMarked(joined ^ codeKind)) return false
    }
    isInPiece = plain > 0
  }
  return false
}

function mayBePhone(
  length: number,
  digits: number,
  value: number,
  isMarked: (hash: number) => boolean,
): boolean {
  if (digits < fewestDigits) return false
  // Longer ones are read in pieces.
  if (length > longestPhone) return true
  if (digits > mostDigits) return false
  return phoneLengths.some((most) => {
    const compared = Math.min(most, digits)
    return isMarked(phoneHash(compared, value % 10 ** compared))
  })
}

/** Signs at which addresses in a text, or in a web address, are taken apart. */
const parting: ReadonlySet<number> = new Set(
  [...' \t\n\v\f\r<>()[]{},;:"\'|\\?&=/#'].map((one) => one.charCodeAt(0)),
)
const isPlainInLocal = (letter: number): boolean =>
  plainOf(letter) > 0 || letter === 45 || letter === 46 || letter === 95

/** Whether what stands before the sign of an address may be somebody's; true where it is more than plain. */
function mayBeLocal(cell: string, sign: number, isMarked: (hash: number) => boolean): boolean {
  let start = sign
  while (start > 0 && isPlainInLocal(cell.charCodeAt(start - 1))) start -= 1
  if (start > 0 && !parting.has(cell.charCodeAt(start - 1))) return true
  let local = seed
  for (let i = start; i < sign; i += 1) {
    const letter = cell.charCodeAt(i)
    local = withLetter(local, plainOf(letter) || letter)
  }
  return isMarked(local ^ localKind)
}
