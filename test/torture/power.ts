import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Cluster, openCluster } from '../../src/platform/embedded-postgres.ts'
import { Finding } from './finding.ts'

/** A PostgreSQL of our own that can lose its power. */
export interface PoweredServer extends AsyncDisposable {
  readonly port: number
  url(database: string): string
  /** One statement as superuser. */
  administer(statement: string): Promise<void>
  /** Stopped at once, as `pg_ctl stop -m immediate` does: nothing is flushed, everybody is thrown out. */
  cutPower(): Promise<void>
  /** Returns when it answers: started again where it is down, it recovers from its log. */
  restore(): Promise<void>
}

const restoresWithinMs = 60_000
const hangsAfterMs = 5_000

const settings = {
  // What is acknowledged must survive the death of the server, not that of the machine: nothing waits for the disk.
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '60',
  // Whoever is killed has signed in before: that is not what is tried here.
  scram_iterations: '1',
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
  const administer = async (statement: string): Promise<void> => {
    const client = new pg.Client({
      connectionString: cluster.url('postgres'),
      application_name: 'torturer',
      connectionTimeoutMillis: 5_000,
    })
    client.on('error', () => undefined)
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
  const answers = (): Promise<boolean> =>
    administer('select 1').then(
      () => true,
      () => false,
    )
  const cutPower = async (): Promise<void> => {
    const pid = await postmaster()
    if (!pid || !isAlive(pid)) return
    process.kill(pid, 'SIGQUIT')
    while (isAlive(pid)) await sleep(5)
  }
  return {
    get port() {
      return cluster.port
    },
    url: (database) => cluster.url(database),
    administer,
    cutPower,
    async restore() {
      const began = Date.now()
      for (let pause = 5; Date.now() - began < restoresWithinMs; pause = Math.min(2 * pause, 200)) {
        const pid = await postmaster()
        if (!pid || !isAlive(pid)) cluster = await openCluster(options)
        else if (await answers()) return
        // PostgreSQL 18 that could not recover while the disk was full waits for ever: whoever runs it has to end it.
        else if (Date.now() - began > hangsAfterMs) await cutPower()
        await sleep(pause)
      }
      throw new Finding('stuck', 'a PostgreSQL does not come up again')
    },
    async [Symbol.asyncDispose]() {
      await cluster.close()
      // One that recovered by itself has lost sight of who was there.
      await cutPower()
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
