import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import pg from 'pg'
import { openCluster } from '../src/platform/embedded-postgres.ts'

export interface TestServer {
  readonly name: string
  /** A superuser's URL for a database of this server. */
  url(database: string): string
}

/** In CI a missing server is a failure; elsewhere its tests are skipped, and it is said. */
export const serversAreRequired = process.env['DOSSIER_REQUIRE_SERVERS'] === '1'

const opened: (() => Promise<void>)[] = []
let servers: Promise<readonly TestServer[]> | undefined

const guests: (() => Promise<void>)[] = []

after(stopServers)

/** For a program that is no test file: there nobody calls `after`. */
export async function stopServers(): Promise<void> {
  for (const leave of guests) await leave()
  for (const stop of opened) await stop()
}

/**
 * For a program: aborted by Ctrl-C or SIGTERM, so that it ends by itself and stops its servers, which are in groups of their
 * own and would stay. Whoever says it twice is obeyed at once.
 */
export function untilSignalled(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort(signal))
  return controller.signal
}

/** Servers of another kind, stopped with these. */
export function stopWithServers(stop: () => Promise<void>): void {
  opened.push(stop)
}

/** What has to end before the servers do. A test file's own hooks come too late: those that were registered first run first. */
export function beforeServersStop(leave: () => Promise<void>): void {
  guests.push(leave)
}

/** Real PostgreSQL servers: the one npm installed, and Debian's. Test files share them; the last to leave stops them. */
export function postgresServers(): Promise<readonly TestServer[]> {
  servers ??= openAll()
  return servers
}

/** The embedded server, for tests that need just one. */
export async function postgresServer(): Promise<TestServer> {
  const [first] = await postgresServers()
  if (!first) throw new Error('no PostgreSQL server')
  return first
}

async function openAll(): Promise<readonly TestServer[]> {
  const root = join(tmpdir(), `dossier-test-${userInfo().uid}`)
  const open = async (
    label: string,
    binaries?: { initdb: string; postgres: string },
  ): Promise<TestServer> => {
    const cluster = await openCluster({
      directory: join(root, label, 'postgres'),
      password: 'a test password',
      settings: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '200' },
      ...(binaries && { binaries }),
    })
    stopWithServers(() => cluster.close())
    return { name: label, url: cluster.url }
  }
  const embedded = await open('embedded')
  const installed = debianPostgres()
  if (!installed) {
    if (serversAreRequired) throw new Error('PostgreSQL of the distribution is required and not installed')
    console.log('# skipped, said aloud: no PostgreSQL of the distribution on this machine')
    return [embedded]
  }
  return [embedded, await open(`debian-${installed.version}`, installed)]
}

function debianPostgres(): { version: string; initdb: string; postgres: string } | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  for (const version of versions) {
    const bin = join(root, version, 'bin')
    if (existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb')))
      return { version, initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') }
  }
  return undefined
}

/**
 * An empty database of its own; with `template`, a copy of that one. Whoever does not drop it before the servers stop has
 * it dropped then: a hook of theirs that comes later finds it done.
 */
export async function freshDatabase(
  server: TestServer,
  template?: string,
): Promise<{ readonly name: string; readonly url: string; drop(): Promise<void> }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(server, `create database ${name}${template ? ` template ${template}` : ''}`)
  let dropped: Promise<void> | undefined
  const drop = (): Promise<void> => {
    dropped ??= administer(server, `drop database if exists ${name} with (force)`)
    return dropped
  }
  beforeServersStop(drop)
  return { name, url: server.url(name), drop }
}

/** Runs one statement as superuser, outside any test database. */
export async function administer(server: TestServer, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url('postgres'), application_name: 'dossier test' })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
