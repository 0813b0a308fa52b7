import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { openRead, parseUrl } from '../src/connectors/public.ts'
import { searchResidue } from '../src/holdings/second-reader/search-residue.ts'
import { openCluster } from '../src/platform/embedded-postgres.ts'

/**
 * How long the second reader looks for one person in a hundred tables of a million rows, none of them indexed, beside a bare
 * `count(*)` that looks for their e-mail address alone, as it is written, in the same columns: one process each, table by
 * table by turns, in seconds of CPU (ours and the server's), so that others at work on the machine do not count. Meanwhile,
 * every second, an owner alters one of the tables and a writer updates it.
 */
const [tables, rows] = [Number(process.argv[2] ?? 100), Number(process.argv[3] ?? 1_000_000)]
const sqlite = { tables: Math.min(tables, 10), rows: Math.min(rows, 200_000) }

const directory = await mkdtemp(join(tmpdir(), 'dossier-bench-residue-'))
await using stack = new AsyncDisposableStack()
stack.defer(() => rm(directory, { recursive: true, force: true }))

const address = 'ada.lovelace@example.org'
const wanted = [
  { kind: 'email', value: address },
  { kind: 'phone', value: '+33612345678' },
  { kind: 'name', value: 'Ada Lovelace' },
] as const
const columns = ['email', 'phone', 'note'] as const
const search = {
  wanted,
  ambiguous: { names: [], beside: [] },
  isKept: () => false,
  isAnothers: () => false,
  undecided: [],
}

interface Measured {
  readonly wallSeconds: number
  readonly cpuSeconds: number
  readonly bareCpuSeconds: number
  readonly rowsPerCpuSecond: number
  readonly ratio: number
  readonly tracesFound: number
}

/** What this process and the server's have used of a processor so far, in seconds. */
function cpuOf(postmaster: number | null): number {
  const { user, system } = process.cpuUsage()
  const servers = postmaster === null ? [] : processes().filter(({ parent }) => parent === postmaster)
  return (user + system) / 1e6 + servers.reduce((sum, { ticks }) => sum + ticks / 100, 0)
}

/** Linux's own account: parent, and hundredths of a second. */
const processes = (): readonly { readonly parent: number; readonly ticks: number }[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')
        return [{ parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }]
      } catch {
        return []
      }
    })

/** Searches `tables` collections one after the other, the control before each. */
async function measure(
  url: string,
  names: readonly string[],
  postmaster: number | null,
  control: (name: string) => Promise<unknown>,
): Promise<Measured> {
  const target = await parseUrl(url, '/')
  await using session = await openRead(target, { statementTimeoutMs: 30_000, lockTimeoutMs: 5_000 })
  const description = await session.describe()
  let [wall, ours, bare, traces] = [0, 0, 0, 0]
  for (const [i, collection] of description.collections.entries()) {
    const before = cpuOf(postmaster)
    await control(names[i] ?? '')
    const [start, between] = [performance.now(), cpuOf(postmaster)]
    const report = await searchResidue(session, { ...description, collections: [collection] }, search)
    wall += performance.now() - start
    bare += between - before
    ours += cpuOf(postmaster) - between
    traces += report.residue.reduce((sum, one) => sum + one.rows, 0)
    process.stderr.write(`\r${i + 1}/${names.length}  ratio ${(ours / bare).toFixed(2)} `)
  }
  process.stderr.write('\n')
  const searched = description.collections.reduce((sum, one) => sum + one.rows, 0)
  return {
    wallSeconds: Math.round(wall / 1_000),
    cpuSeconds: Math.round(10 * ours) / 10,
    bareCpuSeconds: Math.round(10 * bare) / 10,
    rowsPerCpuSecond: Math.round(searched / ours),
    ratio: Math.round((100 * ours) / bare) / 100,
    tracesFound: traces,
  }
}

const namesOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `t${String(i).padStart(3, '0')}`)

