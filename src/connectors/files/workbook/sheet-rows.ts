import { damaged, Refusal } from './refusal.ts'
import { xmlReader } from './xml.ts'

export interface SheetCell {
  /** From 1. */
  readonly column: number
  /** `n` number, `s` shared string, `str` text of a formula, `inlineStr`, `b` boolean, `e` error, `d` ISO date. */
  readonly type: string
  /** Index of its style. */
  readonly style: number
  readonly value: string | null
  readonly inline: string | null
  /** Its formula; empty where it shares that of another cell. */
  readonly formula: string | null
  /** Other cells lean on its formula. */
  readonly isAnchor: boolean
  /** Its place in the text of the row. */
  readonly start: number
  readonly end: number
}

export interface SheetRow {
  readonly number: number
  readonly cells: readonly SheetCell[]
  /** The whole element. */
  readonly text: string
}

/** A sheet's text in order: what stands before a row, and the row; after the last, what is left. */
export interface SheetPiece {
  readonly before: string
  readonly row: SheetRow | null
}

const lastRow = 1_048_576
const lastColumn = 16_384
const largestRow = 64 * 2 ** 20

type Building<T> = { -readonly [key in keyof T]: T[key] }
interface OpenRow {
  readonly number: number
  readonly start: number
  readonly cells: Building<SheetCell>[]
}

/** Takes a sheet apart row by row; the pieces put together are the sheet. */
export async function* sheetPieces(bytes: AsyncIterable<Buffer>): AsyncGenerator<SheetPiece> {
  const done: (OpenRow & { readonly end: number })[] = []
  const rows = rowBuilder((row, end) => done.push({ ...row, end }))
  const reader = xmlReader(rows)
  const finished = function* (): Generator<SheetPiece> {
    for (const { number, start, end, cells } of done.splice(0)) {
      yield {
        before: reader.slice(reader.base, start),
        row: { number, cells, text: reader.slice(start, end) },
      }
      reader.release(end)
    }
  }
  for await (const chunk of bytes) {
    reader.write(chunk)
    yield* finished()
    if (reader.held > largestRow) throw new Refusal('a record is longer than 64 MB', rows.number())
    const { safe } = reader
    if (rows.isInside() || safe <= reader.base) continue
    yield { before: reader.slice(reader.base, safe), row: null }
    reader.release(safe)
  }
  reader.end()
  yield* finished()
  yield { before: reader.slice(reader.base), row: null }
}

const sinks = new Map<string, 'value' | 'inline' | 'formula'>([
  ['v', 'value'],
  ['t', 'inline'],
  ['f', 'formula'],
])

function rowBuilder(finish: (row: OpenRow, end: number) => void) {
  let isData = false
  let row: OpenRow | null = null
  let cell: Building<SheetCell> | null = null
  let last = 0
  let sink: 'value' | 'inline' | 'formula' | null = null
  let isPhonetic = false
  return {
    isInside: () => row !== null,
    number: () => row?.number ?? last + 1,
    open(name: string, { attributes }: { readonly attributes: Record<string, string> }, start: number) {
      if (name === 'sheetData') isData = true
      if (!isData) return
      if (name === 'row' && row === null) {
        const number = attributes['r'] === undefined ? last + 1 : Number(attributes['r'])
        // A number that comes twice, or too early, would make one key of two rows.
        if (!Number.isInteger(number) || number <= last || number > lastRow) throw damaged()
        row = { number, start, cells: [] }
      } else if (name === 'c' && row !== null && cell === null) cell = openCell(row, attributes, start)
      else if (name === 'rPh') isPhonetic = true
      else if (cell !== null && !isPhonetic) {
        sink = sinks.get(name) ?? null
        if (sink !== null) cell[sink] ??= ''
        if (name === 'f' && attributes['ref'] !== undefined) cell.isAnchor = true
      }
    },
    text(text: string) {
      if (cell !== null && sink !== null) cell[sink] = (cell[sink] ?? '') + text
    },
    close(name: string, end: number) {
      if (name === 'sheetData') isData = false
      if (name === 'rPh') isPhonetic = false
      if (sinks.has(name)) sink = null
      if (row === null) return
      if (name === 'c' && cell !== null) {
        cell.end = end - row.start
        row.cells.push(cell)
        cell = null
      }
      if (name !== 'row') return
      finish(row, end)
      last = row.number
      row = null
    },
  }
}

function openCell(row: OpenRow, attributes: Record<string, string>, start: number): Building<SheetCell> {
  const previous = row.cells.at(-1)?.column ?? 0
  const { r, t = 'n', s = '0' } = attributes
  const column = r === undefined ? previous + 1 : columnOf(r, row.number)
  if (column <= previous || column > lastColumn) throw damaged()
  return {
    column,
    type: t,
    style: Number(s),
    value: null,
    inline: null,
    formula: null,
    isAnchor: false,
    start: start - row.start,
    end: 0,
  }
}

/** `AB7` in row 7 is column 28. */
function columnOf(place: string, row: number): number {
  const [, letters = '', number] = /^([A-Z]{1,3})(\d+)$/.exec(place) ?? []
  if (Number(number) !== row) throw damaged()
  return [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0)
}

export function columnName(column: number): string {
  const rest = (column - 1) % 26
  const letter = String.fromCharCode(65 + rest)
  return column <= 26 ? letter : columnName((column - 1 - rest) / 26) + letter
}
