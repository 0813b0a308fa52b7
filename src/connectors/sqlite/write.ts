import type { RowChange, RowKey } from '../connector.ts'
import { problem } from '../problems.ts'
import { quoted, stored } from './cells.ts'
import { marks } from './narrow.ts'
import { inStatements, type LocatedRow, located, type Reading, togetherByOne } from './read.ts'
import { fieldOf, type Table, tableOf } from './shape.ts'

/** Rows are found by their keys and written by their place, in portions of this many. */
const portion = 1_000

/** Returns the rows SQLite says it changed. Rows that lose the same, as all do that refer to somebody, share a statement. */
export async function change(
  reading: Reading,
  collection: string,
  changes: readonly RowChange[],
): Promise<number> {
  const table = writable(reading, collection)
  const merged = new Map<RowKey, RowChange['set']>()
  for (const { key, set } of changes) merged.set(key, { ...merged.get(key), ...set })
  const fields = new Set([...merged.values()].flatMap((set) => Object.keys(set)))
  for (const field of fields) refuseGenerated(table, field)
  const rows = await Array.fromAsync(rowsOf(reading, collection, [...merged.keys()]))
  const alike = Map.groupBy(rows, ({ key }) => JSON.stringify(Object.entries(merged.get(key) ?? {})))
  let changed = 0
  for (const some of alike.values()) {
    const set = Object.entries(merged.get(some[0]?.key ?? '') ?? {})
    if (set.length === 0) continue
    const assignments = set.map(([field]) => `${quoted(field)} = ?`).join(', ')
    const values = set.map(([field, cell]) => stored(cell, fieldOf(table, field)))
    const head = `update ${quoted(collection)} set ${assignments}`
    changed += await write(reading, table, 'update', head, values, some)
  }
  return changed
}

/** Returns the rows SQLite says it removed. */
export async function remove(reading: Reading, collection: string, keys: readonly RowKey[]): Promise<number> {
  const table = writable(reading, collection)
  const distinct = [...new Set(keys)]
  await cutRings(reading, table, distinct)
  let removed = 0
  for await (const row of rowsOf(reading, collection, distinct))
    removed += await write(reading, table, 'delete', `delete from ${quoted(collection)}`, [], [row])
  return removed
}

/**
 * Row by row, ON DELETE SET NULL empties at once what takes no NULL: rows in a ring could go in no order. So each is first
 * made to refer to itself.
 */
async function cutRings(reading: Reading, table: Table, keys: readonly RowKey[]): Promise<void> {
  const { name, foreignKeys } = table.description
  const hard = foreignKeys.filter(
    ({ to, onDelete, fields }) =>
      to === name &&
      onDelete === 'set-null' &&
      fields.some((field) => !fieldOf(table, field).nullable) &&
      !fields.some((field) => table.locator.includes(quoted(field))),
  )
  const assignments = hard.flatMap(({ fields, toFields }) =>
    fields.map((field, i) => `${quoted(field)} = ${quoted(toFields[i] ?? field)}`),
  )
  if (assignments.length === 0) return
  const head = `update ${quoted(name)} set ${assignments.join(', ')}`
  for await (const row of rowsOf(reading, name, keys)) await write(reading, table, 'update', head, [], [row])
}

async function write(
  { database }: Reading,
  table: Table,
  verb: string,
  head: string,
  values: LocatedRow['place'],
  rows: readonly LocatedRow[],
): Promise<number> {
  const { name } = table.description
  const run = (where: string, places: LocatedRow['place']) => {
    requireTransaction(database.isTransaction, `${verb} on ${name}`)
    return database.run(`${head} where ${where}`, [...values, ...places], `${verb} on ${name}`, name)
  }
  let written = 0
  if (table.locator.length === 1)
    for (const some of inStatements(rows, togetherByOne))
      written += await run(
        `${table.locator[0]} in (${marks(some.length)})`,
        some.flatMap(({ place }) => place),
      )
  else {
    const where = table.locator.map((place) => `${place} = ?`).join(' and ')
    for (const { place } of rows) written += await run(where, place)
  }
  return written
}

/** A trigger's RAISE(ROLLBACK), or a full disk, ends the transaction: what came after would be committed at once. */
export function requireTransaction(isTransaction: boolean, what: string): void {
  if (!isTransaction) throw problem('connectors.target-error', { sqlstate: 'SQLITE rolled back', what })
}

/** The rows of a portion are all read before the first is written: a changed key must not bring a row up again. */
async function* rowsOf(
  reading: Reading,
  collection: string,
  keys: readonly RowKey[],
): AsyncIterable<LocatedRow> {
  for (let start = 0; start < keys.length; start += portion)
    yield* await Array.fromAsync(
      located(reading, { collection, keys: keys.slice(start, start + portion) }, []),
    )
}

function writable(reading: Reading, collection: string): Table {
  const table = tableOf(reading.shape, collection)
  if (!table.description.writable) throw problem('connectors.refused', { what: `writing to ${collection}` })
  return table
}

function refuseGenerated(table: Table, field: string): void {
  if (fieldOf(table, field).generated)
    throw problem('connectors.constraint', {
      kind: 'generated',
      constraint: field,
      collection: table.description.name,
    })
}
