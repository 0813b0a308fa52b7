import type { Cell, FieldKind } from '../connectors/public.ts'

/** What a cell becomes in JSON: `string` also where a value of a field's kind would lose a digit as a number. */
export type JsonType = 'number' | 'boolean' | 'string'

export const jsonTypeOf = (kind: FieldKind): JsonType =>
  kind === 'integer' || kind === 'decimal' ? 'number' : kind === 'boolean' ? 'boolean' : 'string'

/** The JSON text of a cell: its own digits where every reader gets the same number from them, else a string. */
export function jsonText(kind: FieldKind, cell: Cell): string {
  if (cell === null) return 'null'
  if (jsonTypeOf(kind) === 'number' && isExactNumber(cell)) return cell
  const truth = kind === 'boolean' ? truthOf(cell) : null
  return truth === null ? JSON.stringify(cell) : String(truth)
}

/** A double keeps any 15 significant digits; `19.90` therefore stays `19.90`, and a 20-digit number stays text. */
function isExactNumber(text: string): boolean {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return false
  const digits = text.replace(/^-?0?\.?0*|\.(?=\d)/g, '').length
  return digits <= 15 || String(Number(text)) === text
}

/** Databases print truth as `t`, `true` or `1`; anything else in such a field is shown as it stands. */
export function truthOf(cell: string): boolean | null {
  const text = cell.toLowerCase()
  if (text === 'true' || text === 't' || text === '1') return true
  return text === 'false' || text === 'f' || text === '0' ? false : null
}

/** Spreadsheets run a cell that begins like this (security.md row 33); the wide forms count where Asian input is on. */
const formula = /^[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]/

/** A cell a spreadsheet takes as text: with an apostrophe before what it would run. A plain negative number is none. */
export function spreadsheetText(kind: FieldKind, cell: string): string {
  const isNumber = jsonTypeOf(kind) === 'number' && /^-\d+(\.\d+)?$/.test(cell)
  return formula.test(cell) && !isNumber ? `'${cell}` : cell
}
