import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise'
import { type FileOwner, hasOpenssl, makeCertificates } from './certificates.ts'
import { serversAreRequired, stopWithServers } from './servers.ts'

const run = promisify(execFile)

export interface MysqlServer {
  /** E.g. `mariadb`. */
  readonly name: string
  readonly isMariadb: boolean
  /** Whether it is of this version or a later one. */
  isSince(major: number, minor: number): boolean
  /** MySQL before 8.0.16 forgets them. */
  readonly hasChecks: boolean
  /** A superuser's URL for one of its databases. */
  url(database: string): string
  /** Whom its certificate is from. It is made out to `localhost`, not to 127.0.0.1. Null where there is no openssl. */
  readonly authority: string | null
}

interface Binaries {
  readonly name: string
  /** E.g. `8.0.15`. */
  readonly version: string
  readonly isMariadb: boolean
  readonly server: string
}

const admin = 'dossier_test'
const presence = 'dossier_presence'
const password = 'a test password'
const readyWithinMs = 60_000

let servers: Promise<readonly MysqlServer[]> | undefined

/** Real servers that speak MySQL: Debian's MariaDB, and the MySQL that `DOSSIER_MYSQLD` names. Test files share them; the last to leave stops them. */
export function mysqlServers(): Promise<readonly MysqlServer[]> {
  servers ??= openAll()
  return servers
}

async function openAll(): Promise<readonly MysqlServer[]> {
  const named = process.env['DOSSIER_MYSQLD']
  // Whoever names one wants it run: that it is not there must not look like a machine that has none.
  if (named && !existsSync(named)) throw new Error(`DOSSIER_MYSQLD names no file: ${named}`)
  const installed = [await binaries('/usr/sbin/mariadbd'), await binaries(named)]
  const found = installed.filter((one) => one !== undefined)
  if (!found.some((one) => one.isMariadb)) {
    if (serversAreRequired) throw new Error('MariaDB of the distribution is required and not installed')
    console.log('# skipped, said aloud: no MariaDB of the distribution on this machine')
  }
  if (found.every((one) => one.isMariadb)) {
    if (serversAreRequired) throw new Error('MySQL is required: DOSSIER_MYSQLD names its mysqld')
    console.log('# skipped, said aloud: no MySQL on this machine (DOSSIER_MYSQLD can name its mysqld)')
  }
  const opened: MysqlServer[] = []
  for (const one of found) opened.push(await openServer(one))
  return opened
}

async function binaries(server: string | undefined): Promise<Binaries | undefined> {
  if (server === undefined || !existsSync(server)) return undefined
  const { stdout } = await run(server, ['--no-defaults', '--version'])
  const isMariadb = stdout.includes('MariaDB')
  const [version = ''] = /\d+\.\d+\.\d+/.exec(stdout) ?? []
  const [line = ''] = /^\d+\.\d+/.exec(version) ?? []
  return { name: `${isMariadb ? 'mariadb' : 'mysql'}-${line}`, version, isMariadb, server }
}

const isSince = (version: string, least: readonly number[]): boolean =>
  version.localeCompare(least.join('.'), 'en', { numeric: true }) >= 0

