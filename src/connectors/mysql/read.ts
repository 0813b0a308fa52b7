import { join, type Sql, sql } from '../../platform/sql.ts'
import type { FoundRow, Match, RowKey, RowQuery, TextSearch } from '../connector.ts'
import { queryTest, type RowTest, searchTest } from '../match-rows.ts'
import { bytesOf, chunks } from './chunks.ts'
import { everything } from './equality.ts'
import { keyCondition, referenceCondition, selected } from './keys.ts'
import { matchCondition, searchCondition } from './matching.ts'
import { type Reading, type Row, scan, streamed } from './scan.ts'
import { columnOf, type Relation, relationOf } from './shape.ts'

/** Values and keys per statement: enough to be set-based, few enough for the optimizer to follow them by index. */
const valuesPerStatement = 500
/** A statement takes 65 535 values; before that it is slower than looking at every row here. */
const mostValues = 20_000

export async function* find(reading: Reading, query: RowQuery): AsyncIterable<FoundRow> {
  const relation = relationOf(reading.shape, query.collection)
  for (const field of query.fields) columnOf(relation, field)
  const isLocked = reading.locks && relation.description.writable
  const rows = isLocked
    ? lockedRows(reading, relation, query)
    : matching(reading, relation, query, query.fields)
  for await (const { key, cells } of rows) yield { key, cells }
}

/** Counted here: what the target narrows down is more than what is meant. */
export async function count(reading: Reading, query: Omit<RowQuery, 'fields'>): Promise<number> {
  const relation = relationOf(reading.shape, query.collection)
  let rows = 0
  for await (const _ of matching(reading, relation, query, [])) rows++
  return rows
}

export async function* stream(
  reading: Reading,
  collection: string,
  fields: readonly string[],
): AsyncIterable<FoundRow> {
  const relation = relationOf(reading.shape, collection)
  for await (const { key, cells } of scan(reading, relation, fields, everything)) yield { key, cells }
}

export async function* search(reading: Reading, wanted: TextSearch): AsyncIterable<FoundRow> {
  const relation = relationOf(reading.shape, wanted.collection)
  const columns = wanted.fields.map((field) => columnOf(relation, field))
  const test = searchTest(wanted.fields, wanted.needles)
  const where = searchCondition(columns, wanted.needles)
  if (!where) return
  for await (const { key, cells } of scan(reading, relation, wanted.fields, where))
    if (test.passes({ key, cells })) yield { key, cells }
}

interface Hit extends Row {
  /** Found by a reference, which the target compares better than we. */
  readonly isReference: boolean
}

/** A statement that brings rows, and whether all of them are meant. */
interface Source {
  readonly rows: AsyncIterable<Row>
  readonly isReference: boolean
}

/** The rows a query means, each once. */
async function* matching(
  reading: Reading,
  relation: Relation,
  query: Omit<RowQuery, 'fields'>,
  fields: readonly string[],
): AsyncIterable<Hit> {
  const question = questionOf(relation, query)
  const { test } = question
  const sources = sourcesOf(reading, relation, question, [...test.fields, ...fields])
  const seen = new Set<string>()
  for (const { rows, isReference } of sources)
    for await (const { key, alike, cells } of rows) {
      if (!isReference && !test.passes({ key, cells })) continue
      if (sources.length > 1) {
        const label = `${alike} ${key}`
        if (seen.has(label)) continue
        seen.add(label)
      }
      yield { key, alike, cells: cells.slice(test.fields.length), isReference }
    }
}

/** What a query asks, apart: references are compared by the target, all else by us. */
interface Question {
  readonly references: readonly Match[]
  readonly others: readonly Match[]
  readonly keys: readonly RowKey[]
  /** Of rows that are no reference; its fields come first in every row. */
  readonly test: RowTest
}

function questionOf(relation: Relation, query: Omit<RowQuery, 'fields'>): Question {
  const matches = (query.matches ?? []).filter(({ values }) => values.length > 0)
  for (const field of matches.flatMap((match) => match.fields)) columnOf(relation, field)
  const [references = [], others = []] = [true, false].map((wanted) =>
    matches.filter((match) => isReference(relation, match) === wanted),
  )
  return { references, others, keys: query.keys ?? [], test: queryTest({ ...query, matches: others }) }
}

