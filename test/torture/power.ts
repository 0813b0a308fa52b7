import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Cluster, openCluster } from '../../src/platform/embedded-postgres.ts'

/** A PostgreSQL of our own that can lose its power. */
export interface PoweredServer extends AsyncDisposable {
  readonly port: number
  url(database: string): string
  /** One statement as superuser. */
  administer(statement: string, database?: string): Promise<void>
  /** Stopped at once, as `pg_ctl stop -m immediate` does: nothing is flushed, everybody is thrown out. */
  cutPower(): Promise<void>
  /** Starts it again where it is down; it recovers from its log. */
  restore(): Promise<void>
}

const settings = {
  // What is acknowledged must survive the death of the server, not that of the machine: nothing waits for the disk.
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '60',
  shared_buffers: '32MB',
  min_wal_size: '32MB',
  max_wal_size: '64MB',
  autovacuum_naptime: '5s',
} as const

export async function openPower(directory: string): Promise<PoweredServer> {
  const data = join(directory, 'postgres')
  const options = { directory: data, password: 'a torture password', settings }
  let cluster: Cluster = await openCluster(options)
  const postmaster = async (): Promise<number> =>
    Number((await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0])
  return {
    get port() {
      return cluster.port
    },
    url: (database) => cluster.url(database),
    async administer(statement, database = 'postgres') {
      const client = new pg.Client({ connectionString: cluster.url(database), application_name: 'torturer' })
      client.on('error', () => undefined)
      await client.connect()
      try {
        await client.query(statement)
      } finally {
        await client.end()
      }
    },
    async cutPower() {
      const pid = await postmaster()
      if (!pid) return
      process.kill(pid, 'SIGQUIT')
      while (isAlive(pid)) await sleep(5)
    },
    async restore() {
      const pid = await postmaster()
      if (pid && isAlive(pid)) return
      cluster = await openCluster(options)
    },
    async [Symbol.asyncDispose]() {
      await cluster.close()
    },
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
