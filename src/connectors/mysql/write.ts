import { join, raw, type Sql, sql } from '../../platform/sql.ts'
import type { Cell, RowChange, RowKey } from '../connector.ts'
import { problem } from '../problems.ts'
import { readKey } from '../row-key.ts'
import { bytesOf, chunks } from './chunks.ts'
import type { Column } from './column.ts'
import { asHash, contentHash, hashCondition, keyCondition, keyLength } from './keys.ts'
import { type Reading, taskOf } from './scan.ts'
import { columnOf, type Relation, relationOf } from './shape.ts'

type Values = Readonly<Record<string, Cell>>

/** Some rows of a table, in a condition that names them and no others, and the part of a statement that ends it. */
interface Target {
  readonly where: Sql
  /** ` limit n`, where only some of several alike are meant; ` order by …`, where one has to go before the other. */
  readonly tail: Sql
}

/** Rows per statement: the more, the fewer statements; but of rows that get values of their own each is looked for among all. */
const rowsAlike = 500
const rowsApart = 100
/** A statement takes 65 535 values. */
const mostValues = 60_000

/** One UPDATE per portion of rows that set the same fields. Returns what the target counted. */
export async function change(
  reading: Reading,
  collection: string,
  changes: readonly RowChange[],
): Promise<number> {
  const relation = writable(reading, collection)
  // A statement updates a row once: two changes to a row become one, in which the later value stands.
  const merged = new Map<RowKey, Values>()
  for (const { key, set } of changes) merged.set(key, { ...merged.get(key), ...set })
  const sameFields = Map.groupBy(merged, ([, set]) => JSON.stringify(Object.keys(set).sort()))
  let changed = 0
  for (const [fieldsText, settings] of sameFields) {
    const fields: readonly string[] = JSON.parse(fieldsText)
    for (const field of fields) refuseGenerated(relation, field)
    if (fields.length === 0) continue
    changed += await (relation.identity === 'key'
      ? changeByKey(reading, relation, fields, settings)
      : changeByContent(reading, relation, fields, settings))
  }
  return changed
}

/** One DELETE per portion of keys, its rows in the order of the keys where some may refer to others. Returns what the target counted. */
export async function remove(reading: Reading, collection: string, keys: readonly RowKey[]): Promise<number> {
  const relation = writable(reading, collection)
  await cutLoops(reading, relation, keys)
  let removed = 0
  for (const portion of portionsOf(reading, new Set(keys), rowsAlike, (key) => bytesOf([key]))) {
    const targets =
      relation.identity === 'key'
        ? targetOf(keyCondition(relation, portion), inOrder(relation, portion))
        : await targetsByContent(reading, relation, portion)
    for (const { where, tail } of targets) {
      const statement = sql`delete from ${relation.table} where ${where}${tail}`
      removed += await write(reading, relation, 'delete', statement)
    }
  }
  return removed
}

const selfReferences = ({ description: { name, foreignKeys } }: Relation) =>
  foreignKeys.filter(({ to }) => to === name)

/**
 * InnoDB checks references row by row, and so it lets nothing go that refers to itself, or in a ring: whatever of such a
 * reference can be emptied is emptied before.
 */
async function cutLoops(reading: Reading, relation: Relation, keys: readonly RowKey[]): Promise<void> {
  const { key } = relation.description
  const fields = selfReferences(relation).flatMap((one) =>
    one.fields.filter((field) => columnOf(relation, field).field.nullable && !key.includes(field)),
  )
  if (fields.length === 0 || relation.identity !== 'key') return
  const cells = [...new Set(fields)].map((field) => columnOf(relation, field).cell)
  const emptied = join(cells.map((cell) => sql`${cell} = null`))
  const isFull = join(
    cells.map((cell) => sql`${cell} is not null`),
    ' or ',
  )
  for (const portion of portionsOf(reading, new Set(keys), rowsAlike, (one) => bytesOf([one]))) {
    const where = keyCondition(relation, portion)
    if (where)
      await write(
        reading,
        relation,
        'update',
        sql`update ${relation.table} set ${emptied} where ${where} and (${isFull})`,
      )
  }
}

/** What cannot be emptied goes in the order it was given in, and not as its index has it. */
function inOrder(relation: Relation, keys: readonly RowKey[]): Sql {
  if (keys.length < 2 || selfReferences(relation).length === 0) return raw('')
  const cases = keys.flatMap((key, i) => {
    const isRow = keyCondition(relation, [key])
    return isRow ? [sql`when ${isRow} then ${raw(String(i))}`] : []
  })
  return cases.length === 0 ? raw('') : sql` order by case ${join(cases, ' ')} end`
}

type Setting = readonly [RowKey, Values]

async function changeByKey(
  reading: Reading,
  relation: Relation,
  fields: readonly string[],
  settings: readonly Setting[],
): Promise<number> {
  const { key } = relation.description
  const isOneValue = new Set(settings.map(([, set]) => valuesText(fields, set))).size === 1
  // Assignments see what those before them have assigned: a row that gets another key is written to on its own.
  const isRenamed = fields.some((field) => key.includes(field))
  const valuesPerRow = fields.length * (2 * key.length + 1) + 2 * key.length
  const most = isOneValue ? rowsAlike : isRenamed ? 1 : Math.min(rowsApart, mostValues / valuesPerRow)
  let changed = 0
  for (const portion of portionsOf(reading, settings, most, ([row, set]) =>
    bytesOf([row, ...Object.values(set)]),
  )) {
    const rows = portion.map(([row]) => row)
    const where = keyCondition(relation, rows)
    if (!where) continue
    const assignments =
      isOneValue || isRenamed
        ? assignOne(relation, fields, portion[0]?.[1] ?? {})
        : assignEach(relation, fields, portion)
    const statement = sql`update ${relation.table} set ${join(assignments)} where ${where}`
    changed += await write(reading, relation, 'update', statement)
  }
  return changed
}

