import { raw } from '../../platform/sql.ts'
import type { Driver } from '../connector.ts'
import { parseAddress } from './address.ts'
import { Connection } from './connection.ts'
import { closeKept } from './kept-connections.ts'
import { openReadSession, openWriteSession } from './session.ts'
import { engineName } from './target.ts'

/** PostgreSQL 15 to 18. */
export const driver: Driver = {
  scheme: 'postgres',
  parse: parseAddress,
  async probe(secret, limits) {
    await using connection = await Connection.open(secret, limits)
    const start = performance.now()
    const { rows } = await connection.run(
      raw(`select pg_catalog.current_setting('server_version')`),
      'reading the version',
    )
    return { engine: engineName(rows[0]?.[0] ?? ''), latencyMs: performance.now() - start }
  },
  openRead: openReadSession,
  openWrite: openWriteSession,
  close: closeKept,
}
