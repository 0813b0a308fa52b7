import type { Cell } from '../../connector.ts'
import { escapeText } from './escaped-text.ts'
import { columnName, type SheetCell, type SheetRow } from './sheet-rows.ts'

/** What is to become of a sheet: rows to empty, and cells to set, by row and column. */
export interface SheetRevision {
  readonly removed: ReadonlySet<number>
  readonly changed: ReadonlyMap<number, ReadonlyMap<number, Cell>>
}

export const isErased = ({ removed, changed }: SheetRevision, row: number, column: number): boolean =>
  removed.has(row) || (changed.get(row)?.has(column) ?? false)

/** A start tag, whatever its values hold. */
const startTag = /^<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>/
const cachedValue = /<((?:[\w.-]+:)?v)(?:\s[^>]*)?>[\s\S]*?<\/\1\s*>/

/**
 * The text of a row after its revision. All that is not erased keeps every character, but for results of formulas in the
 * row, and those for which `isCopy` says that they hold something erased: Excel computes them anew.
 */
export function reviseRow(
  row: SheetRow,
  revision: SheetRevision,
  isCopy: (cell: SheetCell) => boolean,
): string {
  if (revision.removed.has(row.number)) return emptied(row)
  const set = revision.changed.get(row.number) ?? new Map<number, Cell>()
  if (set.size === 0 && !row.cells.some(isCopy)) return row.text
  const prefix = /^<((?:[\w.-]+:)?)/.exec(row.text)?.[1] ?? ''
  const missing = [...set]
    .filter(([column, cell]) => cell !== null && !row.cells.some((one) => one.column === column))
    .toSorted(([a], [b]) => a - b)
  const added = (below: number): string => {
    const here = missing.filter(([column]) => column < below)
    missing.splice(0, here.length)
    return here
      .map(([column, cell]) => newCell(prefix, `r="${columnName(column)}${row.number}"`, cell))
      .join('')
  }
  let text = ''
  let at = 0
  for (const cell of row.cells) {
    const old = row.text.slice(cell.start, cell.end)
    text += row.text.slice(at, cell.start) + added(cell.column)
    if (set.has(cell.column)) text += replaced(prefix, old, set.get(cell.column) ?? null)
    else text += cell.formula !== null && (set.size > 0 || isCopy(cell)) ? old.replace(cachedValue, '') : old
    at = cell.end
  }
  return text + added(Number.POSITIVE_INFINITY) + row.text.slice(at)
}

/** The rows below stay where they are: formulas, links and pictures point at them. So does a formula that others share. */
function emptied(row: SheetRow): string {
  const tag = startTag.exec(row.text)?.[0] ?? ''
  const anchors = row.cells
    .filter(({ isAnchor }) => isAnchor)
    .map((cell) => row.text.slice(cell.start, cell.end).replace(cachedValue, ''))
  if (anchors.length === 0) return tag.endsWith('/>') ? tag : `${tag.slice(0, -1)}/>`
  return tag + anchors.join('') + row.text.slice(row.text.lastIndexOf('</'))
}

/** Keeps a cell's place and style; what else its tag says belonged to its value. */
function replaced(prefix: string, old: string, cell: Cell): string {
  const tag = startTag.exec(old)?.[0] ?? ''
  const kept = [...tag.matchAll(/\s([rs]=(?:"[^"]*"|'[^']*'))/g)].map(([, attribute]) => attribute)
  return newCell(prefix, kept.join(' '), cell)
}

function newCell(prefix: string, attributes: string, cell: Cell): string {
  const tag = `${prefix}c${attributes === '' ? '' : ` ${attributes}`}`
  if (cell === null || cell === '') return `<${tag}/>`
  const text = `<${prefix}t xml:space="preserve">${escapeText(cell)}</${prefix}t>`
  return `<${tag} t="inlineStr"><${prefix}is>${text}</${prefix}is></${prefix}c>`
}
