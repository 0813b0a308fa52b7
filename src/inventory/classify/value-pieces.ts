import type { Traits } from './cell-traits.ts'
import { addNoted, hashCode, hashOn, hashStart, noteAt, placeOfHash } from './feature-space.ts'
import { isWordPart } from './fold-text.ts'

const longestShape = 24
const ofGram = hashOn(hashStart, 'v:')
const ofForm = hashOn(hashStart, 'm:')
const ofRuns = hashOn(hashStart, 'r:')
const longestWhole = 16

/** Three letters at a time, digits as one, and the whole shape of short values. By hashes: no piece is ever cut out. */
export function gramFeatures(values: readonly Traits[]): void {
  let value = 0
  for (const { text, folded } of values) {
    value++
    noteShape(text, value)
    const length = Math.min(folded.length, longestShape)
    let [before, last] = [-1, 94]
    for (let at = 0; at <= length; at++) {
      const code = at === length ? 36 : asDigit(folded.charCodeAt(at))
      if (before >= 0) noteAt(placeOfHash(hashCode(hashCode(hashCode(ofGram, before), last), code)), value)
      before = last
      last = code
    }
  }
  addNoted(values.length)
}

const ofWord = hashOn(hashStart, 'ww:')
const ofStem = hashOn(hashStart, 'ws:')
const longestRead = 160
const longestStem = 5

/** Whole words of the values, and how longer ones begin. */
export function wordFeatures(values: readonly Traits[]): void {
  let value = 0
  for (const { folded, letters } of values) {
    value++
    if (letters < 2) continue
    const length = Math.min(folded.length, longestRead)
    let from = -1
    for (let at = 0; at <= length; at++) {
      const isInside = at < length && isWordPart(folded.charCodeAt(at))
      if (isInside && from < 0) from = at
      if (isInside || from < 0) continue
      if (at - from >= 2) noteAt(placeOfHash(hashOn(ofWord, folded, from, at)), value)
      if (at - from > longestStem)
        noteAt(placeOfHash(hashOn(ofStem, folded, from, from + longestStem)), value)
      from = -1
    }
  }
  addNoted(values.length)
}

/** `Ab-12` is of the shape `Aa-00`, in runs `Aa-0`. */
function noteShape(text: string, value: number): void {
  const length = Math.min(text.length, longestShape)
  let [whole, runs, last] = [ofForm, ofRuns, -1]
  for (let at = 0; at < length; at++) {
    const code = shapeOf(text.charCodeAt(at))
    if (length <= longestWhole) whole = hashCode(whole, code)
    if (code !== last) runs = hashCode(runs, code)
    last = code
  }
  noteAt(placeOfHash(whole), value)
  noteAt(placeOfHash(runs), value)
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
