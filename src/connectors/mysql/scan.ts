import { join, raw, type Sql, sql } from '../../platform/sql.ts'
import type { Cell, FoundRow, RowKey } from '../connector.ts'
import { readKey } from '../row-key.ts'
import type { Connection, Task } from './connection.ts'
import { asValue, everything } from './equality.ts'
import { naming, selected } from './keys.ts'
import { type Server, withinMs } from './server.ts'
import { columnOf, type Relation, type Shape } from './shape.ts'

/** What the statements of a session are made with. */
export interface Reading {
  readonly connection: Connection
  readonly server: Server
  readonly shape: Shape
  /** Whether rows that are found stay locked until the transaction ends. */
  readonly locks: boolean
}

/** A row, and its number among those that are alike in a collection without key. */
export interface Row extends FoundRow {
  readonly alike: number
}

/** A statement looks at so many rows at most: short, whatever the size of the table. */
const rowsPerStatement = 20_000
/** Aim of a page: rows are fetched by so many at once that their cells are about this long together. */
const pageCharacters = 4_000_000
/** In one long answer from more than this, few hits would mean long silences, in which a server cannot be told from a dead one. */
const silentBytes = 200_000_000
const firstPage = 64
const largestPage = 4_096

/** At least every row for which the condition holds; those without a key to follow come in one long answer. */
export function scan(
  reading: Reading,
  relation: Relation,
  fields: readonly string[],
  where: Sql,
): AsyncIterable<Row> {
  if (relation.isOrdered) return pages(reading, relation, fields, where)
  const narrowed = relation.catalogue.bytes > silentBytes ? everything : where
  return streamed(reading, relation, sql`${selected(relation, fields)} where ${narrowed}`)
}

/** The rows of one statement as they come. It may take as long as it likes, so long as rows come. */
export async function* streamed(
  { connection, server, shape }: Reading,
  relation: Relation,
  select: Sql,
): AsyncIterable<Row> {
  const asRow = rowsOf(relation)
  for await (const cells of connection.rows(withinMs(server, 0, select), taskOf(shape, relation)))
    yield asRow(cells)
}

/** Follows the key, statement by statement: no snapshot and no lock outlives a page. */
async function* pages(
  reading: Reading,
  relation: Relation,
  fields: readonly string[],
  where: Sql,
): AsyncIterable<Row> {
  let after: RowKey | null = null
  for (;;) {
    // With a condition a page might look at the whole table to fill itself: then it goes no further than the next bound.
    const until: RowKey | null = where === everything ? null : await boundAfter(reading, relation, after)
    for (let size = firstPage; ; ) {
      const within = [where, ...beyond(relation, after), ...upTo(relation, until)]
      const select = sql`${selected(relation, fields)} where ${join(within, ' and ')} ${inOrder(relation)} limit ${raw(String(size))}`
      const rows = await page(reading, relation, select)
      yield* rows
      after = rows.at(-1)?.key ?? after
      if (rows.length < size) break
      size = nextSize(rows)
    }
    if (until === null) return
    after = until
  }
}

async function boundAfter(
  reading: Reading,
  relation: Relation,
  after: RowKey | null,
): Promise<RowKey | null> {
  const where = join([everything, ...beyond(relation, after)], ' and ')
  const select = sql`${selected(relation, [])} where ${where} ${inOrder(relation)} limit 1 offset ${raw(String(rowsPerStatement - 1))}`
  return (await page(reading, relation, select))[0]?.key ?? null
}

/** The rows of a short statement, all of them in memory. */
export async function page(
  { connection, shape }: Reading,
  relation: Relation,
  select: Sql,
): Promise<readonly Row[]> {
  const { rows } = await connection.run(select, taskOf(shape, relation))
  return rows.map(rowsOf(relation))
}

export const taskOf = ({ names }: Shape, { description }: Relation, verb = 'select'): Task => ({
  what: `${verb} on ${description.name}`,
  collection: description.name,
  names,
})

function rowsOf(relation: Relation): (cells: readonly Cell[]) => Row {
  const asName = naming(relation)
  const parts = relation.identity === 'key' ? relation.description.key.length : 1
  return (cells) => ({ ...asName(cells.slice(0, parts)), cells: cells.slice(parts) })
}

export const inOrder = (relation: Relation, direction: 'asc' | 'desc' = 'asc'): Sql =>
  sql`order by ${join(cellsOf(relation).map((cell) => sql`${cell} ${raw(direction)}`))}`

const cellsOf = (relation: Relation): readonly Sql[] =>
  relation.description.key.map((field) => columnOf(relation, field).cell)

const beyond = (relation: Relation, key: RowKey | null): readonly Sql[] =>
  key === null ? [] : [compared(relation, key, '>', '>')]

const upTo = (relation: Relation, key: RowKey | null): readonly Sql[] =>
  key === null ? [] : [compared(relation, key, '<', '<=')]

/** Part by part, in the form from which both servers make a range of the key's index; of `(a, b) > (x, y)` MySQL does not. */
function compared(relation: Relation, key: RowKey, operator: '<' | '>', last: '<=' | '>'): Sql {
  const fields = relation.description.key
  const values = readKey(key, fields.length) ?? []
  const sides = fields.map((field, i) => {
    const column = columnOf(relation, field)
    return { cell: column.cell, value: asValue(column, values[i] ?? '') }
  })
  const alternatives = sides.map(({ cell, value }, i) => {
    const before = sides.slice(0, i).map((side) => sql`${side.cell} = ${side.value}`)
    const sign = raw(i === sides.length - 1 ? last : operator)
    return sql`(${join([...before, sql`${cell} ${sign} ${value}`], ' and ')})`
  })
  return sql`(${join(alternatives, ' or ')})`
}

/** A power of two: each size is a text of its own, which the server has to prepare. */
function nextSize(rows: readonly Row[]): number {
  const characters = rows.reduce(
    (sum, row) => sum + row.cells.reduce((n, cell) => n + (cell?.length ?? 0) + 16, 16),
    0,
  )
  const fitting = Math.max(1, Math.min(largestPage, pageCharacters / (characters / rows.length)))
  return 2 ** Math.floor(Math.log2(fitting))
}
