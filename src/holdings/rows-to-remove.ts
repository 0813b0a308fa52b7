import type { Cell, RowKey } from '../connectors/public.ts'
import { tuplesOf } from './cells.ts'
import type { KeptRows } from './grounds-to-keep.ts'
import type { SystemHoldings } from './holdings.ts'
import { collectionOf, type MappedSystem } from './mapped-system.ts'
import { isNullable, type Reference } from './references.ts'

export interface Removal {
  readonly removed: ReadonlyMap<string, ReadonlySet<RowKey>>
  /** Whether a row of the collection that holds these values goes. */
  isRemoved(collection: string, fields: readonly string[], values: readonly string[]): boolean
}

/**
 * The rows that go. A row stays when a ground keeps it, when a row that stays needs it by a foreign key that cannot be
 * emptied, or when somebody else's row does: then its fields are cleared instead. Repeated until nothing moves.
 */
export function rowsToRemove(
  system: MappedSystem,
  found: SystemHoldings,
  references: readonly Reference[],
  kept: KeptRows,
): Removal {
  const removed = candidates(system, found, kept)
  const index = indexed(system, found)
  const spare = (to: string, toFields: readonly string[], values: readonly string[]): boolean => {
    const gone = removed.get(to)
    const keys = gone && gone.size > 0 ? index(to, toFields, values) : []
    return keys.filter((key) => gone?.delete(key)).length > 0
  }
  for (const { nullable, foreignKey, values } of references)
    if (!nullable) spare(foreignKey.to, foreignKey.toFields, values)
  for (let moved = true; moved; ) {
    moved = false
    for (const collection of system.collections) {
      const staying = stayingRows(found, collection.name, removed.get(collection.name))
      for (const { to, toFields, fields } of collection.description.foreignKeys) {
        if (fields.some((field) => isNullable(collection.description, field))) continue
        for (const values of tuplesOf(collection, staying, fields))
          if (spare(to, toFields, values)) moved = true
      }
    }
  }
  return {
    removed,
    isRemoved: (collection, fields, values) =>
      index(collection, fields, values).some((key) => removed.get(collection)?.has(key)),
  }
}

function candidates(system: MappedSystem, found: SystemHoldings, kept: KeptRows): Map<string, Set<RowKey>> {
  const removed = new Map<string, Set<RowKey>>()
  for (const { name, map, description } of system.collections) {
    if (map.rows !== 'delete' || !description.writable) continue
    const held = found.collections.find((one) => one.name === name)
    const rows = (held?.rows ?? []).filter((row) => row.role === 'owner' && !kept.get(name)?.has(row.key))
    removed.set(name, new Set(rows.map((row) => row.key)))
  }
  return removed
}

const stayingRows = (
  found: SystemHoldings,
  collection: string,
  gone: ReadonlySet<RowKey> | undefined,
): readonly (readonly Cell[])[] =>
  (found.collections.find((one) => one.name === collection)?.rows ?? [])
    .filter((row) => row.role !== 'party' && !gone?.has(row.key))
    .map((row) => row.cells)

/** Keys of the rows that hold some values in some fields, looked up in an index made once per set of fields. */
function indexed(system: MappedSystem, found: SystemHoldings) {
  const indexes = new Map<string, ReadonlyMap<string, readonly RowKey[]>>()
  const build = (collection: string, fields: readonly string[]) => {
    const target = collectionOf(system, collection)
    const rows = found.collections.find((one) => one.name === collection)?.rows ?? []
    const index = new Map<string, RowKey[]>()
    for (const { key, cells } of target ? rows : []) {
      const [tuple] = target ? tuplesOf(target, [cells], fields) : []
      const label = JSON.stringify(tuple)
      const keys = index.get(label)
      if (keys) keys.push(key)
      else index.set(label, [key])
    }
    return index
  }
  return (collection: string, fields: readonly string[], values: readonly string[]): readonly RowKey[] => {
    const label = JSON.stringify([collection, fields])
    const index = indexes.get(label) ?? build(collection, fields)
    indexes.set(label, index)
    return index.get(JSON.stringify(values)) ?? []
  }
}
