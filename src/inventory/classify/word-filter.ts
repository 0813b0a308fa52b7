import { foldText, isWordPart } from './fold-text.ts'

/** A power of two, so large that lists of thousands of words let few others pass. */
const size = 1 << 16

/** Codes of the Latin letters as they are folded, `É` as `e`; -1 where one becomes two (`ß`). */
const folded = Int16Array.from({ length: 0x250 }, (_, code) => {
  const letters = foldText(String.fromCharCode(code))
  return letters.length === 1 ? letters.charCodeAt(0) : -1
})

/**
 * Tells which of some lists a text, folded or not, may have a word of, as the sum of their bits: no word of a list is missed, few
 * others pass. One run over the letters, for cutting a text into words takes five times as long.
 */
export function wordFilter(lists: readonly Iterable<string>[]): (text: string) => number {
  const bits = new Uint8Array(size)
  for (const [i, list] of lists.entries())
    for (const word of list) {
      let hash = start
      for (let at = 0; at < word.length; at++) hash = next(hash, word.charCodeAt(at))
      bits[placeOf(hash)] = (bits[placeOf(hash)] ?? 0) | (1 << i)
    }
  const search = (text: string, isFolded: boolean): number => {
    let found = 0
    let hash = start
    for (let at = 0; at < text.length; at++) {
      const written = text.charCodeAt(at)
      const code = isFolded || isPunctuation(written) ? written : folded[written]
      if (code === undefined) return search(foldText(text), true)
      if (code < 0) {
        for (const letter of foldText(text.charAt(at))) hash = next(hash, letter.charCodeAt(0))
      } else if (isWordPart(code)) hash = next(hash, code)
      else if (hash !== start) {
        found |= bits[placeOf(hash)] ?? 0
        hash = start
      }
    }
    return hash === start ? found : found | (bits[placeOf(hash)] ?? 0)
  }
  return (text) => search(text, false)
}

/** Dashes and quotation marks, which texts are full of. */
const isPunctuation = (code: number): boolean => code >= 0x2010 && code <= 0x2026

const start = 0x811c9dc5 | 0
const next = (hash: number, code: number): number => Math.imul(hash ^ code, 0x01000193)
const placeOf = (hash: number): number => (hash ^ (hash >>> 15)) & (size - 1)
