import type { ResidueSearch } from './residue.ts'

/** Names of many people, found in texts and over short cells without looking at each of them. */
export interface NameIndex {
  /** Adds a name by its folded words; `person` null for one that others bear too, which alone says nothing. */
  add(words: readonly string[], person: ResidueSearch | null): void
  /** A word's number, where a name has it. */
  wordOf(word: string): number | undefined
  /** Names of neighbouring words; undefined stands for a word that no name has. */
  inText(words: readonly (number | undefined)[], find: FindName): void
  /** Names all of whose words are among these. */
  over(words: ReadonlySet<number>, find: FindName): void
}

export type FindName = (name: Name) => void

export interface Name {
  /** Those whom it tells. */
  readonly people: ResidueSearch[]
  /** Whether it is also one that others bear too. */
  isAmbiguous: boolean
}

interface Entry extends Name {
  readonly words: readonly number[]
}

export function nameIndex(): NameIndex {
  const words = new Map<string, number>()
  const names = new Map<string, Entry>()
  /** By sorted numbers of words, so that a name is one in any order. */
  const lengths: number[] = []
  let anchors: readonly (readonly Entry[] | undefined)[] | undefined
  return {
    add(parts, person) {
      const numbers = parts.map((word) => numberOf(words, word)).toSorted(ascending)
      const key = numbers.join(' ')
      const entry = names.get(key) ?? { words: numbers, people: [], isAmbiguous: false }
      names.set(key, entry)
      if (person === null) entry.isAmbiguous = true
      else if (entry.people.at(-1) !== person) entry.people.push(person)
      if (!lengths.includes(numbers.length)) lengths.push(numbers.length)
      anchors = undefined
    },
    wordOf: (word) => words.get(word),
    inText(found, find) {
      let run = 0
      for (let end = 1; end <= found.length; end += 1) {
        run = found[end - 1] === undefined ? 0 : run + 1
        for (const length of lengths) {
          const entry = run < length ? undefined : names.get(keyOf(found.slice(end - length, end)))
          if (entry) find(entry)
        }
      }
    },
    over(found, find) {
      if (found.size < 2) return
      anchors ??= anchored([...names.values()], words.size)
      for (const word of found)
        for (const entry of anchors[word] ?? []) if (entry.words.every((one) => found.has(one))) find(entry)
    },
  }
}

const ascending = (a: number, b: number): number => a - b
const keyOf = (words: readonly (number | undefined)[]): string =>
  words.toSorted((a, b) => (a ?? 0) - (b ?? 0)).join(' ')

function numberOf(words: Map<string, number>, word: string): number {
  const number = words.get(word) ?? words.size
  words.set(word, number)
  return number
}

/** Each name by its rarest word: a first name that thousands bear leads to those alone who have nothing rarer. */
function anchored(names: readonly Entry[], words: number): readonly (readonly Entry[] | undefined)[] {
  const uses = new Uint32Array(words)
  for (const name of names) for (const word of name.words) uses[word] = (uses[word] ?? 0) + 1
  const anchors: Entry[][] = []
  for (const name of names) {
    const rarest = name.words.toSorted((a, b) => (uses[a] ?? 0) - (uses[b] ?? 0))[0] ?? 0
    const there = anchors[rarest]
    if (there) there.push(name)
    else anchors[rarest] = [name]
  }
  return anchors
}
