import { type Book, readBook, type Sheet } from './book.ts'
import { cellText, isComputed } from './cell-text.ts'
import { openPackage, type Package } from './package.ts'
import { Refusal } from './refusal.ts'
import { readSharedStrings } from './shared-strings.ts'
import { sheetPieces } from './sheet-rows.ts'

/** A workbook ready to be read. */
export interface Opened extends AsyncDisposable {
  readonly zip: Package
  readonly book: Book
  readonly strings: readonly string[]
}

export async function openWorkbook(path: string): Promise<Opened> {
  const zip = await openPackage(path)
  try {
    const book = await readBook(zip)
    const strings = book.strings === null ? [] : await readSharedStrings(zip.bytes(book.strings))
    return { zip, book, strings, [Symbol.asyncDispose]: () => zip[Symbol.asyncDispose]() }
  } catch (error) {
    await zip[Symbol.asyncDispose]()
    throw error
  }
}

/** A row that holds something. Hidden rows, columns and sheets are read like all others: hidden is not absent. */
export interface SheetRecord {
  /** The row's number in the sheet. */
  readonly number: number
  /** In the order of the header, whose own record is the first. */
  readonly cells: readonly (string | null)[]
  /** The places of the cells that are computed from others. */
  readonly computed: readonly number[]
}

/** A sheet as a table: its first row that is not empty names the fields. Throws a `Refusal` where it is none. */
export async function* sheetRecords(
  { zip, book, strings }: Opened,
  sheet: Sheet,
): AsyncGenerator<SheetRecord> {
  let places: ReadonlyMap<number, number> | null = null
  for await (const { row } of sheetPieces(zip.bytes(sheet.part))) {
    if (row === null) continue
    const filled = row.cells.flatMap((cell) => {
      const text = cellText(cell, book, strings)
      return text === null ? [] : [{ text, cell }]
    })
    if (filled.length === 0) continue
    places ??= new Map(filled.map(({ cell }, place) => [cell.column, place]))
    const cells = new Array<string | null>(places.size).fill(null)
    const computed: number[] = []
    for (const { text, cell } of filled) {
      const place = places.get(cell.column)
      if (place === undefined) throw new Refusal('a field has no name', row.number)
      cells[place] = text
      if (isComputed(cell)) computed.push(place)
    }
    yield { number: row.number, cells, computed }
  }
}

/** The columns of a sheet's fields, in the order of its header. */
export async function columnsOf({ zip, book, strings }: Opened, sheet: Sheet): Promise<readonly number[]> {
  for await (const { row } of sheetPieces(zip.bytes(sheet.part))) {
    const named = row?.cells.filter((cell) => cellText(cell, book, strings) !== null) ?? []
    if (named.length > 0) return named.map(({ column }) => column)
  }
  return []
}
