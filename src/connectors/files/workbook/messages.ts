import type { Cell } from '../../connector.ts'
import type { Reason } from '../../reasons.ts'

/** What the parent asks of the process that reads workbooks: one line of JSON each, one at a time. */
export type Request =
  | { readonly act: 'look'; readonly path: string }
  | { readonly act: 'scan'; readonly path: string; readonly sheet: string }
  | { readonly act: 'rows'; readonly path: string; readonly sheet: string }
  | { readonly act: 'texts'; readonly path: string }
  | {
      readonly act: 'rewrite'
      readonly path: string
      /** The file to write to. */
      readonly draft: string
      readonly sheets: readonly SheetRequest[]
    }

export interface SheetRequest {
  readonly sheet: string
  /** Numbers of rows. */
  readonly removed: readonly number[]
  /** By a row's number and the place of a field in the header. */
  readonly changed: readonly (readonly [
    row: number,
    cells: readonly (readonly [place: number, cell: Cell])[],
  ])[]
}

/** What is in a workbook. */
export interface Contents {
  readonly sheets: readonly string[]
  readonly hasTexts: boolean
  readonly unsearched: readonly string[]
  readonly isSigned: boolean
}

/** A sheet's fields, found by reading all of it. */
export interface Scanned {
  readonly header: readonly string[]
  /** The header's own row. */
  readonly line: number
  /** The places of fields whose every cell is computed. */
  readonly generated: readonly number[]
}

export type Row = readonly [number: number, cells: readonly Cell[]]

/** The lines that answer: any number of rows, then the end, or why there is none. */
export type Answer =
  | { readonly rows: readonly Row[] }
  | { readonly end: Contents | Scanned | null }
  | { readonly refused: Reason; readonly line: number | null }
  /** The file system's error code, or that of a bug. */
  | { readonly failed: string }
