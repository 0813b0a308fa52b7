import { spawn } from 'node:child_process'
import { chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { connectionName, namesOfAnyProcess, namesOfThisProcess } from './connection-name.ts'
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts'
import { problem } from './problems.ts'
import { type ServiceUser, serviceUser } from './service-user.ts'

/** The PostgreSQL below a data directory. It belongs to nobody: whoever comes first starts it, whoever leaves last stops it. */
export interface Cluster {
  readonly port: number
  /** A superuser's URL for one of its databases. */
  url(database: string): string
  /** Leaves, and stops the cluster when no other process of ours is connected. */
  close(): Promise<void>
}

export interface ClusterOptions {
  readonly directory: string
  readonly password: string
  /** Further settings, e.g. `{ fsync: 'off' }` for a throw-away cluster. */
  readonly settings?: Readonly<Record<string, string>>
  /** Another PostgreSQL than the one npm installed. */
  readonly binaries?: PostgresBinaries
}

const admin = 'dossier_admin'
const readyWithinMs = 60_000

/** Values must not reach the server's log or its process titles: PostgreSQL puts rows into DETAIL and statements. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  jit: 'off',
  update_process_title: 'off',
  log_min_messages: 'fatal',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
}

/** Finds the running cluster or starts it, making it first when there is none. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const deadline = Date.now() + readyWithinMs
  let started: { failed: boolean } | undefined
  for (let pause = 20; Date.now() < deadline; pause = Math.min(pause * 1.5, 250)) {
    const presence = await joinRunning(options)
    if (presence) return asCluster(options, presence)
    if (!started || started.failed) {
      if (started?.failed && Date.now() > deadline - readyWithinMs / 2) break
      started = await start(options)
    }
    await sleep(pause)
  }
  throw problem('platform.postgres-failed', { log: join(options.directory, '..', 'postgres.log') })
}

function asCluster(options: ClusterOptions, presence: { client: pg.Client; port: number }): Cluster {
  const url = (database: string) =>
    `postgres://${admin}:${encodeURIComponent(options.password)}@127.0.0.1:${presence.port}/${encodeURIComponent(database)}`
  return {
    port: presence.port,
    url,
    async close() {
      const others = await presence.client
        .query(
          `select 1 from pg_catalog.pg_stat_activity a
           where a.backend_type = 'client backend' and a.pid <> pg_catalog.pg_backend_pid()
             and a.application_name ~ $1 and a.application_name not like $2 limit 1`,
          // Connections of this process may take a moment to close: the last to leave must not wait for itself.
          [namesOfAnyProcess, namesOfThisProcess],
        )
        .then((result) => result.rowCount ?? 0)
        .catch(() => 1)
      await presence.client.end().catch(() => undefined)
      if (others === 0) await stop(options.directory)
    },
  }
}

/** Connects to what `postmaster.pid` names, if that really serves this directory. */
async function joinRunning(options: ClusterOptions) {
  const lines = await readFile(join(options.directory, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  )
  const port = Number(lines[3])
  if (!port) return undefined
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: admin,
    password: options.password,
    database: 'postgres',
    application_name: connectionName('dossier presence'),
    connectionTimeoutMillis: 5_000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ pid: number }>(
      `select pg_catalog.split_part(pg_catalog.pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`,
    )
    if (rows[0]?.pid === Number(lines[0])) return { client, port }
  } catch {
    // Not ready yet, shutting down, or a stranger on a port that was ours before a crash.
  }
  await client.end().catch(() => undefined)
  return undefined
}

async function start(options: ClusterOptions): Promise<{ failed: boolean }> {
  const binaries = options.binaries ?? (await findPostgresBinaries())
  await mkdir(join(options.directory, '..'), { recursive: true })
  const user = await serviceUser([binaries.postgres, join(options.directory, '..')])
  if (!(await exists(join(options.directory, 'PG_VERSION')))) await initialise(options, binaries, user)
  const log = await open(join(options.directory, '..', 'postgres.log'), 'a', 0o600)
  const all = {
    ...settings,
    ...options.settings,
    port: String(await steadyPort(join(options.directory, '..', 'postgres.port'))),
  }
  const child = spawnAs(
    user,
    binaries.postgres,
    ['-D', options.directory, ...Object.entries(all).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    ['ignore', log.fd, log.fd],
  ) // prettier-ignore
  await log.close()
  const state = { failed: false }
  child.once('exit', () => {
    state.failed = true
  })
  child.once('error', () => {
    state.failed = true
  })
  child.unref()
  return state
}

/** Made under another name and renamed, so that a kill in the middle leaves no half cluster behind. */
async function initialise(
  options: ClusterOptions,
  binaries: PostgresBinaries,
  user: ServiceUser,
): Promise<void> {
  const draft = `${options.directory}.new-${process.pid}`
  const passwordFile = `${draft}.password`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  await writeFile(passwordFile, options.password, { mode: 0o600 })
  if (user.uid !== undefined && user.gid !== undefined) {
    await chown(draft, user.uid, user.gid)
    await chown(passwordFile, user.uid, user.gid)
  }
  const child = spawnAs(
    user,
    binaries.initdb,
    [
      `--pgdata=${draft}`,
      `--username=${admin}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      // Known to the PostgreSQL npm installs (17 and later), and independent of the machine's locales.
      ...(options.binaries ? [] : ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']),
      '--data-checksums',
      ...(options.settings?.['fsync'] === 'off' ? ['--no-sync'] : []),
    ],
    ['ignore', 'ignore', 'ignore'],
  ) // prettier-ignore
  const code = await new Promise<number | null>((resolve) => {
    child.once('exit', resolve)
    child.once('error', () => resolve(-1))
  })
  await rm(passwordFile, { force: true })
  if (code !== 0) {
    await rm(draft, { recursive: true, force: true })
    throw problem('platform.postgres-failed', { log: `initdb (${code})` })
  }
  await rename(draft, options.directory).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true, force: true })
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
}

/** A group of its own, so that Ctrl-C in a terminal reaches us and not the database under our feet. */
function spawnAs(
  user: ServiceUser,
  command: string,
  args: readonly string[],
  stdio: ['ignore', number | 'ignore', number | 'ignore'],
) {
  const [first = command, ...rest] = [...user.prefix, command, ...args]
  return spawn(first, rest, {
    cwd: '/',
    detached: true,
    stdio,
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' },
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    ...(user.gid === undefined ? {} : { gid: user.gid }),
  })
}

async function stop(directory: string): Promise<void> {
  const pidFile = join(directory, 'postmaster.pid')
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0])
  if (!pid) return
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    return
  }
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(20)) {
    if (!(await exists(pidFile))) return
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** The port of last time where it is free, so that addresses of databases in this cluster stay true. */
async function steadyPort(file: string): Promise<number> {
  const last = Number(await readFile(file, 'utf8').catch(() => ''))
  const port = await freePort(last).catch(() => freePort(0))
  if (port !== last) await writeFile(file, String(port))
  return port
}

async function freePort(wanted: number): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(wanted, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw problem('platform.postgres-failed', { log: '-' })
  return address.port
}
