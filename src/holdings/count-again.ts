import type { Cell, RowKey, WriteSession } from '../connectors/public.ts'
import type { CollectionHoldings, SystemHoldings } from './holdings.ts'
import { keyAfter } from './known-again.ts'
import { collectionOf, type MappedSystem } from './mapped-system.ts'
import type { CollectionOperations, RowOperation, SystemOperations } from './plan.ts'

/** The rows that were told what to do, as they are now. */
export interface RowsTold {
  /** What was found, with their cells as they are now and without those that are gone. */
  readonly found: SystemHoldings
  /** Rows that are nobody's here and still refer to what should be gone. */
  readonly tied: readonly CollectionOperations[]
}

/**
 * Reads what was written to once more, by key: a target may take an order and not obey it. Rows without key have no name
 * any more; of them the target's own count must do.
 */
export async function rowsTold(
  session: WriteSession,
  system: MappedSystem,
  found: SystemHoldings,
  operations: SystemOperations,
): Promise<RowsTold> {
  const now = new Map<string, RowsNow>()
  for (const told of operations.collections) now.set(told.name, await readAgain(session, system, found, told))
  const collections = found.collections.map((held): CollectionHoldings => {
    const isKeyed = (collectionOf(system, held.name)?.description.key.length ?? 0) > 0
    const rows = now.get(held.name)
    return isKeyed ? asNow(held, rows) : { ...held, rows: [], mentions: [] }
  })
  return {
    found: { ...found, collections },
    tied: operations.collections.map((told) => stillTied(told, now.get(told.name))),
  }
}

/** What is left of what was told, out of all that would be done now. */
export function leftOfTold(
  told: SystemOperations,
  now: SystemOperations,
  { tied }: RowsTold,
): SystemOperations {
  const collections = told.collections.map((one): CollectionOperations => {
    const again = now.collections.find(({ name }) => name === one.name)
    const removed = new Set(one.remove)
    const changed = new Map(one.change.map(({ key, set }) => [key, set]))
    const isLeft = ({ key, set }: RowOperation) =>
      [...set.keys()].some((field) => changed.get(key)?.has(field))
    return {
      name: one.name,
      remove: (again?.remove ?? []).filter((key) => removed.has(key)),
      change: [
        ...(again?.change ?? []).filter(isLeft),
        ...(tied.find(({ name }) => name === one.name)?.change ?? []),
      ],
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
  readonly fields: readonly string[]
  readonly told: ReadonlySet<RowKey>
  readonly cells: ReadonlyMap<RowKey, readonly Cell[]>
}

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
  if (!description || description.key.length === 0 || told.size === 0) return { fields, told, cells }
  const own = new Map(found.collections.find((one) => one.name === name)?.rows.map((row) => [row.key, row]))
  const before = new Map<RowKey, RowKey>(remove.map((key) => [key, key]))
  for (const { key, set } of change) {
    const row = own.get(key)
    before.set(row && collection ? keyAfter(collection, row, set) : key, key)
  }
  for await (const row of session.find({ collection: name, keys: [...before.keys()], fields }))
    cells.set(before.get(row.key) ?? row.key, row.cells)
  return { fields, told, cells }
}

function asNow(held: CollectionHoldings, now: RowsNow | undefined): CollectionHoldings {
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

function stillTied({ name, change }: CollectionOperations, now: RowsNow | undefined): CollectionOperations {
  const isTied = ({ key, set }: RowOperation) =>
    [...set].some(
      ([field, { action }]) =>
        action === 'unlink' && (now?.cells.get(key)?.[now.fields.indexOf(field)] ?? null) !== null,
    )
  return { name, remove: [], change: change.filter(isTied), kept: [] }
}
