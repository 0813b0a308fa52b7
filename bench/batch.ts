import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { generateSample } from '../sample/public.ts'
import { sequence, verifyLog } from '../src/evidence/public.ts'
import { acceptMap, addSystem, scanSystems } from '../src/inventory/public.ts'
import type { Context } from '../src/platform/context.ts'
import type { Pool } from '../src/platform/database.ts'
import { raw, sql } from '../src/platform/sql.ts'
import {
  type AskedPerson,
  approveBatch,
  askedIdentifiers,
  batchOutcome,
  carryOutBatch,
  planBatch,
  receiveBatch,
} from '../src/requests/public.ts'
import { lookOn, type Seen } from './batch-aside.ts'
import { eraseRaw } from './batch-control.ts'
import { watchMemory } from './batch-watch.ts'
import { type BenchInstallation, inBenchInstallation } from './bench-installation.ts'
import { cpuSeconds } from './measure.ts'

/**
 * `node bench/batch.ts --customers 10000 --people 2000 --rounds 3`: people of the sample company erased as one batch from its
 * shop, its desk and its newsletter, beside bare SQL that deletes the same customers' rows of the shop in chunks, in the same
 * server, whose writes reach the disk. Said apart: what it takes to plan, to erase with evidence, and to look again and
 * certify; how long a transaction holds locks, and what somebody waits who changes one of the customers meanwhile; the
 * memory over time. `ratio` is bare SQL's time by the erasing's, the median of the rounds.
 */
const { values } = parseArgs({
  options: {
    customers: { type: 'string', default: '10000' },
    people: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '1' },
    /** Gives every foreign key of the shop an index, as a shop of a million has: for the bare SQL as well. */
    indexed: { type: 'boolean', default: false },
    /** Where the result is kept. */
    result: { type: 'string', default: 'batch' },
  },
})
const [customers, people] = [Number(values.customers), Number(values.people)]
const goal = 0.6
const lockGoalMs = 250
const sampleDay = '2026-08-31'

interface Phase {
  readonly seconds: number
  /** Of this process, and of the server with both databases of ours and the shop. */
  readonly cpuSeconds: number
  readonly serverCpuSeconds: number
}

async function timed<T>(
  postmaster: number,
  work: () => Promise<T>,
): Promise<{ readonly phase: Phase; readonly result: T }> {
  const own = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  }
  const [start, cpu, all] = [performance.now(), own(), cpuSeconds(postmaster)]
  const result = await work()
  const [ours, both] = [own() - cpu, cpuSeconds(postmaster) - all]
  return {
    result,
    phase: {
      seconds: rounded((performance.now() - start) / 1_000),
      cpuSeconds: rounded(ours),
      serverCpuSeconds: rounded(both - ours),
    },
  }
}

const sum = <One>(list: readonly One[], of: (one: One) => number): number =>
  list.reduce((total, one) => total + of(one), 0)

const rounded = (value: number): number => Math.round(value * 100) / 100

/** The sample company with a shop in a database of its own: what is made of one seed is alike to the byte. */
async function company(bench: BenchInstallation, label: string, stack: AsyncDisposableStack) {
  const shop = await bench.emptyDatabase(label, 2)
  const directory = await mkdtemp(join(tmpdir(), 'dossier-bench-sample-'))
  stack.defer(() => rm(directory, { recursive: true }))
  await generateSample({ customers, seed: 'bench', shopUrl: shop.url, directory, today: sampleDay })
  if (values.indexed) await indexForeignKeys(shop.pool)
  return { ...shop, directory }
}

/** Of the shop's foreign keys the generator indexes the most used, as many shops do; without the others a row's end reads tables. */
async function indexForeignKeys(pool: Pool): Promise<void> {
  const statements = await pool.rows<{ text: string }>(sql`
    select pg_catalog.format('create index on %s (%s)', c.conrelid::regclass, string_agg(pg_catalog.quote_ident(a.attname), ', '
      order by k.place)) as text
    from pg_catalog.pg_constraint c
    cross join lateral unnest(c.conkey) with ordinality as k (attnum, place)
    join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
    where c.contype = 'f' group by c.oid, c.conrelid
    union all select 'create index on marketing.email_log (customer_id)'
    union all select 'create index on public.customer_history (customer_id)'`)
  for (const { text } of statements) await pool.run(raw(text))
}

type Company = Awaited<ReturnType<typeof company>>

async function know(ctx: Context, { url, directory }: Company): Promise<void> {
  const systems = {
    shop: url,
    support: `sqlite:${directory}/support.sqlite`,
    newsletter: `files:${directory}/newsletter`,
  }
  for (const [name, address] of Object.entries(systems))
    await addSystem(ctx, { name, url: address, baseDirectory: '/' })
  await scanSystems(ctx, {}, () => undefined)
  await acceptMap(ctx, {})
}

interface Customer {
  readonly email: string
  readonly id: string
}

const erased = ({ pool }: Company) =>
  pool.rows<Customer>(
    sql`select c.email, c.customer_id::text as id from public.customer c order by c.customer_id limit ${people}`,
  )

/** Bare SQL on a second shop, alike to the first. */
async function bareSql(bench: BenchInstallation, rows: readonly Customer[]) {
  await using stack = new AsyncDisposableStack()
  const copy = await company(bench, 'copy', stack)
  // Statistics are no part of the comparison, but without them plans are chosen by chance.
  await copy.pool.run(raw('analyze'))
  const ids = rows.map(({ id }) => id)
  return timed(bench.server.postmaster, () => eraseRaw(copy.url, ids))
}

