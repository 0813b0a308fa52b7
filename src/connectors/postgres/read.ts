import { join, raw, type Sql, sql } from '../../platform/sql.ts'
import type { Cell, FoundRow, RowKey, RowQuery, TextSearch } from '../connector.ts'
import { writeKey } from '../row-key.ts'
import { searchPredicate, tuplePredicate } from './comparison.ts'
import type { Answer, Connection } from './connection.ts'
import type { Folding } from './folding.ts'
import { keyParts, keyPredicate, rowHash } from './keys.ts'
import { everyBlock, portionsOf } from './portions.ts'
import { columnOf, type Relation, relationOf, type Shape } from './shape.ts'
import { type Transaction, within } from './transaction.ts'

/** What the statements of a session are made with. */
export interface Reading {
  readonly connection: Connection
  readonly transaction: Transaction
  readonly shape: Shape
  readonly folding: Folding
  /** Whether rows that are found stay locked until the transaction ends. */
  readonly locks: boolean
}

/** Aim of a batch: rows are fetched by so many at once that their cells are about this long together. */
const batchCharacters = 4_000_000
const firstBatch = 64
const largestBatch = 5_000

/** Below this size a table is read whole for a sample; above, about one block per row wanted. */
const wholeSampleBytes = 16_000_000

/** Names cursors; unique in the process, and so in every transaction. */
let cursors = 0

export async function* find(reading: Reading, query: RowQuery): AsyncIterable<FoundRow> {
  const relation = relationOf(reading.shape, query.collection)
  const where = predicate(reading, relation, query)
  if (!where) return
  const isLocked = reading.locks && relation.description.writable
  const tail = raw(isLocked ? ' for update of t' : '')
  const what = `${isLocked ? 'select for update' : 'select'} on ${query.collection}`
  if (isByFewKeys(query) || (reading.locks && mayUseIndex(query)))
    return yield* atOnce(reading, relation, query.fields, sql`where ${where}${tail}`, what)
  const portions = mayUseIndex(query) ? [everyBlock] : portionsOf(relation)
  const seen = new Set<RowKey>()
  for await (const row of inPortions(reading, relation, query.fields, { portions, where, tail, what })) {
    if (seen.has(row.key)) continue
    if (portions.length > 1) seen.add(row.key)
    yield row
  }
}

/**
 * No more rows than the caller has keys in hand: a cursor would cost three round trips for one. Under lock none is used at
 * all: others would wait for those round trips as well.
 */
const isByFewKeys = ({ matches = [], keys = [] }: RowQuery): boolean =>
  matches.length === 0 && keys.length <= largestBatch

async function* atOnce(
  reading: Reading,
  relation: Relation,
  fields: readonly string[],
  tail: Sql,
  what: string,
): AsyncIterable<FoundRow> {
  const { connection, transaction } = reading
  const parts = keyParts(relation, reading.folding).length
  await transaction.enter()
  try {
    const select = sql`select ${selected(relation, fields, reading.folding)} from ${relation.table} as t ${tail}`
    const asked = connection.ahead(select, what, relation.description.name)
    await transaction.begun
    const { rows: found } = await asked
    for (const cells of found) yield asRow(parts, cells)
  } finally {
    await transaction.leave()
  }
}

/** No index serves a folded comparison: such a query reads the whole table. */
const mayUseIndex = ({ matches = [] }: Omit<RowQuery, 'fields'>): boolean =>
  matches.every(({ fold }) => fold === 'none')

export async function count(reading: Reading, query: Omit<RowQuery, 'fields'>): Promise<number> {
  const relation = relationOf(reading.shape, query.collection)
  const where = predicate(reading, relation, query)
  if (!where) return 0
  if (!mayUseIndex(query) && portionsOf(relation).length > 1) {
    let rows = 0
    for await (const _ of find({ ...reading, locks: false }, { ...query, fields: [] })) rows++
    return rows
  }
  const answer = await ask(
    reading,
    relation,
    sql`select pg_catalog.count(*) from ${relation.table} as t where ${where}`,
  )
  return Number(answer.rows[0]?.[0] ?? 0)
}

export function stream(
  reading: Reading,
  collection: string,
  fields: readonly string[],
): AsyncIterable<FoundRow> {
  return inPortions(reading, relationOf(reading.shape, collection), fields)
}

export async function* search(reading: Reading, wanted: TextSearch): AsyncIterable<FoundRow> {
  const relation = relationOf(reading.shape, wanted.collection)
  const columns = wanted.fields.map((field) => columnOf(relation, field))
  const where = searchPredicate(columns, wanted.needles, reading.folding)
  if (where) yield* inPortions(reading, relation, wanted.fields, { where })
}

interface Portioned {
  readonly portions?: readonly Sql[]
  readonly where?: Sql
  readonly tail?: Sql
  readonly what?: string
}

/**
 * What is read whole is read portion by portion, a transaction each: no statement comes near its timeout, nobody who wants to
 * alter the table waits longer than for one of them, and the target rests between. Rows that are changed meanwhile may
 * have moved to blocks we have behind us, so that at the end whatever is newer than the beginning is looked at again: a
 * row may come twice, but not never.
 */
async function* inPortions(
  reading: Reading,
  relation: Relation,
  fields: readonly string[],
  { portions = portionsOf(relation), where = raw('true'), tail = raw(''), what }: Portioned = {},
): AsyncIterable<FoundRow> {
  const part = (condition: Sql) =>
    rows(reading, relation, fields, sql`where ${condition} and ${where}${tail}`, what)
  const before = portions.length > 1 ? await snapshot(reading) : null
  for (const blocks of portions) yield* part(blocks)
  if (before === null || (await snapshot(reading)) === before) return
  for (const blocks of portions) yield* part(sql`${blocks} and ${isNewerThan(before)}`)
}

