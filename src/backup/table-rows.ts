import type { Db } from '../platform/database.ts'
import { join, name, raw, type Sql, sql } from '../platform/sql.ts'

/** A table of ours as lines of JSON, the same from whatever server: in the order of its key, times in UTC, bytes in hex. */
export interface TableShape {
  readonly table: string
  readonly columns: readonly string[]
  /** The primary key, each column as it is sorted by. */
  readonly order: Sql
}

const fetched = 200

const quoted = (table: string) => name(...table.split('.'))

/** Settings of this transaction that decide how values are written. */
export async function writeAlike(tx: Db): Promise<void> {
  await tx.run(sql`set local timezone to 'UTC'`)
  await tx.run(sql`set local datestyle to 'ISO'`)
  await tx.run(sql`set local bytea_output to 'hex'`)
}

export async function shapeOf(tx: Db, table: string): Promise<TableShape> {
  const rows = await tx.rows<{ name: string; place: number | null; isText: boolean }>(
    sql`select a.attname as name, pg_catalog.array_position(i.indkey::int2[], a.attnum) as place,
          a.attcollation <> 0 as is_text
        from pg_catalog.pg_attribute a
        left join pg_catalog.pg_index i on i.indrelid = a.attrelid and i.indisprimary
        where a.attrelid = pg_catalog.to_regclass(${table}) and a.attnum > 0 and not a.attisdropped
        order by a.attnum`,
  )
  const key = rows
    .filter(({ place }) => place !== null)
    .toSorted((a, b) => Number(a.place) - Number(b.place))
    .map((column) => sql`${name(column.name)} ${raw(column.isText ? 'collate "C"' : '')}`)
  return { table, columns: rows.map((row) => row.name), order: join(key) }
}

const columnList = (columns: readonly string[]): Sql => join(columns.map((one) => sql`${name(one)}`))

/** Memory stays flat: a cursor, read in small portions. Inside a transaction. */
export async function* rowsOf(tx: Db, { table, columns, order }: TableShape): AsyncGenerator<string> {
  await tx.run(
    sql`declare backup_rows no scroll cursor for
        select pg_catalog.row_to_json(r)::text as line
        from (select ${columnList(columns)} from ${quoted(table)} order by ${order}) as r`,
  )
  for (;;) {
    const rows = await tx.rows<{ line: string }>(sql`fetch forward ${raw(String(fetched))} from backup_rows`)
    for (const { line } of rows) yield line
    if (rows.length < fetched) break
  }
  await tx.run(sql`close backup_rows`)
}

export const insertRows = (
  tx: Db,
  table: string,
  columns: readonly string[],
  lines: readonly string[],
): Promise<number> =>
  tx.run(
    sql`insert into ${quoted(table)} (${columnList(columns)})
        select ${columnList(columns)} from pg_catalog.json_populate_recordset(null::${quoted(table)}, ${`[${lines.join(',')}]`}::json)`,
  )

export const countRows = async (db: Db, table: string): Promise<number> => {
  const known = await db.row<{ isThere: boolean }>(
    sql`select pg_catalog.to_regclass(${table}) is not null as is_there`,
  )
  if (!known?.isThere) return 0
  return (await db.row<{ count: number }>(sql`select count(*) as count from ${quoted(table)} t`))?.count ?? 0
}

/** Only our own schemas; whatever else stands in the database is somebody's. */
export async function dropSchemas(tx: Db, schemas: readonly string[]): Promise<void> {
  for (const schema of schemas) await tx.run(sql`drop schema if exists ${name(schema)} cascade`)
}
