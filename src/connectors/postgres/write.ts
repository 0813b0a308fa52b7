import { join, name, raw, type Sql, sql } from '../../platform/sql.ts'
import type { Cell, RowChange, RowKey } from '../connector.ts'
import { problem } from '../problems.ts'
import { readKey } from '../row-key.ts'
import { wantedLists } from './comparison.ts'
import type { Answer } from './connection.ts'
import { atPlaces, keyParts, keyPredicate } from './keys.ts'
import type { Reading } from './read.ts'
import { columnOf, type Relation, relationOf } from './shape.ts'

/** Rows per statement: many enough to be set-based, few enough for the statement timeout and the wire. */
const chunkRows = 5_000
const chunkCharacters = 16_000_000

type Setting = readonly [RowKey, Readonly<Record<string, Cell>>]

/** One UPDATE per chunk of rows that set the same fields. Returns what the target counted. */
export async function change(
  reading: Reading,
  collection: string,
  changes: readonly RowChange[],
): Promise<number> {
  const relation = writable(reading, collection)
  // A statement updates a row once: two changes to a row become one, in which the later value stands.
  const merged = new Map<RowKey, Readonly<Record<string, Cell>>>()
  for (const { key, set } of changes) merged.set(key, { ...merged.get(key), ...set })
  const alike = Map.groupBy(merged, ([, set]) => JSON.stringify(Object.keys(set).sort()))
  const asked: Promise<Answer>[] = []
  for (const [fieldsText, settings] of alike) {
    const fields: readonly string[] = JSON.parse(fieldsText)
    for (const field of fields) refuseGenerated(relation, field)
    if (fields.length === 0) continue
    for (const chunk of chunks(settings)) {
      const statement = updateOf(reading, relation, fields, chunk)
      if (statement) asked.push(reading.connection.ahead(statement, `update on ${collection}`, collection))
    }
  }
  return counted(asked)
}

/** Statements go out together, so that others wait for no round trips. The first that fails says why, and fails the rest. */
async function counted(asked: readonly Promise<Answer>[]): Promise<number> {
  await Promise.allSettled(asked)
  let rows = 0
  for (const answer of asked) rows += (await answer).count
  return rows
}

/** One DELETE per chunk of keys. Returns what the target counted. */
export async function remove(reading: Reading, collection: string, keys: readonly RowKey[]): Promise<number> {
  const relation = writable(reading, collection)
  const asked: Promise<Answer>[] = []
  for (let start = 0; start < keys.length; start += chunkRows) {
    const where = keyPredicate(relation, keys.slice(start, start + chunkRows), reading.folding)
    if (!where) continue
    const statement = sql`delete from ${relation.table} as t where ${where}`
    asked.push(reading.connection.ahead(statement, `delete on ${collection}`, collection))
  }
  return counted(asked)
}

function updateOf(
  reading: Reading,
  relation: Relation,
  fields: readonly string[],
  settings: readonly Setting[],
): Sql | null {
  const parts = keyParts(relation, reading.folding)
  const known = settings.flatMap(([key, set]) => {
    const cells = readKey(key, parts.length)
    return cells && wantedLists(parts, [cells]) ? [{ cells, set }] : []
  })
  const keys = wantedLists(
    parts,
    known.map(({ cells }) => cells),
  )
  if (!keys) return null
  const values = fields.map((field) => known.map(({ set }) => set[field] ?? null))
  const lists = [...keys, ...values].map((list) => sql`${list}::text[]`)
  const names = [...keys.map((_, i) => raw(`k${i}`)), ...values.map((_, i) => raw(`v${i}`))]
  // Cast to the type without its length: the assignment itself then refuses what is too long, instead of cutting it.
  const assignments = fields.map(
    (field, i) => sql`${name(field)} = v.${raw(`v${i}`)}::${columnOf(relation, field).cast}`,
  )
  const same = parts.map((part, i) => sql`${part.side} = v.${raw(`k${i}`)}::${part.cast}`)
  if (relation.identity === 'place') same.push(atPlaces(keys))
  return sql`update ${relation.table} as t set ${join(assignments)}
    from unnest(${join(lists)}) as v (${join(names)}) where ${join(same, ' and ')}`
}

function writable(reading: Reading, collection: string): Relation {
  const relation = relationOf(reading.shape, collection)
  if (!relation.description.writable)
    throw problem('connectors.refused', { what: `writing to ${collection}` })
  return relation
}

function refuseGenerated(relation: Relation, field: string): void {
  const collection = relation.description.name
  if (columnOf(relation, field).field.generated)
    throw problem('connectors.constraint', { kind: 'generated', constraint: field, collection })
}

function* chunks(settings: readonly Setting[]): Iterable<readonly Setting[]> {
  let chunk: Setting[] = []
  let characters = 0
  for (const setting of settings) {
    chunk.push(setting)
    characters += Object.values(setting[1]).reduce((sum, cell) => sum + (cell?.length ?? 0), 0)
    if (chunk.length < chunkRows && characters < chunkCharacters) continue
    yield chunk
    chunk = []
    characters = 0
  }
  if (chunk.length > 0) yield chunk
}
