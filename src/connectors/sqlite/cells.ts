import type { SQLInputValue, SQLOutputValue } from 'node:sqlite'
import { name } from '../../platform/sql.ts'
import type { Cell, FieldDescription } from '../connector.ts'

/** A value as SQLite prints it, except that a REAL keeps every digit. */
export function printed(value: SQLOutputValue): Cell {
  if (value === null) return null
  if (typeof value === 'string') return value
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return printedReal(value)
  return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
}

function printedReal(value: number): string {
  if (Number.isInteger(value)) return Math.abs(value) < 1e15 ? value.toFixed(1) : value.toExponential()
  return Number.isFinite(value) ? String(value) : value > 0 ? '9e999' : '-9e999'
}

const hex = /^\\x(?:[0-9a-f]{2})*$/i

/** What is stored for a cell: the column's affinity makes a number of a text where it should. */
export const stored = (cell: Cell, field: FieldDescription): SQLInputValue =>
  cell !== null && field.kind === 'binary' && hex.test(cell) ? Buffer.from(cell.slice(2), 'hex') : cell

/** How many values `spellings` gives, always. */
export const spellingCount = 4

/** Every value that could be printed as this text: columns without a type, and old data, hold any of them. */
export function spellings(text: string): readonly SQLInputValue[] {
  const integer = /^-?\d{1,19}$/.test(text) ? BigInt.asIntN(64, BigInt(text)) : text
  const real = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : text
  const blob = hex.test(text) ? Buffer.from(text.slice(2), 'hex') : text
  return [text, integer, real, blob]
}

/** A quoted name: SQLite doubles quotes as PostgreSQL does, and takes a name as it is, of any length. */
export const quoted = (...path: readonly string[]): string => name(...path).quoted
