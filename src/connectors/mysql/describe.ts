import { isProblem, type Problem } from '../../platform/problem.ts'
import { raw, type Sql, sql } from '../../platform/sql.ts'
import type { CollectionDescription, DescribeOptions, SystemDescription } from '../connector.ts'
import { fingerprint } from '../fingerprint.ts'
import type { Reason } from '../reasons.ts'
import type { Answer } from './connection.ts'
import { contentHash } from './keys.ts'
import type { Reading } from './scan.ts'
import { withinMs } from './server.ts'
import type { Relation } from './shape.ts'

/** Up to this size rows are counted: the engine's own estimate may be far off, or of yesterday. */
const countedBytes = 16_000_000
/** A view is asked for this many rows. */
const viewRows = 1_000
/** Counting takes no longer than this. */
const countingMs = 500

/** The shape with row counts, and what cannot be read. */
export async function describeShape(
  reading: Reading,
  { counts = true }: DescribeOptions = {},
): Promise<SystemDescription> {
  const collections: CollectionDescription[] = []
  for (const relation of reading.shape.relations.values()) {
    const found = counts ? await rowsOf(reading, relation) : relation.catalogue.rows
    const isReadable = typeof found === 'number'
    collections.push({
      ...relation.description,
      rows: isReadable ? found : 0,
      unreadable: isReadable ? null : found,
    })
  }
  return { engine: reading.server.engine, collections, fingerprint: fingerprint(collections) }
}

/** How many rows there are, about; or why they cannot be read. */
async function rowsOf(reading: Reading, relation: Relation): Promise<number | Reason> {
  const { table, catalogue } = relation
  // Fails where a right to any column is missing, where a view has lost its table, and where a file is damaged.
  const look = await attempt(reading, sql`select * from ${table} limit 0`)
  if (isProblem(look)) return reasonOf(look)
  if (catalogue.kind === 'VIEW') return rowsOfView(reading, relation)
  if (catalogue.bytes > countedBytes) return catalogue.rows
  const counted = await attempt(
    reading,
    withinMs(reading.server, countingMs, sql`select count(*) from ${table}`),
  )
  if (!isProblem(counted)) return Number(counted.rows[0]?.[0] ?? 0)
  return counted.code === 'connectors.timeout' ? catalogue.rows : reasonOf(counted)
}

async function rowsOfView(reading: Reading, relation: Relation): Promise<number | Reason> {
  // Hashed, for what is only counted is not computed, and would not fail.
  const some = sql`select ${contentHash(relation)} as h from ${relation.table} limit ${raw(String(viewRows))}`
  const counted = await attempt(
    reading,
    withinMs(reading.server, countingMs, sql`select count(*), max(x.h) from (${some}) x`),
  )
  if (isProblem(counted) && counted.code !== 'connectors.timeout') return reasonOf(counted)
  const rows = isProblem(counted) ? viewRows : Number(counted.rows[0]?.[0] ?? 0)
  return rows < viewRows ? rows : plannedRows(reading, relation)
}

/** What the optimizer expects to look at. */
async function plannedRows(reading: Reading, { table }: Relation): Promise<number | Reason> {
  const { isMariadb } = reading.server
  const plan = await attempt(
    reading,
    sql`explain ${raw(isMariadb ? '' : 'format = traditional')} select 1 from ${table}`,
  )
  if (isProblem(plan)) return reasonOf(plan)
  // The column `rows`: before it MySQL has one more, `partitions`.
  return Math.max(viewRows, ...plan.rows.map((row) => Number(row[isMariadb ? 8 : 9] ?? 0)))
}

function attempt(reading: Reading, statement: Sql): Promise<Answer | Problem> {
  return reading.connection.run(statement, { what: 'reading' }).catch((error) => {
    if (!isProblem(error) || reading.connection.isClosed) throw error
    return error
  })
}

function reasonOf({ code }: Problem): Reason {
  if (code === 'connectors.refused') return 'no right to read it'
  return code === 'connectors.locked' ? 'somebody else has locked it' : 'the target cannot compute it'
}
