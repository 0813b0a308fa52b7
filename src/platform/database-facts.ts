import type { Db } from './database.ts'
import { sql } from './sql.ts'

export interface DatabaseFacts {
  readonly version: string
  readonly bytes: number
  readonly migrations: number
}

/** What one of our databases tells of itself; `bytes` on disk, `migrations` applied. */
export async function databaseFacts(db: Db): Promise<DatabaseFacts> {
  const row = await db.row<DatabaseFacts>(
    sql`select pg_catalog.current_setting('server_version') as version,
          pg_catalog.pg_database_size(pg_catalog.current_database()) as bytes,
          (select count(*) from platform.migration) as migrations`,
  )
  return row ?? { version: '', bytes: 0, migrations: 0 }
}
