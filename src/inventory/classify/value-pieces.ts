import type { Traits } from './cell-traits.ts'
import { addAt, featureSpace, hashCode, hashOn, hashStart, placeOfHash } from './feature-space.ts'
import { isWordPart } from './fold-text.ts'

const longestShape = 24
const ofGram = hashOn(hashStart, 'v:')
const ofForm = hashOn(hashStart, 'm:')
const ofRuns = hashOn(hashStart, 'r:')
const longestWhole = 16
/** By place how many values have a piece of it, and above that the last of them: a value counts once. */
const counts = new Uint32Array(featureSpace)
const oneMore = 1
const lastBits = 16
const ofCount = (1 << lastBits) - 1
const counted = new Uint16Array(featureSpace)

let countedPlaces = 0
let countedValues = 0

/** A piece of the value that is being looked at. */
function note(hash: number): void {
  const place = placeOfHash(hash)
  const known = counts[place] ?? 0
  if (known >>> lastBits === countedValues) return
  if (known === 0) counted[countedPlaces++] = place
  counts[place] = (countedValues << lastBits) | ((known & ofCount) + oneMore)
}

/** What few values have counts for more than its share: one word of sixteen may tell a column. */
function takeNoted(total: number): void {
  for (let i = 0; i < countedPlaces; i++) {
    const place = counted[i] ?? 0
    addAt(place, Math.sqrt(((counts[place] ?? 0) & ofCount) / total))
    counts[place] = 0
  }
  countedPlaces = 0
  countedValues = 0
}

/** Three letters at a time, digits as one, and the whole shape of short values. By hashes: no piece is ever cut out. */
export function gramFeatures(values: readonly Traits[]): void {
  for (const { text, folded } of values) {
    countedValues++
    noteShape(text)
    const length = Math.min(folded.length, longestShape)
    let [before, last] = [-1, 94]
    for (let at = 0; at <= length; at++) {
      const code = at === length ? 36 : asDigit(folded.charCodeAt(at))
      if (before >= 0) note(hashCode(hashCode(hashCode(ofGram, before), last), code))
      before = last
      last = code
    }
  }
  takeNoted(values.length)
}

const ofWord = hashOn(hashStart, 'ww:')
const ofStem = hashOn(hashStart, 'ws:')
const longestRead = 160
const longestStem = 5

/** Whole words of the values, and how longer ones begin. */
export function wordFeatures(values: readonly Traits[]): void {
  for (const { folded, letters } of values) {
    countedValues++
    if (letters < 2) continue
    const length = Math.min(folded.length, longestRead)
    let from = -1
    for (let at = 0; at <= length; at++) {
      const isInside = at < length && isWordPart(folded.charCodeAt(at))
      if (isInside && from < 0) from = at
      if (isInside || from < 0) continue
      if (at - from >= 2) note(hashOn(ofWord, folded, from, at))
      if (at - from > longestStem) note(hashOn(ofStem, folded, from, from + longestStem))
      from = -1
    }
  }
  takeNoted(values.length)
}

/** `Ab-12` is of the shape `Aa-00`, in runs `Aa-0`. */
function noteShape(text: string): void {
  const length = Math.min(text.length, longestShape)
  let [whole, runs, last] = [ofForm, ofRuns, -1]
  for (let at = 0; at < length; at++) {
    const code = shapeOf(text.charCodeAt(at))
    if (length <= longestWhole) whole = hashCode(whole, code)
    if (code !== last) runs = hashCode(runs, code)
    last = code
  }
  note(whole)
  note(runs)
}

const asDigit = (code: number): number => (code >= 48 && code <= 57 ? 48 : code)

/** `A` for a capital, `a` for a small letter, `0` for a digit, anything else as it is. */
function shapeOf(code: number): number {
  if (code < 128) {
    if (code >= 97 && code <= 122) return 97
    return code >= 65 && code <= 90 ? 65 : asDigit(code)
  }
  const letter = String.fromCharCode(code)
  if (letter !== letter.toLowerCase()) return 65
  return letter === letter.toUpperCase() ? code : 97
}
