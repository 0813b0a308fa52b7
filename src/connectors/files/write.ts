import type { Cell, RowChange, RowKey } from '../connector.ts'
import { problem } from '../problems.ts'
import { readKey } from '../row-key.ts'
import type { Pending } from './pending.ts'
import { placesOf, type Reading, stream, tableOf } from './read.ts'
import { type RowNumbers, rowNumbers } from './row-numbers.ts'
import type { Table } from './table.ts'

/** A directory as a write session sees it. */
export interface Writing extends Reading {
  readonly pending: Pending
}

/** Notes the changes. Throws `connectors.constraint` for text that the file's encoding cannot hold. */
export async function change(
  writing: Writing,
  collection: string,
  changes: readonly RowChange[],
): Promise<number> {
  const table = await writableTable(writing, collection)
  const fields = [...new Set(changes.flatMap(({ set }) => Object.keys(set)))]
  const found = placesOf(table, fields)
  const places = new Map(fields.map((field, i) => [field, found[i] ?? 0]))
  const changed = new Set<number>()
  for (const { key, set } of changes) {
    const record = await recordOf(writing, collection, key)
    const cells = Object.entries(set).map(
      ([field, cell]) => [places.get(field) ?? 0, held(table, field, cell)] as const,
    )
    if (record === null || cells.length === 0) continue
    writing.pending.change(collection, record, new Map(cells))
    changed.add(record)
  }
  return changed.size
}

export async function remove(writing: Writing, collection: string, keys: readonly RowKey[]): Promise<number> {
  await writableTable(writing, collection)
  let removed = 0
  for (const key of keys) {
    const record = await recordOf(writing, collection, key)
    if (record === null) continue
    writing.pending.remove(collection, record)
    removed++
  }
  return removed
}

async function writableTable(writing: Writing, collection: string): Promise<Table> {
  const table = await tableOf(writing, collection)
  if (table.fixed !== null) throw problem('connectors.refused', { what: table.fixed })
  return table
}

/** The record a key names, or null when there is none, or none any more. */
async function recordOf(writing: Writing, collection: string, key: RowKey): Promise<number | null> {
  const [text = ''] = readKey(key, 1) ?? []
  if (!/^[1-9]\d{0,14}$/.test(text)) return null
  const record = Number(text)
  return (await recordsOf(writing, collection)).has(record) && !writing.pending.isRemoved(collection, record)
    ? record
    : null
}

/** Reading to the end also proves that all of the file is a table: one that is not is never rewritten. */
async function recordsOf(writing: Writing, collection: string): Promise<RowNumbers> {
  if (!writing.records.has(collection)) for await (const _ of stream(writing, collection, []));
  return writing.records.get(collection) ?? rowNumbers()
}

function held(table: Table, field: string, cell: Cell): Cell {
  const refusal = cell === null ? null : table.refusal(field, cell)
  if (refusal) throw problem('connectors.constraint', { ...refusal, collection: table.name })
  return cell
}
