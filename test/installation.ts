import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { sha256 } from '../src/platform/bytes.ts'
import { type Config, readConfig } from '../src/platform/config.ts'
import type { Context } from '../src/platform/context.ts'
import { openPool, sqlState } from '../src/platform/database.ts'
import { makeDatabase, openInstallation } from '../src/platform/installation.ts'
import { migrate } from '../src/platform/migrate.ts'
import { administer, beforeServersStop, postgresServer, type TestServer } from './servers.ts'

/** A Dossier of its own for a test: two databases on a real server, a data directory, keys. */
export interface TestInstallation extends AsyncDisposable {
  readonly ctx: Context
  readonly server: TestServer
  readonly urls: { readonly main: string; readonly keys: string }
  /** With `urls`, what it takes to open the same installation a second time, as another process would. */
  readonly config: Config
  dispose(): Promise<void>
}

/** Opens an empty installation as the product does, but silent; its clock is the real one unless told. */
export async function freshInstallation(
  options: { readonly now?: () => Date } = {},
): Promise<TestInstallation> {
  await using stack = new AsyncDisposableStack()
  const server = await postgresServer()
  const data = await mkdtemp(join(tmpdir(), 'dossier-installation-'))
  stack.defer(() => rm(data, { recursive: true, force: true }))
  const [main, keys] = await Promise.all(kinds.map((kind) => clone(server, kind)))
  if (!main || !keys) throw new Error('no databases')
  for (const database of [main, keys])
    stack.defer(() => administer(server, `drop database if exists ${database} with (force)`))
  const urls = { main: asOwner(server.url(main)), keys: asOwner(server.url(keys)) }
  const { config: real } = readConfig({ DOSSIER_DATA: data, DOSSIER_LANGUAGE: 'en' })
  const config = { ...real, ...(options.now && { now: options.now }) }
  const installation = await openInstallation({
    config,
    urls,
    actor: { kind: 'system', id: 'test' },
    role: 'test',
    logLevel: 'silent',
  })
  stack.use(installation)
  const resources = stack.move()
  const dispose = () => resources.disposeAsync()
  beforeServersStop(dispose)
  return { ctx: installation.ctx, server, urls, config, dispose, [Symbol.asyncDispose]: dispose }
}

const kinds = ['migrations', 'keys-migrations'] as const
type Kind = (typeof kinds)[number]

/** Not a superuser: a right the product lacks in production must be lacking here. */
const owner = { name: 'dossier', password: 'a test password' }

function asOwner(url: string): string {
  const own = new URL(url)
  own.username = owner.name
  own.password = encodeURIComponent(owner.password)
  return own.href
}

/** Another run with other migrations may drop our template between the look and the copy: then it is made again. */
async function clone(server: TestServer, kind: Kind): Promise<string> {
  const copy = `test_${randomUUID().replaceAll('-', '')}`
  for (let attempt = 1; ; attempt += 1) {
    const from = await template(server, kind)
    try {
      await administer(server, `create database ${copy} template ${from} owner ${owner.name}`)
      return copy
    } catch (error) {
      if (attempt > 3 || sqlState(error) !== '3D000') throw error
      templates.delete(`${server.name} ${kind}`)
    }
  }
}

const templates = new Map<string, Promise<string>>()

function template(server: TestServer, kind: Kind): Promise<string> {
  const label = `${server.name} ${kind}`
  const known = templates.get(label) ?? makeTemplate(server, kind)
  templates.set(label, known)
  return known
}

/** Migrated once per content of the migrations; under a lock, because test files run beside each other. */
async function makeTemplate(server: TestServer, kind: Kind): Promise<string> {
  const directory = join(import.meta.dirname, '..', 'database', kind)
  const prefix = `template_${kind.replace('-', '_')}_`
  const name = prefix + (await hashOf(directory))
  const admin = new pg.Client({ connectionString: server.url('postgres'), application_name: 'dossier test' })
  await admin.connect()
  try {
    const existing = async () => {
      const { rows } = await admin.query<{ datname: string }>(
        'select d.datname from pg_catalog.pg_database d where pg_catalog.starts_with(d.datname, $1)',
        [prefix],
      )
      return rows.map((row) => row.datname)
    }
    if ((await existing()).includes(name)) return name
    await admin.query('select pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended($1, 0))', [prefix])
    const present = await existing()
    if (present.includes(name)) return name
    for (const outdated of present) await admin.query(`drop database if exists ${outdated} with (force)`)
    const draft = `${prefix}draft`
    await using pool = openPool(server.url('postgres'), 'dossier test', { max: 1 })
    await makeDatabase(pool, owner, draft)
    {
      await using inside = openPool(asOwner(server.url(draft)), 'dossier test', { max: 1 })
      await migrate(inside, directory, new Date())
    }
    await admin.query(`alter database ${draft} rename to ${name}`)
    return name
  } finally {
    await admin.end()
  }
}

async function hashOf(directory: string): Promise<string> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort()
  const contents = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')))
  return sha256(JSON.stringify([files, contents]))
    .toString('hex')
    .slice(0, 16)
}
