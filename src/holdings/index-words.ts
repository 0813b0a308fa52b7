import { nameForms } from './name-forms.ts'
import { oneCase } from './one-case.ts'
import { addPerson, listOf, type PeopleBy } from './people-by.ts'
import type { Term } from './spans.ts'
import { orders } from './spans-of-name.ts'

/** Runs of letters and digits: a name or a customer number stands between two borders of such runs. */
export const wordsOf = (text: string): readonly string[] =>
  text.match(/^[\x00-\x7f]*$/.test(text) ? /[a-z0-9]+/g : /[\p{L}\p{N}]+/gu) ?? []

/** More words than this are not looked up by their first. */
const longest = 30

/** Bits by which one person's names and numbers are told from others', and the fewest of an index. */
const [bitsPerPerson, fewestBits] = [512, 2 ** 14]

/**
 * Names, numbers and user names by all their words in a row: a first name that thousands share leads to nobody. Words are
 * those of `oneCase`, of names those of `fold`.
 */
export function indexWords(people: number) {
  const rows: PeopleBy = new Map()
  const beginnings = beginningsOf(people)
  /** Of each first word how many words follow from it, as bits. */
  const lengths = new Map<string, number>()
  return {
    /** Whether a term of this kind can be looked up so. */
    add(term: Term, person: number): boolean {
      if (!(term.kind === 'name' || term.kind === 'number' || term.kind === 'username')) return false
      const forms =
        term.kind === 'name'
          ? nameForms(term.value).flatMap((form) => orders(form).map((words) => words.join(' ')))
          : [oneCase(term.value)]
      const all = forms.map(wordsOf)
      if (all.some((words) => words.length === 0 || words.length > longest)) return false
      for (const words of all) {
        const first = words[0] ?? ''
        addPerson(rows, words.join(' '), person)
        beginnings.add(words)
        lengths.set(first, (lengths.get(first) ?? 0) | (1 << words.length))
      }
      return true
    },
    /**
     * Whether a text may hold any of them, told in one passage over its letters: nearly no text does, and taking each apart
     * costs ten times as much. Undefined where it is not plain ASCII.
     */
    mayFind: beginnings.mayBeIn,
    find(words: readonly string[], found: Set<number>): void {
      for (let i = 0; i < words.length; i += 1) {
        const bits = lengths.get(words[i] ?? '')
        if (bits === undefined) continue
        for (let length = 1; length <= longest && bits >> length !== 0; length += 1) {
          if ((bits & (1 << length)) === 0 || i + length > words.length) continue
          for (const person of listOf(rows.get(words.slice(i, i + length).join(' ')))) found.add(person)
        }
      }
    },
  }
}

/** How terms begin, as hashes of their first word, where that is all, or of their first two. */
function beginningsOf(people: number) {
  const size = 2 ** Math.ceil(Math.log2(Math.max(fewestBits, people * bitsPerPerson)))
  const bits = new Uint8Array(size / 8)
  const shift = 32 - Math.log2(size)
  const placeOf = (hash: number) => Math.imul(hash ^ (hash >>> 16), 0x45d9f3b) >>> shift
  const isIn = (hash: number) => {
    const place = placeOf(hash)
    return ((bits[place >> 3] ?? 0) & (1 << (place & 7))) !== 0
  }
  return {
    add([first = '', second]: readonly string[]): void {
      const place = placeOf(second === undefined ? hashOf(first) : pairOf(hashOf(first), hashOf(second)))
      bits[place >> 3] = (bits[place >> 3] ?? 0) | (1 << (place & 7))
    },
    mayBeIn(text: string): boolean | undefined {
      let mayBe = false
      let [hash, before, isInWord, isFirst] = [0, 0, false, true]
      for (let i = 0; i <= text.length; i += 1) {
        const code = i < text.length ? text.charCodeAt(i) : 0
        if (code > 127) return undefined
        const letter = lowered(code)
        if (letter > 0) hash = withLetter(hash, letter)
        else if (isInWord) {
          mayBe ||= isIn(hash) || (!isFirst && isIn(pairOf(before, hash)))
          ;[before, hash, isFirst] = [hash, 0, false]
        }
        isInWord = letter > 0
      }
      return mayBe
    },
  }
}

const withLetter = (hash: number, letter: number): number => (Math.imul(hash, 31) + letter) | 0
const pairOf = (first: number, second: number): number => (Math.imul(first, 0x2545f491) + second) | 0

function hashOf(word: string): number {
  let hash = 0
  for (let i = 0; i < word.length; i += 1) hash = withLetter(hash, word.charCodeAt(i))
  return hash
}

/** A letter or digit of ASCII in lower case; 0 for what is neither. */
function lowered(code: number): number {
  if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) return code
  return code >= 65 && code <= 90 ? code + 32 : 0
}
