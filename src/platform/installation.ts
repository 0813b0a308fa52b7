import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { checkDatabase } from './check-database.ts'
import { openCheckedKeyring } from './check-keys.ts'
import type { Config, DatabaseUrls } from './config.ts'
import type { Actor, Context } from './context.ts'
import { type Db, openPool, type Pool, sqlState } from './database.ts'
import { openCluster } from './embedded-postgres.ts'
import { migrate } from './migrate.ts'
import { problem } from './problems.ts'
import { name, sql } from './sql.ts'
import { refuseHalfRestored } from './unfinished-restore.ts'

/** One opened Dossier: its two databases, its keys, and the context its verbs need. */
export interface Installation extends AsyncDisposable {
  readonly ctx: Context
  readonly urls: { readonly main: string; readonly keys: string }
  /** A superuser's URL of the embedded cluster; undefined when the user runs the server. */
  readonly clusterUrl: ((database: string) => string) | undefined
  /** False when another process already serves this data directory. Held until the installation closes. */
  claimDirectory(): Promise<boolean>
}

export interface InstallationOptions {
  readonly config: Config
  readonly urls: DatabaseUrls
  readonly actor: Actor
  /** Part of `application_name`, seen by an administrator of the server: `dossier <role>`. */
  readonly role: string
  readonly logLevel?: string
}

const repository = join(import.meta.dirname, '..', '..')

export const migrations = {
  main: join(repository, 'database', 'migrations'),
  keys: join(repository, 'database', 'keys-migrations'),
} as const

/**
 * Opens an installation, making it when there is none: directories, cluster, databases, keys, today's schema. Throws
 * `platform.restore-unfinished` where a restore was cut off.
 */
export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const { config } = options
  await makeDirectories(config)
  await refuseHalfRestored(config.paths.data)
  await using stack = new AsyncDisposableStack()
  const { urls, clusterUrl } = await reachDatabases(options, stack)
  const main = stack.use(openPool(urls.main, `dossier ${options.role}`))
  const keys = stack.use(openPool(urls.keys, `dossier ${options.role} keys`, { max: 4 }))
  for (const database of [main, keys]) await checkDatabase(database)
  await migrate(main, migrations.main, config.now())
  await migrate(keys, migrations.keys, config.now())
  const { epochKeys } = config
  const keyring = await openCheckedKeyring(
    { directory: config.paths.keys, epochKeys },
    main,
    keys,
    config.now(),
  )
  const log = pino({ level: options.logLevel ?? 'info', base: { role: options.role } }, pino.destination(2))
  const ctx: Context = {
    db: main,
    keys,
    keyring,
    paths: config.paths,
    witnesses: config.witnesses,
    keyHoldDays: config.keyHoldDays,
    now: config.now,
    actor: options.actor,
    language: config.language,
    log,
  }
  const resources = stack.move()
  return {
    ctx,
    urls,
    clusterUrl,
    claimDirectory: () => claim(main, config.paths.data, resources),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

export async function makeDirectories(config: Config): Promise<void> {
  const { data, evidence, tombstones, certificates } = config.paths
  try {
    // Others may pass through (the embedded server runs as another user) but not look.
    await mkdir(data, { recursive: true, mode: 0o711 })
    for (const directory of [evidence, tombstones, certificates])
      await mkdir(directory, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw problem('platform.directory-unwritable', { directory: data, reason: sqlState(cause) ?? '' }, cause)
  }
}

export interface Reached {
  readonly urls: { readonly main: string; readonly keys: string }
  readonly clusterUrl: ((database: string) => string) | undefined
}

/** The databases' addresses; the embedded cluster is started, and stays until the stack is disposed of. */
export async function reachDatabases(
  options: Pick<InstallationOptions, 'config' | 'urls'>,
  stack: AsyncDisposableStack,
): Promise<Reached> {
  const { main, keys } = options.urls
  if (main !== undefined && keys !== undefined) return { urls: { main, keys }, clusterUrl: undefined }
  const { paths } = options.config
  await mkdir(paths.keys, { recursive: true, mode: 0o700 })
  const password = await storedPassword(join(paths.keys, 'postgres.password'))
  const cluster = await openCluster({ directory: paths.cluster, password })
  stack.defer(() => cluster.close())
  const role = { name: 'dossier', password }
  await using admin = openPool(cluster.url('postgres'), 'dossier set-up', { max: 1 })
  for (const database of ['dossier', 'dossier_keys']) await makeDatabase(admin, role, database)
  const url = (database: string) =>
    `postgres://${role.name}:${encodeURIComponent(password)}@127.0.0.1:${cluster.port}/${database}`
  return { urls: { main: url('dossier'), keys: url('dossier_keys') }, clusterUrl: cluster.url }
}

/** A role and a database it owns, in a cluster where we are superuser. Does nothing when both are there. */
export async function makeDatabase(
  admin: Db,
  role: { name: string; password: string },
  database: string,
): Promise<boolean> {
  const known = await admin.row(sql`select 1 from pg_catalog.pg_database d where d.datname = ${database}`)
  if (known) return false
  const quoted = role.password.replaceAll("'", "''")
  const { rows } = admin
  const hasRole = await rows(sql`select 1 from pg_catalog.pg_roles r where r.rolname = ${role.name}`)
  if (hasRole.length === 0)
    await ignoreDuplicate(
      admin.run({ parts: [`create role ${name(role.name).quoted} login password '${quoted}'`], values: [] }),
    ) // prettier-ignore
  await ignoreDuplicate(admin.run(sql`create database ${name(database)} owner ${name(role.name)}`))
  return true
}

async function ignoreDuplicate(work: Promise<unknown>): Promise<void> {
  await work.catch((error: { code?: string }) => {
    if (!['42710', '42P04', '23505'].includes(error.code ?? '')) throw error
  })
}

async function storedPassword(path: string): Promise<string> {
  const read = () => readFile(path, 'utf8').catch(() => '')
  const known = await read()
  if (known) return known
  const draft = `${path}.${process.pid}`
  const file = await open(draft, 'w', 0o600)
  await file.writeFile(randomBytes(24).toString('base64url'))
  await file.sync()
  await file.close()
  await rename(draft, path)
  return read()
}

/** A session lock dies with its process, so a killed server never leaves the directory locked. */
export async function claim(
  main: Pool,
  directory: string,
  resources: AsyncDisposableStack,
): Promise<boolean> {
  const client = await main.connect()
  const { rows } = await client.query<{ mine: boolean }>(
    `select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended($1, 0)) as mine`,
    [`dossier data directory ${directory}`],
  )
  const mine = rows[0]?.mine === true
  if (mine) resources.defer(() => client.end())
  else await client.end()
  return mine
}
