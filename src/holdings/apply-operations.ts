import type { Cell, RowKey, SystemDescription, WriteSession } from '../connectors/public.ts'
import { type ChangedRows, changeRows, type Learnt } from './change-rows.ts'
import type { SystemHoldings } from './holdings.ts'
import type { MappedSystem } from './mapped-system.ts'
import type { CollectionOperations, FieldOperation, RowOperation, SystemOperations } from './plan.ts'
import { cyclicFields } from './removal-order.ts'

/** What the target says it wrote, and what it was told to write, by collection. */
export type Written = ReadonlyMap<string, Counts>

interface Counts {
  toRemove: number
  removed: number
  toChange: number
  changed: number
  /** What was written into each row, by field. */
  readonly cells: Map<RowKey, Map<string, Cell>>
}

/** Does the work in one transaction of the target: references first, then removal from the leaves inward, then fields. */
export async function applyOperations(
  session: WriteSession,
  system: MappedSystem,
  operations: SystemOperations,
  { found, learnt = new Map() }: { readonly found?: SystemHoldings; readonly learnt?: Learnt } = {},
): Promise<Written> {
  const written = new Map<string, Counts>()
  const count = (name: string) => {
    const known = written.get(name) ?? { toRemove: 0, removed: 0, toChange: 0, changed: 0, cells: new Map() }
    written.set(name, known)
    return known
  }
  const change = async (name: string, rows: readonly RowOperation[]): Promise<void> => {
    const collection = system.description.collections.find((one) => one.name === name)
    if (!collection || rows.length === 0) return
    const known = { learnt, cellOf: cellsOf(found, name) }
    note(count(name), rows.length, await changeRows(session, system.name, collection, rows, known))
  }
  // A row without key is named by its place, and has another once it was written to: all of it is written at once.
  const lasts = (name: string) => isKeyed(system.description, name)
  for (const { name, change: rows } of operations.collections) {
    const first = rows.flatMap((row) =>
      only(row, (operation) => operation.action === 'unlink' || !lasts(name)),
    )
    await change(name, first)
  }
  await cutCycles(session, system, operations)
  for (const name of operations.removalOrder) {
    const keys = operations.collections.find((one) => one.name === name)?.remove ?? []
    if (keys.length === 0) continue
    count(name).toRemove += keys.length
    count(name).removed += await session.remove(name, keys)
  }
  for (const { name, change: rows } of operations.collections) {
    const rest = rows.flatMap((row) => only(row, (operation) => operation.action !== 'unlink' && lasts(name)))
    await change(name, rest)
  }
  return written
}

function note(counts: Counts, told: number, { changed, written }: ChangedRows): void {
  counts.toChange += told
  counts.changed += changed
  for (const { key, set } of written) {
    const cells = counts.cells.get(key) ?? new Map<string, Cell>()
    counts.cells.set(key, cells)
    for (const [field, cell] of Object.entries(set)) cells.set(field, cell)
  }
}

/** What a row that was found held before. */
function cellsOf(
  found: SystemHoldings | undefined,
  name: string,
): (key: RowKey, field: string) => Cell | undefined {
  const held = found?.collections.find((one) => one.name === name)
  const rows = new Map(held?.rows.map((row) => [row.key, row.cells]))
  return (key, field) => rows.get(key)?.[held?.fields.indexOf(field) ?? -1]
}

const isKeyed = ({ collections }: SystemDescription, name: string): boolean =>
  collections.some((one) => one.name === name && one.key.length > 0)

function only(row: RowOperation, wanted: (operation: FieldOperation) => boolean): readonly RowOperation[] {
  const set = new Map([...row.set].filter(([, operation]) => wanted(operation)))
  return set.size === 0 ? [] : [{ key: row.key, set }]
}

async function cutCycles(
  session: WriteSession,
  system: MappedSystem,
  operations: SystemOperations,
): Promise<void> {
  for (const [name, fields] of cyclicFields(system.description, operations.removalOrder)) {
    const keys = operations.collections.find((one) => one.name === name)?.remove ?? []
    const set = Object.fromEntries(fields.map((field) => [field, null]))
    if (keys.length > 0)
      await session.change(
        name,
        keys.map((key) => ({ key, set })),
      ) // prettier-ignore
  }
}

/**
 * Where the target wrote less than it was told. Rows with a key are looked for again instead of counted: those that ON
 * DELETE CASCADE took along when another of them went are gone, though no removal of theirs was counted.
 */
export const shortfall = (written: Written, description: SystemDescription): CollectionOperations['name'][] =>
  [...written]
    .filter(
      ([name, { toRemove, removed, toChange, changed }]) =>
        changed < toChange || (!isKeyed(description, name) && removed < toRemove),
    )
    .map(([name]) => name)
