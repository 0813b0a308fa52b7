import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { sampleDay, samplePlace } from '../sample/sample-fixture.ts'
import { sequence, verifyLog } from '../src/evidence/public.ts'
import { acceptMap, addSystem, scanSystems } from '../src/inventory/public.ts'
import { sql } from '../src/platform/sql.ts'
import {
  type AskedPerson,
  approveBatch,
  askedIdentifiers,
  carryOutBatch,
  planBatch,
  receiveBatch,
} from '../src/requests/public.ts'
import { freshInstallation } from '../test/installation.ts'
import { postgresServer } from '../test/servers.ts'
import { eraseRaw } from './batch-control.ts'

/**
 * `node bench/batch.ts --customers 10000 --people 2000`: people of the sample company erased as one batch from its shop, its
 * desk and its newsletter, beside bare SQL that deletes the same customers' rows of the shop in chunks. Said apart: what it
 * takes to plan, to erase with evidence, and to look again and certify. `ratio` is bare SQL's time by the erasing's.
 */
const { values } = parseArgs({
  options: {
    customers: { type: 'string', default: '10000' },
    people: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '1' },
  },
})
const [customers, people] = [Number(values.customers), Number(values.people)]
const goal = 0.6

interface Phase {
  readonly seconds: number
  /** Of this process; the databases' is not in it. */
  readonly cpuSeconds: number
}

async function timed<T>(work: () => Promise<T>): Promise<Phase & { readonly result: T }> {
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  const result = await work()
  const { user, system } = process.cpuUsage(cpu)
  return {
    result,
    seconds: rounded((performance.now() - start) / 1_000),
    cpuSeconds: rounded((user + system) / 1e6),
  }
}

const rounded = (value: number): number => Math.round(value * 100) / 100

/** What somebody waits who works in the shop meanwhile: a change of one customer, every 20 ms, in milliseconds. */
function customersDesk(url: string) {
  const client = new pg.Client({ connectionString: url })
  const waits: number[] = []
  let isOpen = true
  const working = (async () => {
    await client.connect()
    // Not one of those who are erased.
    const { rows } = await client.query<{ id: string }>('select max(customer_id) as id from public.customer')
    while (isOpen) {
      const start = performance.now()
      await client.query('update public.customer set language = language where customer_id = $1', [
        rows[0]?.id,
      ])
      waits.push(performance.now() - start)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await client.end()
  })()
  return async () => {
    isOpen = false
    await working
    const sorted = waits.toSorted((a, b) => a - b)
    const at = (share: number) => rounded(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)
    return { calls: waits.length, p50: at(0.5), p99: at(0.99), most: at(1) }
  }
}

async function round() {
  const server = await postgresServer()
  await using installation = await freshInstallation()
  await using place = await samplePlace(server)
  const { ctx } = installation
  await place.generate({ customers })
  await addSystem(ctx, { name: 'shop', url: place.shopUrl, baseDirectory: '/' })
  await addSystem(ctx, {
    name: 'support',
    url: `sqlite:${place.directory}/support.sqlite`,
    baseDirectory: '/',
  })
  await addSystem(ctx, { name: 'newsletter', url: `files:${place.directory}/newsletter`, baseDirectory: '/' })
  await scanSystems(ctx, {}, () => undefined)
  await acceptMap(ctx, {})
  const rows = await place.shop<{ email: string; customer_id: string }>(
    `select email, customer_id from public.customer order by customer_id limit ${people}`,
  )
  // The same company once more: what is made of one seed is alike to the byte.
  await using copy = await samplePlace(server)
  await copy.generate({ customers })
  const control = await timed(() =>
    eraseRaw(
      copy.shopUrl,
      rows.map((one) => one.customer_id),
    ),
  )
  const asked: AskedPerson[] = []
  for (const [i, { email }] of rows.entries())
    asked.push({ line: i + 1, asked: await askedIdentifiers(ctx, `email:${email}`) })
  const receive = await timed(() => receiveBatch(ctx, { people: asked, identityProof: 'operator-attested' }))
  const { id } = receive.result.batch
  const plan = await timed(() => planBatch(ctx, id))
  await approveBatch({ ...ctx, actor: { kind: 'operator', id: 'somebody-else' } }, plan.result?.planId ?? '')
  let erasedAt = performance.now()
  const began = erasedAt
  const closeDesk = customersDesk(place.shopUrl)
  let waits: Awaited<ReturnType<typeof closeDesk>> | undefined
  const carry = await timed(async () => {
    let isErasing = true
    return carryOutBatch(ctx, id, {
      onStep: () => {
        erasedAt = performance.now()
      },
      onVerify: () => {
        if (isErasing) void closeDesk().then((seen) => (waits = seen))
        isErasing = false
      },
    })
  })
  const log = await timed(() => sequence(ctx))
  const verified = await verifyLog(ctx)
  const addresses = rows.map(({ email }) => `'${email.replaceAll("'", "''")}'`).join(',')
  const [still] = await place.shop<{ rows: number }>(
    `select count(*)::int as rows from public.customer where email in (${addresses})`,
  )
  // An open invoice or a running subscription keeps the address it is sent to.
  const kept = await ctx.db.row<{ rows: number }>(
    sql`select coalesce(sum(k.rows), 0) as rows from requests.kept k
        where k.collection = 'public.customer' and 'email' = any(k.fields)`,
  )
  const eraseSeconds = rounded((erasedAt - began) / 1_000)
  return {
    control: { seconds: control.seconds, rows: control.result },
    receive: phase(receive),
    plan: phase(plan),
    erase: { seconds: eraseSeconds, peopleEachSecond: rounded(people / eraseSeconds) },
    lookAndCertify: { seconds: rounded(carry.seconds - eraseSeconds) },
    carryOut: phase(carry),
    log: phase(log),
    ratio: rounded(control.seconds / eraseSeconds),
    customersDesk: waits,
    result: carry.result,
    isLogWhole: verified.ok,
    addresses: { left: still?.rows ?? -1, kept: Number(kept?.rows) },
    mostMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }
}

const phase = ({ seconds, cpuSeconds }: Phase): Phase => ({ seconds, cpuSeconds })

const load = loadavg()
const rounds = []
for (let i = 0; i < Number(values.rounds); i += 1) rounds.push(await round())
const ratios = rounds.map(({ ratio }) => ratio).toSorted((a, b) => a - b)
const result = {
  at: new Date().toISOString(),
  machine: { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, load: [load, loadavg()] },
  sampleDay,
  customers,
  people,
  rounds,
  ratio: ratios[ratios.length >> 1],
  goal,
}
const directory = join(import.meta.dirname, 'results')
await mkdir(directory, { recursive: true })
await writeFile(join(directory, 'batch.json'), `${JSON.stringify(result, null, 2)}\n`)
console.log(JSON.stringify(result, null, 2))
// A fast wrong answer scores nothing.
process.exit(rounds.every(({ isLogWhole, addresses: { left, kept } }) => isLogWhole && left <= kept) ? 0 : 1)