async function carryOut(bench: BenchInstallation, shop: Company, batch: string, rows: readonly Customer[]) {
  const ids = rows.map(({ id }) => id)
  const database = new URL(shop.url).pathname.slice(1)
  const endLooking = await lookOn({ url: shop.url, database, customerIds: ids })
  let seen: Promise<Seen> | undefined
  const chunks: Record<string, number> = {}
  const cut: Record<string, number> = {}
  const began = performance.now()
  let erasedAt = began
  const { phase, result } = await timed(bench.server.postmaster, () =>
    carryOutBatch(bench.ctx, batch, {
      onStep: (system) => {
        erasedAt = performance.now()
        chunks[system] = (chunks[system] ?? 0) + 1
      },
      onVerify: () => {
        memory.enter('look and certify')
        seen ??= endLooking()
      },
      onCut: (system) => {
        cut[system] = (cut[system] ?? 0) + 1
      },
    }),
  )
  const eraseSeconds = rounded((erasedAt - began) / 1_000)
  const { waits, locks } = await (seen ?? endLooking())
  const { locks: told } = await batchOutcome(bench.ctx, batch)
  return { phase, result, eraseSeconds, chunks, cut, waits, locks, told }
}

let memory = watchMemory()

async function round(bench: BenchInstallation, number: number) {
  await using stack = new AsyncDisposableStack()
  const { ctx, server } = bench
  memory = watchMemory()
  const shop = await company(bench, `shop_${number}`, stack)
  await know(ctx, shop)
  const rows = await erased(shop)
  memory.enter('bare sql')
  const control = await bareSql(bench, rows)
  const asked: AskedPerson[] = []
  for (const [i, { email }] of rows.entries())
    asked.push({ line: i + 1, asked: await askedIdentifiers(ctx, `email:${email}`) })
  memory.enter('receive')
  const receive = await timed(server.postmaster, () =>
    receiveBatch(ctx, { people: asked, count: asked.length, identityProof: 'operator-attested' }),
  )
  const { id } = receive.result.batch
  memory.enter('plan')
  const plan = await timed(server.postmaster, () => planBatch(ctx, id))
  const approve = await timed(server.postmaster, () =>
    approveBatch({ ...ctx, actor: { kind: 'operator', id: 'somebody-else' } }, plan.result?.planId ?? ''),
  )
  memory.enter('erase')
  const carry = await carryOut(bench, shop, id, rows)
  const log = await timed(server.postmaster, () => sequence(ctx))
  const phases = [receive, plan, approve, carry, log].map(({ phase }) => phase)
  return {
    control: { ...control.phase, rows: control.result },
    receive: receive.phase,
    plan: plan.phase,
    approve: approve.phase,
    erase: {
      seconds: carry.eraseSeconds,
      peopleEachSecond: rounded(people / carry.eraseSeconds),
      chunks: carry.chunks,
      /** Chunks that were undone because they would have held rows for too long. */
      cut: carry.cut,
    },
    lookAndCertify: { seconds: rounded(carry.phase.seconds - carry.eraseSeconds) },
    carryOut: carry.phase,
    log: log.phase,
    /** From receipt to certificate. */
    all: {
      peopleEachSecond: rounded(people / sum(phases, ({ seconds }) => seconds)),
      /** By the processor time of this process alone: what others do on the machine slows all else. */
      peopleEachCpuSecond: rounded(people / sum(phases, ({ cpuSeconds }) => cpuSeconds)),
    },
    ratio: rounded(control.phase.seconds / carry.eraseSeconds),
    locks: carry.locks,
    /** What the product itself says of them, in every system. */
    told: carry.told,
    customersDesk: carry.waits,
    result: carry.result,
    ...(await held(ctx, shop, rows)),
    memory: memory.close(),
    mostMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }
}

/** What must be so whatever it took. */
async function held(ctx: Context, shop: Company, rows: readonly Customer[]) {
  const { ok } = await verifyLog(ctx)
  const emails = rows.map(({ email }) => email)
  const still = await shop.pool.row<{ rows: number }>(
    sql`select pg_catalog.count(*) as rows from public.customer c where c.email = any(${emails}::text[])`,
  )
  // An open invoice or a running subscription keeps the address it is sent to.
  const kept = await ctx.db.row<{ rows: number }>(
    sql`select coalesce(sum(k.rows), 0) as rows from requests.kept k
        where k.collection = 'public.customer' and 'email' = any(k.fields)`,
  )
  return { isLogWhole: ok, addresses: { left: Number(still?.rows ?? -1), kept: Number(kept?.rows) } }
}

const load = loadavg()
const rounds: Awaited<ReturnType<typeof round>>[] = []
// An installation for each: the people of the last one were erased in it.
for (let i = 0; i < Number(values.rounds); i += 1)
  await inBenchInstallation(async (bench) => {
    rounds.push(await round(bench, i))
  })
const middle = (list: readonly number[]) => list.toSorted((a, b) => a - b)[list.length >> 1]
const longestLockMs = Math.max(...rounds.map(({ locks }) => locks.longestMs))
const result = {
  at: new Date().toISOString(),
  machine: { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, load: [load, loadavg()] },
  sampleDay,
  customers,
  people,
  indexed: values.indexed,
  rounds,
  ratio: middle(rounds.map(({ ratio }) => ratio)),
  goal,
  longestLockMs,
  lockGoalMs,
}
const directory = join(import.meta.dirname, 'results')
await mkdir(directory, { recursive: true })
await writeFile(join(directory, `${values.result}.json`), `${JSON.stringify(result, null, 2)}\n`)
console.log(JSON.stringify(result, null, 2))
// A fast wrong answer scores nothing.
process.exit(rounds.every(({ isLogWhole, addresses: { left, kept } }) => isLogWhole && left <= kept) ? 0 : 1)
