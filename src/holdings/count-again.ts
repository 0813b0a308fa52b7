import type { Cell, RowKey, WriteSession } from '../connectors/public.ts'
import type { Written } from './apply-operations.ts'
import type { CollectionHoldings, SystemHoldings } from './holdings.ts'
import { keyAfter } from './known-again.ts'
import { collectionOf, type MappedSystem } from './mapped-system.ts'
import type { CollectionOperations, RowOperation, SystemOperations } from './plan.ts'
import { inEach } from './side-by-side.ts'

/** The rows that were told what to do, as they are now, by collection. */
export type RowsTold = ReadonlyMap<string, RowsNow>

/**
 * Reads what was written to once more, by key: a target may take an order and not obey it. Rows without key have no name
 * any more; of them the target's own count must do.
 */
export async function rowsTold(
  session: WriteSession,
  system: MappedSystem,
  found: SystemHoldings,
  { collections }: SystemOperations,
): Promise<RowsTold> {
  const now = await inEach(collections, (told) => readAgain(session, system, found, told))
  return new Map(collections.map(({ name }, i) => [name, now[i] ?? noRows]))
}

export interface Told {
  readonly system: MappedSystem
  readonly operations: SystemOperations
  readonly found: SystemHoldings
  readonly written: Written
  readonly now: RowsTold
  /** What would be done if this had been found. */
  readonly planAgain: (found: SystemHoldings) => SystemOperations
}

/** What is left of what was told. Nothing where every row is gone, or holds what was written into it. */
export function leftOfTold({ system, operations, found, written, now, planAgain }: Told): SystemOperations {
  const isObeyed = operations.collections.every((told) =>
    isAsTold(told, written.get(told.name)?.cells, now.get(told.name) ?? noRows),
  )
  if (isObeyed) return { ...operations, collections: [] }
  return stillLeft(operations, now, planAgain(asNow(system, found, now)))
}

function isAsTold(
  { remove, change }: CollectionOperations,
  written: ReadonlyMap<RowKey, ReadonlyMap<string, Cell>> | undefined,
  { isKeyed, fields, cells }: RowsNow,
): boolean {
  if (!isKeyed) return true
  const places = new Map(fields.map((field, i) => [field, i]))
  return (
    remove.every((key) => !cells.has(key)) &&
    change.every(({ key, set }) => {
      const [row, told] = [cells.get(key), written?.get(key)]
      return [...set.keys()].every((field) => {
        const [place, cell] = [places.get(field), told?.get(field)]
        return row !== undefined && place !== undefined && cell !== undefined && row[place] === cell
      })
    })
  )
}

function asNow(system: MappedSystem, found: SystemHoldings, now: RowsTold): SystemHoldings {
  const collections = found.collections.map((held): CollectionHoldings => {
    const isKeyed = (collectionOf(system, held.name)?.description.key.length ?? 0) > 0
    return isKeyed ? heldNow(held, now.get(held.name)) : { ...held, rows: [], mentions: [] }
  })
  return { ...found, collections }
}

function stillLeft(told: SystemOperations, now: RowsTold, again: SystemOperations): SystemOperations {
  const collections = told.collections.map((one): CollectionOperations => {
    const left = again.collections.find(({ name }) => name === one.name)
    const removed = new Set(one.remove)
    const changed = new Map(one.change.map(({ key, set }) => [key, set]))
    const isLeft = ({ key, set }: RowOperation) =>
      [...set.keys()].some((field) => changed.get(key)?.has(field))
    return {
      name: one.name,
      remove: (left?.remove ?? []).filter((key) => removed.has(key)),
      change: [...(left?.change ?? []).filter(isLeft), ...stillTied(one, now.get(one.name))],
      kept: [],
    }
  })
  return {
    ...told,
    collections: collections.filter(({ remove, change }) => remove.length + change.length > 0),
  }
}

/** By the keys they were told under. */
interface RowsNow {
  /** Whether rows can be read again at all. */
  readonly isKeyed: boolean
  readonly fields: readonly string[]
  readonly told: ReadonlySet<RowKey>
  readonly cells: ReadonlyMap<RowKey, readonly Cell[]>
}

const noRows: RowsNow = { isKeyed: false, fields: [], told: new Set(), cells: new Map() }

async function readAgain(
  session: WriteSession,
  system: MappedSystem,
  found: SystemHoldings,
  { name, remove, change }: CollectionOperations,
): Promise<RowsNow> {
  const description = system.description.collections.find((one) => one.name === name)
  const collection = collectionOf(system, name)
  const fields = collection?.fields ?? [...new Set(change.flatMap(({ set }) => [...set.keys()]))]
  const told = new Set([...remove, ...change.map(({ key }) => key)])
  const cells = new Map<RowKey, readonly Cell[]>()
  const isKeyed = description !== undefined && description.key.length > 0
  const now = { isKeyed, fields, told, cells }
  if (!isKeyed || told.size === 0) return now
  const own = new Map(found.collections.find((one) => one.name === name)?.rows.map((row) => [row.key, row]))
  const before = new Map<RowKey, RowKey>(remove.map((key) => [key, key]))
  for (const { key, set } of change) {
    const row = own.get(key)
    before.set(row && collection ? keyAfter(collection, row, set) : key, key)
  }
  for await (const row of session.find({ collection: name, keys: [...before.keys()], fields }))
    cells.set(before.get(row.key) ?? row.key, row.cells)
  return now
}

function heldNow(held: CollectionHoldings, now: RowsNow | undefined): CollectionHoldings {
  if (!now) return held
  const cellsOf = (key: RowKey) => now.cells.get(key)
  return {
    ...held,
    rows: held.rows.flatMap((row) => {
      const cells = now.told.has(row.key) ? cellsOf(row.key) : row.cells
      return cells ? [{ ...row, cells }] : []
    }),
    mentions: held.mentions.flatMap((mention) => {
      if (!now.told.has(mention.key)) return [mention]
      const text = cellsOf(mention.key)?.[now.fields.indexOf(mention.field)]
      return text == null ? [] : [{ ...mention, text }]
    }),
  }
}

/** Rows that are nobody's here and still refer to what should be gone. */
function stillTied({ change }: CollectionOperations, now: RowsNow | undefined): readonly RowOperation[] {
  return change.filter(({ key, set }) =>
    [...set].some(
      ([field, { action }]) =>
        action === 'unlink' && (now?.cells.get(key)?.[now.fields.indexOf(field)] ?? null) !== null,
    ),
  )
}
