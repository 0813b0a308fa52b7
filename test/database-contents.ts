import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'

/**
 * Every row of every table of a database, one text each: `schema.table (a,b,\x00ff)`, binary in hex, sorted. Names of
 * tables that `without` matches are left out.
 */
export async function databaseContents(url: string, without?: RegExp): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'dossier test' })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ label: string; table: string }>(
      `select n.nspname || '.' || c.relname as label, pg_catalog.format('%I.%I', n.nspname, c.relname) as table
       from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'm') and n.nspname !~ '^(pg_|information_schema$)'`,
    )
    const contents: string[] = []
    for (const { label, table } of tables) {
      if (without?.test(label)) continue
      const { rows } = await client.query<{ row: string }>(`select t::text as row from only ${table} t`)
      contents.push(...rows.map(({ row }) => `${label} ${row}`))
    }
    return contents.sort()
  } finally {
    await client.end()
  }
}

/** The same of a SQLite file: `table {"a":…}`. */
export function sqliteContents(file: string): readonly string[] {
  using database = new DatabaseSync(file, { readOnly: true })
  const tables = database.prepare("select name from sqlite_schema where type = 'table' order by 1").all()
  return tables.flatMap(({ name }) => {
    const rows = database.prepare(`select * from "${String(name).replaceAll('"', '""')}"`).all()
    return rows.map((row) => `${name} ${JSON.stringify(row)}`).sort()
  })
}
