import type { RowKey } from '../connectors/public.ts'
import { tuplesOf } from './cells.ts'
import { type KeptRows, later } from './grounds-to-keep.ts'
import type { HeldRow, SystemHoldings } from './holdings.ts'
import { collectionOf, type MappedCollection, type MappedSystem } from './mapped-system.ts'
import type { Keeping } from './plan.ts'
import { isNullable, type Reference } from './references.ts'

export interface Removal {
  readonly removed: ReadonlyMap<string, ReadonlySet<RowKey>>
  /** The grounds given, and those of rows that stay only because a row on a ground needs them. */
  readonly kept: KeptRows
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
  const needs = (collection: MappedCollection, row: HeldRow) => neededBy(collection, row, kept)
  for (let moved = true; moved; ) {
    moved = false
    for (const collection of system.collections)
      for (const row of stayingRows(found, collection.name, removed.get(collection.name)))
        for (const { to, toFields, values } of needs(collection, row))
          if (spare(to, toFields, values)) moved = true
  }
  return {
    removed,
    kept: withNeeded(system, found, removed, kept, index),
    isRemoved: (collection, fields, values) =>
      index(collection, fields, values).some((key) => removed.get(collection)?.has(key)),
  }
}

interface Needed {
  readonly to: string
  readonly toFields: readonly string[]
  readonly values: readonly string[]
}

/** What a row that stays refers to by a foreign key that cannot be emptied, or that a ground keeps as it is. */
function neededBy(collection: MappedCollection, row: HeldRow, kept: KeptRows): readonly Needed[] {
  const stays = keptFields(kept, collection.name, row.key)
  return collection.description.foreignKeys.flatMap(({ to, toFields, fields }) => {
    if (fields.some((field) => isNullable(collection.description, field) && !stays.has(field))) return []
    const [values] = tuplesOf(collection, [row.cells], fields)
    return values ? [{ to, toFields, values }] : []
  })
}

/** The fields of a row that grounds keep. */
export const keptFields = (kept: KeptRows, collection: string, key: RowKey): ReadonlySet<string> =>
  new Set(
    kept
      .get(collection)
      ?.get(key)
      ?.flatMap(({ fields }) => fields),
  )

type Index = (collection: string, fields: readonly string[], values: readonly string[]) => readonly RowKey[]

/**
 * A row that would go but for rows on a ground stays, emptied, on the grounds of all that need it: on each until the last
 * of them goes, and without an end where one of them has none.
 */
function withNeeded(
  system: MappedSystem,
  found: SystemHoldings,
  removed: ReadonlyMap<string, ReadonlySet<RowKey>>,
  kept: KeptRows,
  index: Index,
): KeptRows {
  const all = new Map([...kept].map(([name, rows]) => [name, new Map(rows)]))
  const rows = new Map(
    found.collections.map((one) => [one.name, new Map(one.rows.map((row) => [row.key, row]))]),
  )
  const wouldGo = (name: string, key: RowKey) =>
    collectionOf(system, name)?.map.rows === 'delete' && rows.get(name)?.get(key)?.role === 'owner'
  const waiting = [...kept].flatMap(([name, ofName]) => [...ofName.keys()].map((key) => [name, key] as const))
  for (const [name, key] of waiting) {
    const collection = collectionOf(system, name)
    const row = rows.get(name)?.get(key)
    const grounds = all.get(name)?.get(key) ?? []
    for (const { to, toFields, values } of collection && row ? neededBy(collection, row, kept) : [])
      for (const needed of index(to, toFields, values)) {
        if (!wouldGo(to, needed) || removed.get(to)?.has(needed)) continue
        const known = all.get(to) ?? new Map<RowKey, readonly Keeping[]>()
        const before = known.get(needed) ?? []
        const after = grounds.reduce((some, one) => withGround(some, { ...one, key: needed }), before)
        if (after === before) continue
        all.set(to, known.set(needed, after))
        // What this one needs stays as long as it does.
        waiting.push([to, needed])
      }
  }
  return all
}

/** Grounds of a row and one more, which keeps none of its fields; the same ones where it outlasts none of its rule. */
function withGround(grounds: readonly Keeping[], more: Keeping): readonly Keeping[] {
  const ofRule = grounds.filter(({ rule }) => rule === more.rule)
  if (ofRule.some(({ until }) => later(until, more.until) === until)) return grounds
  const others = grounds.filter((one) => !ofRule.includes(one) || one.fields.length > 0)
  return [...others, { ...more, fields: [] }]
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
): readonly HeldRow[] =>
  (found.collections.find((one) => one.name === collection)?.rows ?? []).filter(
    (row) => row.role !== 'party' && !gone?.has(row.key),
  )

/** Keys of the rows that hold some values in some fields, looked up in an index made once per set of fields. */
function indexed(system: MappedSystem, found: SystemHoldings): Index {
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
  return (collection, fields, values) => {
    const label = JSON.stringify([collection, fields])
    const index = indexes.get(label) ?? build(collection, fields)
    indexes.set(label, index)
    return index.get(JSON.stringify(values)) ?? []
  }
}
