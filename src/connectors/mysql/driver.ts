import type { Driver } from '../connector.ts'
import { parseAddress } from './address.ts'
import { Connection } from './connection.ts'
import { engineOf } from './server.ts'
import { openReadSession, openWriteSession } from './session.ts'

/** MySQL 8 and later, MariaDB 10.6 and later. */
export const driver: Driver = {
  scheme: 'mysql',
  parse: parseAddress,
  async probe(secret, limits) {
    await using connection = await Connection.open(secret, limits)
    const start = performance.now()
    const engine = await engineOf(connection)
    return { engine, latencyMs: performance.now() - start }
  },
  openRead: openReadSession,
  openWrite: openWriteSession,
}
