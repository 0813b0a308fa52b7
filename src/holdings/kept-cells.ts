import type { RowKey } from '../connectors/public.ts'
import { cellHash } from './known-again.ts'
import type { CellHashes } from './plan.ts'

/** What stays of a row on a ground. */
export interface KeptFields {
  readonly collection: string
  readonly key: RowKey
  readonly fields: readonly string[]
  /** False where the collection has no key: then `cells` says what stays. */
  readonly lasting: boolean
  readonly cells?: CellHashes
}

/** Whether a cell is one that stays with a ground. */
export type IsKeptCell = (collection: string, key: RowKey, field: string, cell: string) => boolean

/**
 * Tells what was kept from what came or was left beside it. A row without key is known by what stands in the cell, and as
 * many such cells pass as were kept: an allowance for the field as a whole would let a stranger's pass for an empty one.
 * `undecided`: records that may be another's. None of them was kept, and none passes for one that was.
 */
export function keptCells(
  kept: readonly KeptFields[],
  undecided: readonly { readonly collection: string; readonly key: RowKey }[] = [],
): IsKeptCell {
  const byKey = new Set<string>()
  const byContent = new Map<string, Set<RowKey>>()
  for (const { collection, key, fields, lasting, cells = {} } of kept)
    if (lasting) for (const field of fields) byKey.add(JSON.stringify([collection, key, field]))
    else
      for (const [field, hash] of Object.entries(cells)) {
        const label = JSON.stringify([collection, field, hash])
        byContent.set(label, (byContent.get(label) ?? new Set()).add(key))
      }
  const doubtful = new Set(undecided.map(({ collection, key }) => JSON.stringify([collection, key])))
  const passed = new Map<string, Set<RowKey>>()
  return (collection, key, field, cell) => {
    if (byKey.has(JSON.stringify([collection, key, field]))) return true
    if (doubtful.has(JSON.stringify([collection, key]))) return false
    const label = JSON.stringify([collection, field, cellHash(cell)])
    const rows = passed.get(label) ?? new Set()
    passed.set(label, rows)
    if (!rows.has(key) && rows.size < (byContent.get(label)?.size ?? 0)) rows.add(key)
    return rows.has(key)
  }
}
