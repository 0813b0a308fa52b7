import { isProblem } from '../../platform/problem.ts'
import { raw, sql } from '../../platform/sql.ts'
import type { ChangeMark } from '../connector.ts'
import type { Reading } from './read.ts'
import { relationOf } from './shape.ts'
import { within } from './transaction.ts'

/** The cluster, its timeline and the database; how far the log has come; and what makes the counters begin anew. */
const serverFacts = raw(`
  select s.system_identifier || '/' || c.timeline_id || '/' || d.oid,
    (pg_catalog.pg_current_wal_lsn() - '0/0'::pg_catalog.pg_lsn)::pg_catalog.text,
    pg_catalog.pg_postmaster_start_time()::pg_catalog.text,
    pg_catalog.pg_stat_get_db_stat_reset_time(d.oid)::pg_catalog.text
  from pg_catalog.pg_database d, pg_catalog.pg_control_system() s, pg_catalog.pg_control_checkpoint() c
  where d.datname = pg_catalog.current_database() and pg_catalog.current_setting('track_counts')::pg_catalog.bool`)

const isStandby = raw('select pg_catalog.pg_is_in_recovery()')

/**
 * From the server's own counters of inserts and updates. A crash forgets them, and a reset does: both make another mark;
 * what writes a table anew (TRUNCATE, a load) shows in the number of its file. A restored copy is another cluster, timeline
 * or database, or its log stands further back. Null on a standby, which does not count, and where we may not look.
 */
export async function changeMark(reading: Reading, collection: string): Promise<ChangeMark | null> {
  const { connection, transaction, shape } = reading
  const { oid, kind } = relationOf(shape, collection).catalogue
  if (kind === 'v' || kind === 'f') return null
  const tables =
    kind === 'p'
      ? sql`select p.relid from pg_catalog.pg_partition_tree(${oid}::oid) p`
      : sql`select ${oid}::oid`
  const read = async (): Promise<ChangeMark | null> => {
    const [standby] = (await connection.run(isStandby, 'reading counters')).rows
    if (standby?.[0] !== 'f') return null
    const [server] = (await connection.run(serverFacts, 'reading counters')).rows
    const [counted] = (
      await connection.run(
        sql`select pg_catalog.string_agg(pg_catalog.concat_ws(':', c.oid, c.relfilenode,
            pg_catalog.pg_stat_get_tuples_inserted(c.oid), pg_catalog.pg_stat_get_tuples_updated(c.oid)), ' ' order by c.oid)
          from pg_catalog.pg_class c where c.oid in (${tables})`,
        'reading counters',
      )
    ).rows
    const [lineage, position, started, reset] = server ?? []
    if (lineage == null || position == null || counted?.[0] == null) return null
    return { lineage, position, state: [lineage, started, reset ?? '-', counted[0]].join(' ') }
  }
  try {
    return await within(transaction, read)
  } catch (error) {
    if (isProblem(error, 'connectors.refused') || isProblem(error, 'connectors.target-error')) return null
    throw error
  }
}