/** The same for all rows. */
const assignOne = (relation: Relation, fields: readonly string[], set: Values): readonly Sql[] =>
  fields.map((field) => {
    const column = columnOf(relation, field)
    return sql`${column.cell} = ${stored(relation, column, set[field] ?? null)}`
  })

/** To each row its own. */
function assignEach(
  relation: Relation,
  fields: readonly string[],
  settings: readonly Setting[],
): readonly Sql[] {
  const rows = settings.flatMap(([key, set]) => {
    const isRow = keyCondition(relation, [key])
    return isRow ? [{ isRow, set }] : []
  })
  return fields.map((field) => {
    const column = columnOf(relation, field)
    const cases = rows.map(
      ({ isRow, set }) => sql`when ${isRow} then ${stored(relation, column, set[field] ?? null)}`,
    )
    return sql`${column.cell} = case ${join(cases, ' ')} end`
  })
}

/** Rows without key are changed statement by statement where each gets values of its own. */
async function changeByContent(
  reading: Reading,
  relation: Relation,
  fields: readonly string[],
  settings: readonly Setting[],
): Promise<number> {
  let changed = 0
  for (const sameValues of Map.groupBy(settings, ([, set]) => valuesText(fields, set)).values()) {
    const assignments = assignOne(relation, fields, sameValues[0]?.[1] ?? {})
    const keys = sameValues.map(([key]) => key)
    for (const portion of portionsOf(reading, keys, rowsAlike, (key) => bytesOf([key])))
      for (const { where, tail } of await targetsByContent(reading, relation, portion)) {
        const statement = sql`update ${relation.table} set ${join(assignments)} where ${where}${tail}`
        changed += await write(reading, relation, 'update', statement)
      }
  }
  return changed
}

/**
 * What is alike is written to as one where all of it is meant; else as many rows as are meant, for which of them makes no
 * difference. To tell, they are counted first.
 */
async function targetsByContent(
  { connection, shape }: Reading,
  relation: Relation,
  keys: readonly RowKey[],
): Promise<readonly Target[]> {
  const known = keys.map((key) => readKey(key, keyLength(relation))).filter((parts) => parts !== null)
  const meant = Map.groupBy(known, ([hash = '']) => hash)
  const among = hashCondition(relation, new Set(meant.keys()))
  if (!among) return []
  const hash = contentHash(relation)
  const counting = sql`select ${hash}, count(*) from ${relation.table} where ${among} group by 1`
  const { rows } = await connection.run(counting, taskOf(shape, relation))
  const whole = new Set<string>()
  const some: Target[] = []
  for (const [found, counted] of rows) {
    const wanted = meant.get(found ?? '')?.length ?? 0
    if (wanted >= Number(counted)) whole.add(found ?? '')
    else some.push({ where: sql`${hash} = ${asHash(found ?? '')}`, tail: raw(` limit ${wanted}`) })
  }
  return [...targetOf(hashCondition(relation, whole)), ...some]
}

const targetOf = (where: Sql | null, tail = raw('')): readonly Target[] => (where ? [{ where, tail }] : [])

async function write(
  { connection, shape }: Reading,
  relation: Relation,
  verb: 'update' | 'delete',
  statement: Sql,
): Promise<number> {
  return (await connection.run(statement, taskOf(shape, relation, verb))).count
}

const valuesText = (fields: readonly string[], set: Values): string =>
  JSON.stringify(fields.map((field) => set[field] ?? null))

/** A statement must fit into the largest packet the target takes, a value beside its key and condition. */
const portionsOf = <T>({ server }: Reading, items: Iterable<T>, most: number, sizeOf: (item: T) => number) =>
  chunks(items, { most, bytes: Math.min(4_000_000, server.largestPacket / 4), sizeOf })

/** What is assigned for a cell. */
function stored(relation: Relation, { field, assigned }: Column, value: Cell): Sql {
  // NULL into a TIMESTAMP NOT NULL becomes, in some targets and without a word, the present time: an empty text is refused.
  if (value === null) return /^timestamp\b/i.test(field.type) && !field.nullable ? sql`''` : sql`null`
  const assignment = assigned(value)
  if (!assignment) throw refusal(relation, 'type', field.name)
  return assignment
}

function writable(reading: Reading, collection: string): Relation {
  const relation = relationOf(reading.shape, collection)
  const { description, obstacle } = relation
  if (description.writable) return relation
  const why = obstacle === null ? '' : ` (${obstacle})`
  throw problem('connectors.refused', { what: `writing to ${collection}${why}` })
}

function refuseGenerated(relation: Relation, field: string): void {
  if (columnOf(relation, field).field.generated) throw refusal(relation, 'generated', field)
}

const refusal = (relation: Relation, kind: string, constraint: string) =>
  problem('connectors.constraint', { kind, constraint, collection: relation.description.name })