/** Which transactions have ended, as PostgreSQL writes it: `xmin:xmax:still,running`. */
async function snapshot({ connection, transaction }: Reading): Promise<string> {
  const now = raw('select pg_catalog.pg_current_snapshot()')
  const { rows } = await within(transaction, () => connection.run(now, 'reading the snapshot'))
  return rows[0]?.[0] ?? ''
}

/** Rows whose transaction had not ended then. A row knows its number without epoch: that of `xmin`, less their distance. */
function isNewerThan(before: string): Sql {
  const oldest = before.slice(0, before.indexOf(':'))
  const distance = sql`(pg_catalog.age(${oldest}::xid8::xid) - pg_catalog.age(t.xmin))`
  return sql`case when ${distance} >= 0 then not pg_catalog.pg_visible_in_snapshot(
    (${oldest}::int8 + ${distance})::text::xid8, ${before}::pg_snapshot) else false end`
}

/** Spread by a hash of each row's place, so that the same table gives the same sample. */
export async function sample(
  reading: Reading,
  collection: string,
  limit: number,
): Promise<readonly FoundRow[]> {
  const relation = relationOf(reading.shape, collection)
  const fields = relation.description.fields.map((field) => field.name)
  const parts = keyParts(relation, reading.folding).length
  const read = async (from: Sql, tail: Sql) => {
    const statement = sql`select ${selected(relation, fields, reading.folding)} from ${from} ${tail} limit ${limit}::int8`
    const answer = await ask(reading, relation, statement)
    return answer.rows.map((cells) => asRow(parts, cells))
  }
  const whole = sql`${relation.table} as t`
  if (relation.identity === 'digest') {
    const head = sql`(select * from ${relation.table} as h limit ${limit * 20}::int8) as t`
    return read(head, sql`order by ${rowHash}`)
  }
  const spread = sql`order by pg_catalog.hashtext(t.tableoid::text || t.ctid::text)`
  const { bytes } = relation.catalogue
  if (bytes <= wholeSampleBytes) return read(whole, spread)
  const percent = Math.min(100, (100 * 1.2 * limit * 8192) / bytes)
  const found = await read(sql`${whole} tablesample system (${percent}::float8) repeatable (1)`, spread)
  return found.length >= limit ? found : read(whole, raw(''))
}

/** What a query asks, or null when it can find nothing. */
function predicate(reading: Reading, relation: Relation, query: Omit<RowQuery, 'fields'>): Sql | null {
  const parts = (query.matches ?? []).map(({ fields, fold, values }) => {
    const columns = fields.map((field) => columnOf(relation, field))
    return tuplePredicate(columns, fold, values, reading.folding)
  })
  if (query.keys) parts.push(keyPredicate(relation, query.keys, reading.folding))
  const some = parts.filter((part) => part !== null)
  return some.length === 0 ? null : sql`(${join(some, ' or ')})`
}

const selected = (relation: Relation, fields: readonly string[], folding: Folding): Sql =>
  join([
    ...keyParts(relation, folding).map((part) => part.printed),
    ...fields.map((field) => columnOf(relation, field).printed),
  ])

function asRow(parts: number, cells: readonly Cell[]): FoundRow {
  return { key: writeKey(cells.slice(0, parts).map((cell) => cell ?? '')), cells: cells.slice(parts) }
}

function ask({ connection, transaction }: Reading, relation: Relation, statement: Sql): Promise<Answer> {
  const collection = relation.description.name
  return within(transaction, () => connection.run(statement, `select on ${collection}`, collection))
}

async function* rows(
  reading: Reading,
  relation: Relation,
  fields: readonly string[],
  tail: Sql,
  what = `select on ${relation.description.name}`,
): AsyncIterable<FoundRow> {
  const { connection, transaction } = reading
  const collection = relation.description.name
  const select = sql`select ${selected(relation, fields, reading.folding)} from ${relation.table} as t ${tail}`
  const parts = keyParts(relation, reading.folding).length
  const cursor = raw(`dossier_${++cursors}`)
  const fetch = (size: number) =>
    connection.ahead(sql`fetch ${raw(String(size))} from ${cursor}`, what, collection)
  const declare = sql`declare ${cursor} no scroll cursor without hold for ${select}`
  await transaction.enter()
  try {
    // All in one packet; the first of them that fails says why.
    const [declared, first] = [connection.ahead(declare, what, collection), fetch(firstBatch)]
    await transaction.begun
    await declared
    let { rows: batch } = await first
    for (let size = firstBatch; ; { rows: batch } = await fetch(size)) {
      for (const cells of batch) yield asRow(parts, cells)
      if (batch.length < size) break
      size = nextBatch(batch)
    }
  } finally {
    // After a failure there is nothing left to close, and whatever that says must not hide the failure.
    connection.ahead(sql`close ${cursor}`, what, collection)
    transaction.leave()
  }
}

function nextBatch(batch: readonly (readonly Cell[])[]): number {
  const characters = batch.reduce(
    (sum, cells) => sum + cells.reduce((n, cell) => n + (cell?.length ?? 0) + 16, 0),
    0,
  )
  return Math.max(1, Math.min(largestBatch, Math.floor(batchCharacters / (characters / batch.length))))
}
