import { foldText, splitWords } from './fold-text.ts'

/**
 * What a value is made of: one number; digits and signs; one word; letters, blanks and signs; letters and digits; signs
 * alone. Most detectors need one of these, and so are ruled out without being asked.
 */
export type Made = 'number' | 'digits' | 'word' | 'phrase' | 'mixed' | 'signs'

/** One pass over a value's characters, kept for every detector that looks at it. */
export interface Traits {
  readonly text: string
  readonly made: Made
  readonly folded: string
  /** Folded words, letters and digits only; none where it has no letters, or is a longer text. */
  readonly words: readonly string[]
  /** The number it is, with a point or a comma; NaN for anything else. */
  readonly number: number
  readonly length: number
  readonly digits: number
  readonly letters: number
  readonly spaces: number
  readonly ats: number
  readonly other: number
}

/** Enough to know a text by; a million-character cell costs no more than this. */
const longestLook = 2_000
const longestNumber = 20
const numberPattern = /^-?\d{1,12}(?:[.,]\d+)?$/
/** No name, place or street is longer. */
const longestWords = 120
const none: readonly string[] = []

export function traitsOf(value: string): Traits {
  const text = value.length > longestLook ? value.slice(0, longestLook) : value
  const { length } = text
  let digits = 0
  let letters = 0
  let spaces = 0
  let ats = 0
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 48 && code <= 57) digits++
    else if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code > 191) letters++
    else if (code === 32 || (code >= 9 && code <= 13) || code === 160) spaces++
    else if (code === 64) ats++
  }
  const folded = letters === 0 ? text : foldText(text)
  const isNumber = letters === 0 && digits > 0 && length <= longestNumber && numberPattern.test(text)
  return {
    text,
    made: isNumber ? 'number' : madeOf(letters, digits, length),
    folded,
    words: letters === 0 || length > longestWords ? none : splitWords(folded),
    number: isNumber ? Number(text.replace(',', '.')) : Number.NaN,
    length,
    digits,
    letters,
    spaces,
    ats,
    other: length - digits - letters - spaces - ats,
  }
}

function madeOf(letters: number, digits: number, length: number): Made {
  if (letters === 0) return digits === 0 ? 'signs' : 'digits'
  if (digits > 0) return 'mixed'
  return letters === length ? 'word' : 'phrase'
}

/** Detectors by what a value must be made of for them to have a say. */
export function byMade<D extends { readonly made: readonly Made[] }>(
  detectors: readonly D[],
): Readonly<Record<Made, readonly D[]>> {
  const of = (made: Made) => detectors.filter((detector) => detector.made.includes(made))
  return {
    number: of('number'),
    digits: of('digits'),
    word: of('word'),
    phrase: of('phrase'),
    mixed: of('mixed'),
    signs: of('signs'),
  }
}
