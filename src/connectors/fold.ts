import type { Fold } from './connector.ts'

const tail = 9

/** A cell or a wanted value in the form in which `Fold` compares it. Folding twice changes nothing. */
export function foldText(fold: Fold, text: string): string {
  if (fold === 'none') return text
  return fold === 'lower' ? lower(text.trim()) : digitsOf(text).slice(-tail)
}

/** The form in which a `Needle` is looked for: as `foldText`, but whole. */
export const foldInside = (fold: 'lower' | 'digits', text: string): string =>
  fold === 'lower' ? lower(text) : digitsOf(text)

/** JavaScript writes a sigma at a word's end as ς where other engines write σ: both must meet. */
const lower = (text: string): string => text.toLowerCase().replaceAll('ς', 'σ')

const digitsOf = (text: string): string => text.replace(/[^0-9]/g, '')
