import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../src/platform/config.ts'
import type { Context } from '../src/platform/context.ts'
import { openPool, type Pool } from '../src/platform/database.ts'
import { openInstallation } from '../src/platform/installation.ts'
import { name, sql } from '../src/platform/sql.ts'
import { quick, type Server } from './measure.ts'

export interface BenchInstallation {
  readonly ctx: Context
  readonly server: Server
  /** The main database, and the one of keys. */
  readonly urls: { readonly main: string; readonly keys: string }
  /** A pool on an empty database of the same server, as its superuser. */
  emptyDatabase(label: string, connections: number): Promise<{ readonly url: string; readonly pool: Pool }>
}

/**
 * Runs a benchmark in a Dossier of its own, in an embedded server that writes to the disk as the product's does: the server
 * of the tests does not, and would make every commit free. A quick run takes that one, because it is there already.
 */
export async function inBenchInstallation(run: (bench: BenchInstallation) => Promise<void>): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const { ctx, urls, url } = quick ? await borrowed(stack) : await durable(stack)
  await using admin = openPool(url('postgres'), 'dossier bench', { max: 1 })
  const told = await admin.row<{ version: string; postmaster: number }>(
    sql`select current_setting('server_version') as version,
          pg_catalog.split_part(pg_catalog.pg_read_file('postmaster.pid'), E'\n', 1)::int as postmaster`,
  )
  if (!told) throw new Error('a server without a version')
  const made = new AsyncDisposableStack()
  await using _ = made
  const emptyDatabase = async (label: string, connections: number) => {
    const database = `bench_${label}_${process.pid}`
    await admin.run(sql`create database ${name(database)}`)
    made.defer(async () => void (await admin.run(sql`drop database ${name(database)} with (force)`)))
    return {
      url: url(database),
      pool: made.use(openPool(url(database), 'dossier bench', { max: connections })),
    }
  }
  await run({ ctx, urls, server: told, emptyDatabase })
}

async function borrowed(stack: AsyncDisposableStack) {
  // Only here: the tests' own modules bring a test runner along, that has its own last word.
  const [{ freshInstallation }, { stopServers }] = await Promise.all([
    import('../test/installation.ts'),
    import('../test/servers.ts'),
  ])
  stack.defer(stopServers)
  const { ctx, urls, server } = stack.use(await freshInstallation())
  return { ctx, urls, url: (database: string) => server.url(database) }
}

async function durable(stack: AsyncDisposableStack) {
  const directory = await mkdtemp(join(tmpdir(), 'dossier-bench-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  const { config } = readConfig({ DOSSIER_DATA: directory, DOSSIER_LANGUAGE: 'en' })
  const { ctx, urls, clusterUrl } = stack.use(
    await openInstallation({
      config,
      urls: { main: undefined, keys: undefined },
      actor: { kind: 'system', id: 'bench' },
      role: 'bench',
      logLevel: 'silent',
    }),
  )
  if (!clusterUrl) throw new Error('no embedded server')
  return { ctx, urls, url: clusterUrl }
}
