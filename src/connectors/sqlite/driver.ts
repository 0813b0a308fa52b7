import type { Driver } from '../connector.ts'
import { pathIn } from '../path-in.ts'
import { openDatabase } from './database.ts'
import { engineName, openReadSession, openWriteSession } from './session.ts'

/** `sqlite:<path>`, through Node's own SQLite. */
export const driver: Driver = {
  scheme: 'sqlite',
  parse(url, baseDirectory) {
    const path = pathIn(url, 'sqlite', baseDirectory)
    return { shown: `sqlite:${path}`, secret: path }
  },
  async probe(secret, limits) {
    const start = performance.now()
    using database = await openDatabase(secret, true, limits)
    return { engine: await engineName(database), latencyMs: performance.now() - start }
  },
  openRead: openReadSession,
  openWrite: openWriteSession,
}
