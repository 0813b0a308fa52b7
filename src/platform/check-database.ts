import type { Db } from './database.ts'
import { problem } from './problems.ts'
import { sql } from './sql.ts'

/**
 * Before anything is written to a database: that it answers, is of a version we know, and is ours or empty. Throws
 * `platform.database-unreachable`, `platform.database-version` and `platform.database-foreign`.
 */
export async function checkDatabase(db: Db): Promise<void> {
  const row = await db
    .row<{ version: string; isOurs: boolean; tables: number }>(
      sql`select pg_catalog.current_setting('server_version_num') as version,
            pg_catalog.to_regclass('platform.migration') is not null as is_ours,
            (select pg_catalog.count(*) from pg_catalog.pg_class c
             join pg_catalog.pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'p', 'f', 'm') and n.nspname !~ '^(pg_|information_schema$)'
               and not exists (select from pg_catalog.pg_depend d
                               where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid
                                 and d.deptype = 'e')) as tables`,
    )
    .catch((cause: { code?: string }) => {
      throw problem('platform.database-unreachable', { reason: cause.code ?? 'connection' }, cause)
    })
  const major = Math.floor(Number(row?.version ?? 0) / 10_000)
  if (major < 15 || major > 18) throw problem('platform.database-version', { version: major })
  // An address copied wrongly leads to somebody's shop: our schemas have no business there.
  if (row && !row.isOurs && row.tables > 0) throw problem('platform.database-foreign', { tables: row.tables })
}
