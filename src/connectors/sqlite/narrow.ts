import type { SQLInputValue } from 'node:sqlite'
import { asciiPattern, digitsPattern, isTelling } from '../ascii-pattern.ts'
import type { Needle } from '../connector.ts'
import { foldInside } from '../fold.ts'
import { quoted } from './cells.ts'

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
