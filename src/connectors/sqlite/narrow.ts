import type { SQLInputValue } from 'node:sqlite'
import { asciiPattern, digitsPattern, isTelling } from '../ascii-pattern.ts'
import type { Needle } from '../connector.ts'
import { foldInside } from '../fold.ts'
import { quoted, spellingCount, spellings } from './cells.ts'

/** A condition, and its values. */
export interface Condition {
  readonly text: string
  readonly values: readonly SQLInputValue[]
}

/** More patterns than this are slower than looking at every row ourselves. */
const mostPatterns = 40

/**
 * What rows must fulfil to be looked at: at least all that hold a needle. Where SQLite does not look at a value as we print
 * it (numbers with a fraction, bytes, a text behind a NUL), the row passes. Null where no condition tells rows apart.
 */
export function narrowing(fields: readonly string[], needles: readonly Needle[]): Condition | null {
  const texts = (fold: Needle['fold']) => [
    ...new Set(needles.filter((one) => one.fold === fold).map(({ text }) => foldInside(fold, text))),
  ]
  const words = texts('lower').filter((text) => text !== '')
  const numbers = texts('digits').filter((text) => text !== '')
  if (!words.every(isTelling) || (words.length + numbers.length) * fields.length > mostPatterns) return null
  const patterns = [...words.map(asciiPattern), ...numbers.map(digitsPattern)]
  const conditions = fields.map((one) => {
    const field = quoted(one)
    const likes = patterns.map(() => `${field} like ? escape '\\'`)
    return [...likes, `typeof(${field}) in ('blob', 'real')`, `instr(${field}, char(0))`].join(' or ')
  })
  return { text: `(${conditions.join(' or ')})`, values: fields.flatMap(() => patterns) }
}

/** All rows that could be printed as one of the tuples, and perhaps more; the caller looks at how they are. */
export function equalTo(names: readonly string[], tuples: readonly (readonly string[])[]): Condition {
  const one = `(${names.map((field) => `${quoted(field)} in (${marks(spellingCount)})`).join(' and ')})`
  // What one column holds is one list, which SQLite sorts once.
  const text =
    names.length === 1
      ? `${quoted(names[0] ?? '')} in (${marks(spellingCount * tuples.length)})`
      : tuples.map(() => one).join(' or ')
  return { text: `(${text})`, values: tuples.flat().flatMap(spellings) }
}

export const marks = (count: number): string => Array.from({ length: count }, () => '?').join(', ')
