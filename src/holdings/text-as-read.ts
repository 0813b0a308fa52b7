import { rememberingLetters } from './letter-by-letter.ts'
import { fold, foldSpelledOut } from './name-forms.ts'
import { oneCase } from './one-case.ts'

/** A text in the forms in which terms are looked for, each made when the first of them asks for it. */
export interface TextAsRead {
  readonly text: string
  /** As `oneCase` writes it, letter under letter. */
  readonly cased: string
  /** Its digits alone. */
  readonly digits: string
  /** As names are compared: folded, and where umlauts stand in it once more with those spelled out. */
  readonly readings: readonly Reading[]
}

/** A folded text, and for each of its units where it came from; null where each is at its place. */
export interface Reading {
  readonly text: string
  readonly places: readonly number[] | null
}

/** Whether a text is read a second time, with its umlauts spelled out. */
export const hasUmlaut = (text: string): boolean => /[äöüåø]/i.test(text)

const ascii = /^[\x00-\x7f]*$/
const [folded, spelledOut] = [rememberingLetters(fold), rememberingLetters(foldSpelledOut)]

export function asRead(text: string): TextAsRead {
  let cased: string | undefined
  let digits: string | undefined
  let readings: readonly Reading[] | undefined
  return {
    text,
    get cased() {
      cased ??= oneCase(text)
      return cased
    },
    get digits() {
      digits ??= text.replace(/[^0-9]+/g, '')
      return digits
    },
    get readings() {
      readings ??= readingsOf(text)
      return readings
    },
  }
}

function readingsOf(text: string): readonly Reading[] {
  if (ascii.test(text)) return [{ text: text.toLowerCase(), places: null }]
  return hasUmlaut(text)
    ? [withPlaces(text, folded), withPlaces(text, spelledOut)]
    : [withPlaces(text, folded)]
}

function withPlaces(text: string, changed: (letter: string) => string): Reading {
  const places: number[] = []
  let written = ''
  let place = 0
  for (const letter of text) {
    const piece = changed(letter)
    for (let i = 0; i < piece.length; i += 1) places.push(place)
    written += piece
    place += letter.length
  }
  places.push(text.length)
  return { text: written, places }
}
