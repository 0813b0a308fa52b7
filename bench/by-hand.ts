import type { Db, Pool } from '../src/platform/database.ts'
import { join, name, type Sql, sql } from '../src/platform/sql.ts'
import { idOf, type Table } from './three-systems.ts'

/** One person's access and erasure in one database as somebody would write them who knows its tables by heart. */
export interface ByHand {
  /** The keys of the person's rows, as `<table> <key>`; the rows were read whole. */
  access(pool: Pool, tables: readonly Table[], mail: string): Promise<readonly string[]>
  erase(pool: Pool, tables: readonly Table[], mail: string): Promise<void>
}

/** The rows of a table that are the person's, down the links. */
function whose(tables: readonly Table[], { owner }: Table, mail: string): Sql {
  const above = tables.find((one) => one.name === owner)
  if (!above) return sql`t.email = ${mail}`
  const key = name(idOf(above.name))
  return sql`t.${key} in (select t.${key} from ${name(above.name)} t where ${whose(tables, above, mail)})`
}

const read = (tables: readonly Table[], one: Table, mail: string): Sql =>
  sql`select ${one.name}::text as "table", t.${name(idOf(one.name))} as key, to_jsonb(t) as cells
      from ${name(one.name)} t where ${whose(tables, one, mail)}`

const remove = (tables: readonly Table[], one: Table, mail: string): Sql =>
  sql`delete from ${name(one.name)} t where ${whose(tables, one, mail)}`

const keysIn = async (db: Db, statement: Sql): Promise<readonly string[]> =>
  (await db.rows<{ table: string; key: number }>(statement)).map(({ table, key }) => `${table} ${key}`)

/** One statement for each database: the fewest round trips there can be. */
export const batched: ByHand = {
  access: (pool, tables, mail) =>
    keysIn(
      pool,
      join(
        tables.map((one) => read(tables, one, mail)),
        ' union all ',
      ),
    ),
  async erase(pool, tables, mail) {
    const [person, ...others] = tables
    if (!person) return
    const parts = others.map((one, i) => sql`${name(`d${i}`)} as (${remove(tables, one, mail)})`)
    await pool.run(sql`with ${join(parts)} ${remove(tables, person, mail)}`)
  },
}

/** A transaction with one statement for each table, leaves first. */
export const naive: ByHand = {
  access: (pool, tables, mail) =>
    pool.transaction(async (db) => {
      const keys: string[] = []
      for (const one of tables) keys.push(...(await keysIn(db, read(tables, one, mail))))
      return keys
    }),
  erase: (pool, tables, mail) =>
    pool.transaction(async (db) => {
      for (const one of tables.toReversed()) await db.run(remove(tables, one, mail))
    }),
}
