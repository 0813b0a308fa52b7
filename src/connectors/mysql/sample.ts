import { join, raw, type Sql, sql } from '../../platform/sql.ts'
import type { FoundRow } from '../connector.ts'
import { contentHash, keyCells, selected } from './keys.ts'
import { inOrder, page, type Reading, type Row } from './scan.ts'
import { columnOf, type Relation, relationOf } from './shape.ts'

/** Below this size a table is read whole for a sample. */
const wholeBytes = 16_000_000
/** Of what has no order, so many times the rows wanted are read from its head. */
const headFactor = 20
/** Places at which a row is looked up in one statement. */
const placesPerStatement = 50

/** Spread over the collection, so that the same rows give the same sample. */
export async function sample(
  reading: Reading,
  collection: string,
  limit: number,
): Promise<readonly FoundRow[]> {
  const relation = relationOf(reading.shape, collection)
  const rows = await rowsOf(reading, relation, limit)
  return rows.slice(0, limit).map(({ key, cells }) => ({ key, cells }))
}

async function rowsOf(reading: Reading, relation: Relation, limit: number): Promise<readonly Row[]> {
  const { bytes, kind } = relation.catalogue
  if (kind !== 'VIEW' && bytes <= wholeBytes) return spreadByHash(reading, relation, relation.table, limit)
  const [first] = relation.description.key
  const isNumber = first !== undefined && /int\b|int\(/i.test(columnOf(relation, first).field.type)
  if (relation.isOrdered && isNumber) {
    const found = await atSpreadPlaces(reading, relation, first, limit)
    if (found.length > 0) return found
  }
  if (relation.isOrdered) return fromBothEnds(reading, relation, limit)
  const cells = join([...relation.columns.values()].map(({ cell }) => cell))
  const head = sql`(select ${cells} from ${relation.table} limit ${raw(String(limit * headFactor))}) h`
  return spreadByHash(reading, relation, head, limit)
}

function spreadByHash(
  reading: Reading,
  relation: Relation,
  table: Sql,
  limit: number,
): Promise<readonly Row[]> {
  const hash =
    relation.identity === 'key'
      ? sql`sha2(concat_ws(',', ${join(keyCells(relation))}), 256)`
      : contentHash(relation)
  const select = selected({ ...relation, table }, allFields(relation))
  return page(reading, relation, sql`${select} order by ${hash} limit ${raw(String(limit))}`)
}

const allFields = (relation: Relation): readonly string[] => [...relation.columns.keys()]

/** The rows that come next after evenly spread numbers; where numbers are missing, fewer than asked for. */
async function atSpreadPlaces(
  reading: Reading,
  relation: Relation,
  field: string,
  limit: number,
): Promise<readonly Row[]> {
  const { cell } = columnOf(relation, field)
  const ends = sql`select cast(min(${cell}) as char), cast(max(${cell}) as char) from ${relation.table}`
  const { rows } = await reading.connection.run(ends, { what: `select on ${relation.description.name}` })
  const [low, high] = rows[0] ?? []
  if (low == null || high == null) return []
  const [from, span] = [BigInt(low), BigInt(high) - BigInt(low)]
  const places = Array.from({ length: limit }, (_, i) => from + (span * BigInt(i)) / BigInt(limit))
  const found = new Map<string, Row>()
  for (let start = 0; start < places.length; start += placesPerStatement) {
    const selects = places.slice(start, start + placesPerStatement).map((place) => {
      const select = selected(relation, allFields(relation))
      return sql`(${select} where ${cell} >= ${raw(String(place))} ${inOrder(relation)} limit 1)`
    })
    for (const row of await page(reading, relation, join(selects, ' union all '))) found.set(row.key, row)
  }
  return [...found.values()]
}

async function fromBothEnds(reading: Reading, relation: Relation, limit: number): Promise<readonly Row[]> {
  const half = raw(String(Math.ceil(limit / 2)))
  const found = new Map<string, Row>()
  for (const direction of ['asc', 'desc'] as const) {
    const select = selected(relation, allFields(relation))
    const rows = await page(reading, relation, sql`${select} ${inOrder(relation, direction)} limit ${half}`)
    for (const row of rows) found.set(row.key, row)
  }
  return [...found.values()]
}
