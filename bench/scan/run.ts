import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import pg from 'pg'
import { openCluster } from '../../src/platform/embedded-postgres.ts'
import { type CompanyTable, typeOf, wideCompany } from './wide-company.ts'

/**
 * How long `dossier scan` takes for a database of a thousand tables, from the command to the stored result, beside a bare
 * client that reads the same number of rows of each. Goal: a minute. A PostgreSQL never analysed, and a SQLite file.
 */
const [tables, rows, sample] = [Number(process.argv[2] ?? 1_000), 400, 200]
const goalSeconds = 60
const root = join(import.meta.dirname, '..', '..')
const company = wideCompany(tables)

const directory = await mkdtemp(join(tmpdir(), 'dossier-bench-scan-'))
await using stack = new AsyncDisposableStack()
stack.defer(() => rm(directory, { recursive: true, force: true }))
const cluster = await openCluster({
  directory: join(directory, 'target', 'postgres'),
  password: 'a bench password',
  settings: { fsync: 'off', max_wal_size: '4GB' },
})
stack.defer(() => cluster.close())
const file = join(directory, 'company.sqlite')

const dossier = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['cli/dossier.mjs', ...args], {
    cwd: root,
    env: { ...process.env, DOSSIER_DATA: join(directory, 'data') },
    maxBuffer: 2 ** 30,
  })
  return stdout
}

/** Wall time of some work, in seconds. */
async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return Math.round(performance.now() - start) / 1_000
}

const quoted = (name: string): string => `"${name}"`
const create = ({ name, columns }: CompanyTable): string =>
  `create table ${quoted(name)} (${columns.map((column) => `${quoted(column)} ${typeOf(column)}`).join(', ')})`

async function fillPostgres(): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.url('postgres') })
  await client.connect()
  // Nobody analyses it in the middle of a measurement.
  await client.query('alter system set autovacuum = off')
  await client.query('select pg_reload_conf()')
  await client.query('create database company')
  await client.end()
  const target = new pg.Client({ connectionString: cluster.url('company') })
  await target.connect()
  for (const table of company) {
    await target.query(create(table))
    const lists = table.columns.map((_, i) => [...table.rows(rows)].map((row) => row[i] ?? null))
    const types = table.columns.map((column) => typeOf(column).split(' ')[0] ?? 'text')
    const arrays = types.map((type, i) => `$${i + 1}::text[]::${type}[]`)
    await target.query(`insert into ${quoted(table.name)} select * from unnest(${arrays.join(', ')})`, lists)
  }
  await target.end()
}

function fillSqlite(): void {
  using database = new DatabaseSync(file)
  database.exec('begin')
  for (const table of company) {
    database.exec(create(table))
    const marks = table.columns.map(() => '?').join(', ')
    const insert = database.prepare(`insert into ${quoted(table.name)} values (${marks})`)
    for (const row of table.rows(rows)) insert.run(...row)
  }
  database.exec('commit')
}

/** The control: what a plain program reads. */
async function readPostgres(): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.url('company') })
  await client.connect()
  for (const { name } of company) await client.query(`select * from ${quoted(name)} limit ${sample}`)
  await client.end()
}

async function readSqlite(): Promise<void> {
  using database = new DatabaseSync(file)
  for (const { name } of company) database.prepare(`select * from ${quoted(name)} limit ${sample}`).all()
}

await fillPostgres()
fillSqlite()
await dossier('systems', 'add', 'pg', cluster.url('company'))
await dossier('systems', 'add', 'file', `sqlite:${file}`)
const measure = async (name: string, control: () => Promise<void>) => {
  const load = loadavg()
  const bare = await secondsOf(control)
  const seconds = await secondsOf(() => dossier('scan', name, '--json'))
  return { seconds, bareRead: bare, ratioToBareRead: Math.round(seconds / bare), load }
}
const result = {
  at: new Date().toISOString(),
  machine: { cpus: cpus().length, model: cpus()[0]?.model, node: process.version },
  tables,
  columnsPerTable: 12,
  rowsPerTable: rows,
  sampledRows: sample,
  postgres: await measure('pg', readPostgres),
  sqlite: await measure('file', readSqlite),
  goalSeconds,
}
await mkdir(join(root, 'bench', 'results'), { recursive: true })
await writeFile(join(root, 'bench', 'results', 'scan.json'), `${JSON.stringify(result, null, 2)}\n`)
console.log(result)
process.exitCode = Math.max(result.postgres.seconds, result.sqlite.seconds) <= goalSeconds ? 0 : 1