async function openServer(server: Binaries): Promise<MysqlServer> {
  const root = join(tmpdir(), `dossier-test-${userInfo().uid}`, server.name)
  await mkdir(root, { recursive: true })
  const { client, port } = await withLock(root, async () => (await joined(root)) ?? start(server, root))
  stopWithServers(() => withLock(root, () => leave(client, root)))
  const authority = join(root, 'tls', 'ca.pem')
  return {
    name: server.name,
    isMariadb: server.isMariadb,
    isSince: (major, minor) => isSince(server.version, [major, minor]),
    hasChecks: server.isMariadb || isSince(server.version, [8, 0, 16]),
    url: (database) => `mysql://${admin}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
    authority: existsSync(authority) ? authority : null,
  }
}

/** One process at a time looks, starts or stops: a file that bears the id of whoever holds it. */
async function withLock<T>(root: string, work: () => Promise<T>): Promise<T> {
  const path = join(root, 'lock')
  for (const deadline = Date.now() + 2 * readyWithinMs; ; await sleep(20)) {
    const file = await open(path, 'wx').catch(() => undefined)
    if (file) {
      await file.writeFile(String(process.pid))
      await file.close()
      break
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''))
    if (Date.now() > deadline) throw new Error(`${path} is held by ${holder}`)
    if (holder > 0 && !isAlive(holder)) await rm(path, { force: true })
  }
  try {
    return await work()
  } finally {
    await rm(path)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

interface Joined {
  readonly client: Connection
  readonly port: number
}

const pidFile = (root: string): string => join(root, 'data', 'pid')

/** A connection kept open says that somebody still needs the server. */
async function joined(root: string): Promise<Joined | undefined> {
  const port = Number(await readFile(join(root, 'port'), 'utf8').catch(() => ''))
  if (!port) return undefined
  const client = await connect(port, presence).catch(() => undefined)
  client?.on('error', () => undefined)
  return client && { client, port }
}

const connect = (port: number, user: string, more: ConnectionOptions = {}): Promise<Connection> =>
  createConnection({ host: '127.0.0.1', port, user, password, connectTimeout: 5_000, ...more })

async function leave(client: Connection, root: string): Promise<void> {
  // An account without rights sees its own connections: those of all of us, and nobody else's.
  const others = await client.query('show processlist').then(
    ([rows]) => (Array.isArray(rows) ? rows.length - 1 : 0),
    () => 1,
  )
  await client.end()
  if (others > 0) return
  const port = Number(await readFile(join(root, 'port'), 'utf8'))
  const last = await connect(port, admin)
  last.on('error', () => undefined)
  await last.query('shutdown').catch(() => undefined)
  last.destroy()
  for (const deadline = Date.now() + 30_000; existsSync(pidFile(root)) && Date.now() < deadline; )
    await sleep(20)
}

async function start(server: Binaries, root: string): Promise<Joined> {
  const owner = await serviceUser()
  const data = join(root, 'data')
  if (!existsSync(data)) await initialise(server, root, owner)
  const port = await freePort()
  const log = await open(join(root, 'log'), 'a')
  // A group of its own: Ctrl-C in a terminal must not take the server from the other test files.
  const child = spawn(
    server.server,
    [
      '--no-defaults',
      ...(owner ? ['--user=mysql'] : []),
      `--datadir=${data}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(data, 'socket')}`,
      `--pid-file=${pidFile(root)}`,
      `--init-file=${join(root, 'init.sql')}`,
      ...tlsSettings(root),
      ...settings,
      ...(server.isMariadb ? [] : ['--mysqlx=OFF']),
    ],
    { cwd: '/', detached: true, stdio: ['ignore', log.fd, log.fd] },
  )
  await log.close()
  child.unref()
  await writeFile(join(root, 'port'), String(port))
  for (const deadline = Date.now() + readyWithinMs; Date.now() < deadline; await sleep(50)) {
    const found = await joined(root)
    if (found) return found
    if (child.exitCode !== null) break
  }
  throw new Error(`${server.name} did not start: see ${join(root, 'log')}`)
}

/** Small, without care for its data, and with a local_infile a driver might fall for. */
const settings: readonly string[] = [
  '--skip-name-resolve',
  '--skip-log-bin',
  '--local-infile=1',
  '--secure-file-priv=',
  '--character-set-server=utf8mb4',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=0',
  '--innodb-buffer-pool-size=64M',
  '--performance-schema=OFF',
  '--max-connections=200',
  '--log-bin-trust-function-creators=1',
]

const tlsSettings = (root: string): readonly string[] =>
  existsSync(join(root, 'tls'))
    ? ['ca', 'cert', 'key'].map((part) => `--ssl-${part}=${join(root, 'tls', `${part}.pem`)}`)
    : []

/** Made under another name and renamed, so that a kill in the middle leaves no half server behind. */
async function initialise(server: Binaries, root: string, owner: FileOwner | undefined): Promise<void> {
  const draft = join(root, 'data.new')
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft)
  if (owner) await chown(draft, owner.uid, owner.gid)
  const as = owner ? ['--user=mysql'] : []
  if (server.isMariadb)
    await run('mariadb-install-db', [
      '--no-defaults',
      ...as,
      `--datadir=${draft}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ])
  else await run(server.server, ['--no-defaults', ...as, '--initialize-insecure', `--datadir=${draft}`])
  if (hasOpenssl) await makeCertificates(join(root, 'tls'), 'DNS:localhost', owner)
  const users = [
    `create user if not exists ${admin}@'127.0.0.1' identified by '${password}'`,
    `grant all on *.* to ${admin}@'127.0.0.1' with grant option`,
    `create user if not exists ${presence}@'127.0.0.1' identified by '${password}'`,
    `drop user if exists root@localhost`,
  ]
  await writeFile(join(root, 'init.sql'), users.map((statement) => `${statement};\n`).join(''))
  await rename(draft, join(root, 'data'))
}

/** The servers refuse to run as root: then the account their package made runs them. */
async function serviceUser(): Promise<FileOwner | undefined> {
  if (userInfo().uid !== 0) return undefined
  const id = async (flag: string) => Number((await run('id', [flag, 'mysql'])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

/** An empty database of its own. */
export async function freshMysqlDatabase(
  server: MysqlServer,
): Promise<{ readonly name: string; readonly url: string; drop(): Promise<void> }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administerMysql(server, `create database ${name}`)
  return { name, url: server.url(name), drop: () => administerMysql(server, `drop database ${name}`) }
}

/** Runs one statement as superuser, outside any test database. */
export async function administerMysql(server: MysqlServer, statement: string): Promise<void> {
  const client = await createConnection(server.url(''))
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
