import { letterByLetter } from './letter-by-letter.ts'

/** Of no use where a letter's other case is several: a pattern compares letter by letter. */
const single = (letter: string, other: string): string =>
  other.length === String.fromCodePoint(other.codePointAt(0) ?? 0).length ? other : letter

/** Alike since Unicode 15.1, though no upper case joins them. */
const joined: ReadonlyMap<string, string> = new Map([
  ['\u1fd3', '\u0390'],
  ['\u1fe3', '\u03b0'],
  ['\ufb05', '\ufb06'],
])

/** ς and ſ are σ and s by way of their upper case; a dotless ı is only itself. */
function ofLetter(letter: string): string {
  if (letter === 'ı') return letter
  const known = joined.get(letter)
  if (known !== undefined) return known
  const lower = single(letter, letter.toLowerCase())
  return single(lower, single(lower, lower.toUpperCase()).toLowerCase())
}

/**
 * A text in which letters are alike exactly where a pattern with the flags `iu` takes them for alike (Unicode's simple case
 * folding): what stands in both forms can then be looked up instead of being searched for.
 */
export const oneCase: (text: string) => string = letterByLetter(ofLetter)