/** References and what an index leads to are looked up; everything else is looked for in one pass over the rows. */
function sourcesOf(
  reading: Reading,
  relation: Relation,
  { references, others, keys }: Question,
  fields: readonly string[],
): readonly Source[] {
  const lookUp = (where: Sql | null, isReference = false): readonly Source[] =>
    where ? [{ rows: lookedUp(reading, relation, fields, where), isReference }] : []
  const byReference = references.flatMap((match) =>
    portions(match.values).flatMap((tuples) =>
      lookUp(referenceCondition(relation, match.fields, tuples), true),
    ),
  )
  const direct = others.flatMap((match) =>
    portions(match.values).flatMap((values) => matchCondition(relation, { ...match, values }) ?? []),
  )
  const hasKeys = keys.length > 0
  if (direct.every(({ isDirect }) => isDirect) && (!hasKeys || relation.identity === 'key')) {
    const byKey = keyPortions(keys).flatMap((portion) => lookUp(keyCondition(relation, portion)))
    return [...byReference, ...direct.flatMap((condition) => lookUp(condition.sql)), ...byKey]
  }
  const conditions = others.flatMap((match) => matchCondition(relation, match)?.sql ?? [])
  const where = anyOf([...conditions, ...(hasKeys ? [keyCondition(relation, keys)] : [])])
  if (!where) return byReference
  return [...byReference, { rows: scan(reading, relation, fields, where), isReference: false }]
}

const lookedUp = (
  reading: Reading,
  relation: Relation,
  fields: readonly string[],
  where: Sql,
): AsyncIterable<Row> => streamed(reading, relation, sql`${selected(relation, fields)} where ${where}`)

/** By the target's own comparison, for so its foreign keys compare: ADA refers to ada where the collation says so. */
const isReference = (relation: Relation, { fold, fields }: Match): boolean =>
  fold === 'none' &&
  fields.some((field) => columnOf(relation, field).typed === null) &&
  relation.references.some(
    (reference) => reference.length === fields.length && reference.every((field) => fields.includes(field)),
  )

function anyOf(conditions: readonly (Sql | null)[]): Sql | null {
  const all = conditions.filter((condition) => condition !== null)
  if (all.length === 0) return null
  const isTooMuch = all.reduce((sum, { values }) => sum + values.length, 0) > mostValues
  return isTooMuch || all.includes(everything) ? everything : sql`(${join(all, ' or ')})`
}

const portions = (values: Match['values']): readonly Match['values'][] => [
  ...chunks(values, { most: valuesPerStatement, bytes: 500_000, sizeOf: bytesOf }),
]

const keyPortions = (keys: readonly RowKey[]): readonly (readonly RowKey[])[] => [
  ...chunks(new Set(keys), { most: valuesPerStatement, bytes: 500_000, sizeOf: (key) => bytesOf([key]) }),
]

/**
 * Looked for without locks, then locked by key and looked at again: a search by anything else would lock, and wait for,
 * every row it passes.
 */
async function* lockedRows(reading: Reading, relation: Relation, query: RowQuery): AsyncIterable<FoundRow> {
  const { test } = questionOf(relation, query)
  const all = [...test.fields, ...query.fields]
  // Rows that are alike come with each portion that names one of them.
  const seen = new Set<RowKey>()
  for await (const hits of inPortions(matching(reading, relation, query, []))) {
    const references = new Set(hits.filter((hit) => hit.isReference).map(({ key }) => key))
    const keys = hits.map(({ key }) => key).filter((key) => !seen.has(key))
    const where = keyCondition(relation, keys)
    if (!where) continue
    const select = sql`${selected(relation, all)} where ${where} for update`
    for await (const { key, cells } of streamed(reading, relation, select)) {
      if (seen.has(key) || !(references.has(key) || test.passes({ key, cells }))) continue
      if (relation.identity === 'content') seen.add(key)
      yield { key, cells: cells.slice(test.fields.length) }
    }
  }
}

async function* inPortions(hits: AsyncIterable<Hit>): AsyncIterable<readonly Hit[]> {
  let portion: Hit[] = []
  for await (const hit of hits) {
    portion.push(hit)
    if (portion.length < valuesPerStatement) continue
    yield portion
    portion = []
  }
  if (portion.length > 0) yield portion
}
