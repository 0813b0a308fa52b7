import { createHash } from 'node:crypto'
import type { Sheet } from './book.ts'
import { cellText } from './cell-text.ts'
import type { Opened } from './opened.ts'
import type { SheetRevision } from './revise-row.ts'
import type { Revisions } from './rewrite-workbook.ts'
import { sheetPieces } from './sheet-rows.ts'
import type { NewParts } from './write-package.ts'

/** Reads a written workbook again: other parts must be the same bytes, and the sheets hold what was asked for. */
export async function requireSame(
  before: Opened,
  after: Opened,
  revisions: Revisions,
  parts: NewParts,
): Promise<void> {
  const entries = new Map(after.zip.entries.map((entry) => [entry.fileName, entry]))
  for (const { fileName, crc32, uncompressedSize } of before.zip.entries) {
    const now = entries.get(fileName)
    if (parts.get(fileName) === null ? now !== undefined : now === undefined) throw differs()
    if (now && !parts.has(fileName) && (now.crc32 !== crc32 || now.uncompressedSize !== uncompressedSize))
      throw differs()
  }
  for (const sheet of before.book.sheets) {
    const wanted = await digest(before, sheet, revisions.get(sheet.name))
    if ((await digest(after, sheet)) !== wanted) throw differs()
  }
}

const differs = () => new Error('a workbook was not written as it was meant')

/** Of every cell that holds a value, with its place and style; results of formulas may be missing. */
async function digest({ zip, book, strings }: Opened, { part }: Sheet, revision?: SheetRevision) {
  const hash = createHash('sha256')
  for await (const { row } of sheetPieces(zip.bytes(part))) {
    if (row === null || revision?.removed.has(row.number)) continue
    const set = revision?.changed.get(row.number)
    const cells = new Map<number, string | null>()
    for (const cell of row.cells)
      cells.set(cell.column, cell.formula === null ? cellText(cell, book, strings) : null)
    for (const [column, cell] of set ?? []) cells.set(column, cell)
    for (const [column, text] of [...cells].toSorted(([a], [b]) => a - b))
      if (text) hash.update(JSON.stringify([row.number, column, text]))
  }
  return hash.digest('hex')
}
