import type { Category } from '../data-map.ts'
import { isWordPart } from './fold-text.ts'
import { foldedLanguages } from './word-lists.ts'
import stems from './words/spoken-stems.json' with { type: 'json' }

/** Beginnings of words, so that no ending of eight languages hides them; short ones are whole words. */
const { about: _, ...lists } = stems
export const spokenCategories = Object.keys(lists) as Category[]
const longestWhole = 4
/** Nothing after so many characters is looked at. */
const longestLook = 400

const start = 0x811c9dc5 | 0
const next = (hash: number, code: number): number => Math.imul(hash ^ code, 0x01000193)
const places = 1 << 16
const placeOf = (hash: number): number => (hash ^ (hash >>> 15)) & (places - 1)

/** Categories of each beginning, as bits; a place in the filter is a guess that the map confirms. */
const bitsOf = new Map<string, number>()
/** A bit for each place: eight kilobytes stay near the processor, where sixty-four do not. */
const filter = new Uint8Array(places / 8)
const isKnown = (place: number): boolean => (((filter[place >>> 3] ?? 0) >>> (place & 7)) & 1) === 1
for (const [i, list] of Object.values(lists).entries())
  for (const stem of foldedLanguages(list)) {
    bitsOf.set(stem, (bitsOf.get(stem) ?? 0) | (1 << i))
    let hash = start
    for (let at = 0; at < stem.length; at++) hash = next(hash, stem.charCodeAt(at))
    const place = placeOf(hash)
    filter[place >>> 3] = (filter[place >>> 3] ?? 0) | (1 << (place & 7))
  }
const longestStem = Math.max(...[...bitsOf.keys()].map(({ length }) => length))

/** The special categories whose beginnings a folded text has, as bits in the order of `spokenCategories`. One run over its letters. */
export function spokenIn(folded: string): number {
  const length = Math.min(folded.length, longestLook)
  let found = 0
  let hash = start
  let from = 0
  for (let at = 0; at < length; at++) {
    const code = folded.charCodeAt(at)
    if (!isWordPart(code)) {
      hash = start
      from = at + 1
      continue
    }
    const read = at + 1 - from
    if (read > longestStem) continue
    hash = next(hash, code)
    if (!isKnown(placeOf(hash))) continue
    const isEnd = at + 1 === folded.length || !isWordPart(folded.charCodeAt(at + 1))
    if (read > longestWhole || isEnd) found |= bitsOf.get(folded.slice(from, at + 1)) ?? 0
  }
  return found
}
