import type { Driver } from '../connector.ts'
import { pathIn } from '../path-in.ts'
import { listFiles } from './directory.ts'
import { openReadSession, openWriteSession } from './session.ts'

/** `files:<directory>`: every CSV file below it is a collection, and every sheet of an Excel file. */
export const driver: Driver = {
  scheme: 'files',
  parse(url, baseDirectory) {
    const path = pathIn(url, 'files', baseDirectory)
    return { shown: `files:${path}`, secret: path }
  },
  async probe(secret) {
    const start = performance.now()
    await listFiles(secret)
    return { engine: 'CSV and Excel files', latencyMs: performance.now() - start }
  },
  openRead: openReadSession,
  openWrite: openWriteSession,
}