async function inPostgres(): Promise<Measured & { readonly altered: number; readonly written: number }> {
  const cluster = await openCluster({
    directory: join(directory, 'target', 'postgres'),
    password: 'a bench password',
    settings: { fsync: 'off', wal_level: 'minimal', max_wal_senders: '0', max_wal_size: '2GB' },
  })
  await using own = new AsyncDisposableStack()
  own.defer(() => cluster.close())
  const client = async () => {
    const opened = new pg.Client({ connectionString: cluster.url('postgres') })
    await opened.connect()
    own.defer(() => opened.end())
    return opened
  }
  const target = await client()
  const names = namesOf(tables)
  await target.query('alter system set autovacuum = off')
  await target.query('select pg_reload_conf()')
  for (const [i, name] of names.entries()) {
    const source =
      i > 0
        ? `select * from ${names[0]}`
        : `select i as id, 'user' || i || '@example.com' as email,
             '+33 6 ' || lpad((i::bigint * 7919 % 100000000)::text, 8, '0') as phone,
             'order ' || i || ' left at the door of number ' || i % 97 as note from generate_series(1, ${rows}) i`
    await target.query(`create table ${name} as ${source}`)
    await target.query(`analyze ${name}`)
  }
  for (const name of [names[0], names.at(-1)])
    await target.query(
      `update ${name} set note = 'Call ADA.LOVELACE@example.org back' where id = ${rows - 1}`,
    )
  const disturbed = disturb(await client(), names)
  const conditions = columns.map((column) => `${column} like '%${address}%'`).join(' or ')
  await target.query('set max_parallel_workers_per_gather = 0')
  const postmaster = Number(
    readFileSync(join(directory, 'target', 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0],
  )
  const measured = await measure(cluster.url('postgres'), names, postmaster, (name) =>
    target.query({ text: `select count(*) from ${name} where ${conditions}` }),
  )
  return { ...measured, ...(await disturbed.end()) }
}

/** An owner and a writer who wait for no lock longer than two seconds: what they could not do would be an error. */
function disturb(client: pg.Client, names: readonly string[]) {
  const done = { altered: 0, written: 0 }
  let isOver = false
  const working = (async () => {
    await client.query('set lock_timeout = 2000')
    for (let i = 0; !isOver; i++) {
      const name = names[i % names.length]
      await client.query(`alter table ${name} alter column note set default ''`)
      done.altered++
      await client.query(`update ${name} set phone = phone where id = ${i + 1}`)
      done.written++
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  })()
  return {
    async end() {
      isOver = true
      await working
      return done
    },
  }
}

async function inSqlite(): Promise<Measured> {
  const file = join(directory, 'target.sqlite')
  const names = namesOf(sqlite.tables)
  using database = new DatabaseSync(file)
  database.exec('pragma journal_mode = wal; begin')
  for (const name of names) {
    database.exec(`create table ${name} (id integer primary key, email text, phone text, note text)`)
    database.exec(`with recursive n (i) as (select 1 union all select i + 1 from n where i < ${sqlite.rows})
      insert into ${name} select i, 'user' || i || '@example.com', '+33 6 ' || (10000000 + i * 7919 % 90000000),
        'order ' || i || ' left at the door of number ' || i % 97 from n`)
  }
  database.exec(`update ${names[0]} set note = 'Call ADA.LOVELACE@example.org back' where id = 7; commit`)
  const conditions = columns.map((column) => `${column} like '%${address}%'`).join(' or ')
  return await measure(`sqlite:${file}`, names, null, async (name) =>
    database.prepare(`select count(*) from ${name} where ${conditions}`).get(),
  )
}

const load = loadavg()
const result = {
  at: new Date().toISOString(),
  machine: { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, load },
  postgres: { tables, rows, ...(await inPostgres()) },
  sqlite: { ...sqlite, ...(await inSqlite()) },
}
await mkdir(join(import.meta.dirname, 'results'), { recursive: true })
await writeFile(join(import.meta.dirname, 'results', 'residue.json'), `${JSON.stringify(result, null, 2)}\n`)
console.log(result)
