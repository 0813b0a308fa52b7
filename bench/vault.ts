import assert from 'node:assert/strict'
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import { hmac } from '../src/platform/bytes.ts'
import type { Pool } from '../src/platform/database.ts'
import { isProblem } from '../src/platform/problem.ts'
import { seal } from '../src/platform/sealing.ts'
import { sql } from '../src/platform/sql.ts'
import { ensureSubjects, findSubjects, type Identifier, identifiersOf } from '../src/subjects/public.ts'
import { deleteSubjectKey, deleteSubjectKeys } from '../src/subjects/subject-key.ts'
import { type BenchInstallation, inBenchInstallation } from './bench-installation.ts'
import { byTurns, type Figure, figure, keepResult, pairs, quantile, quick, ratios, timed } from './measure.ts'

/**
 * The vault (h): how many people a second it stores in bulk, beside the bare kernel of one HMAC, one AES seal and one
 * insert; how long it takes to find and open one, beside a bare lookup by primary key; and how fast their keys are gone.
 */
const [chunks, chunk, lookups] = quick ? [1, 100, 30] : [4, 1_000, 1_000]

const mostOpened = 500

const mailOf = (i: number): Identifier => ({ kind: 'email', value: `person.${i}@example.org` })

/** Each pair stores other people; both sides the same number. */
const mailsOf = (pair: number, part: number): readonly Identifier[] =>
  Array.from({ length: chunk }, (_, i) => mailOf((pair * chunks + part) * chunk + i))

async function inChunks(store: (part: number) => Promise<unknown>): Promise<number> {
  const ms = await timed(async () => {
    for (let part = 0; part < chunks; part += 1) await store(part)
  })
  return (chunks * chunk) / (ms / 1_000)
}

/** HMAC, seal, insert: what no vault can do without. One key for all, nothing wrapped, one table. */
async function bareVault(pool: Pool) {
  await pool.run(
    sql`create table bare (bidx bytea primary key, subject_id uuid not null, sealed bytea not null)`,
  )
  const [index, secret] = [createSecretKey(randomBytes(32)), createSecretKey(randomBytes(32))]
  const tokenOf = ({ value }: Identifier) => hmac(index, value)
  return {
    tokenOf,
    store: (mails: readonly Identifier[]) =>
      pool.run(
        sql`insert into bare (bidx, subject_id, sealed)
            select * from unnest(${mails.map(tokenOf)}::bytea[], ${mails.map(() => randomUUID())}::uuid[],
              ${mails.map(({ value }) => seal(secret, value, ['bare']))}::bytea[])`,
      ),
    find: (bidx: Buffer) => pool.row(sql`select b.sealed from bare b where b.bidx = ${bidx}`),
  }
}

type BareVault = Awaited<ReturnType<typeof bareVault>>

async function storing({ ctx }: BenchInstallation, bare: BareVault) {
  const subjects: string[] = []
  const rates = await byTurns({
    product: (pair) =>
      inChunks(async (part) => {
        subjects.push(
          ...(await ensureSubjects(
            ctx,
            mailsOf(pair, part).map((id) => [id]),
          )),
        )
      }),
    kernel: (pair) => inChunks((part) => bare.store(mailsOf(pair, part))),
  })
  assert.equal(new Set(subjects).size, pairs * chunks * chunk, 'everybody became a subject of their own')
  const figures = [
    figure('stored in bulk', 'HMAC + AES + insert', ratios(rates.product, rates.kernel), { atLeast: 0.6 }),
    figure('stored, people/s', null, rates.product),
    figure('kernel, records/s', null, rates.kernel),
  ]
  return { figures, everybody: rates.product.length * chunks * chunk }
}

/** One by the other, so that whoever else is at work on the machine is in the way of both; `from` says whom a pair asks for. */
async function lookingUp(
  { ctx }: BenchInstallation,
  bare: BareVault,
  what: string,
  from: (pair: number) => number,
): Promise<readonly Figure[]> {
  const taken: { readonly product: number[]; readonly bare: number[] }[] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    const one = { product: [] as number[], bare: [] as number[] }
    for (let i = 0; i < lookups; i += 1) {
      const id = mailOf(from(pair) + i)
      one.product.push(
        await timed(async () => {
          const [subjectId = ''] = await findSubjects(ctx, [id])
          const [found] = await identifiersOf(ctx, subjectId)
          assert.equal(found?.value, id.value, 'whoever is looked up is the one who is opened')
        }),
      )
      one.bare.push(
        await timed(async () => assert.ok(await bare.find(bare.tokenOf(id)), 'the control finds everybody')),
      )
    }
    taken.push(one)
  }
  const share = (kind: 'product' | 'bare', of: number) => taken.map((one) => quantile(one[kind], of))
  const control = 'lookup by primary key'
  return [
    figure(`${what}, p50`, control, ratios(share('product', 0.5), share('bare', 0.5))),
    figure(`${what}, p99`, control, ratios(share('product', 0.99), share('bare', 0.99)), { atMost: 2 }),
    figure(`${what}, p50 ms`, null, share('product', 0.5)),
    figure(`${what}, p99 ms`, null, share('product', 0.99)),
    figure('lookup by primary key, p99 ms', null, share('bare', 0.99)),
  ]
}

/** Everybody's key, one statement for a pair's people, beside as many bare rows deleted by their key. */
async function destroying({ ctx }: BenchInstallation, pool: Pool): Promise<readonly Figure[]> {
  const ids: string[][] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    const found = await findSubjects(
      ctx,
      Array.from({ length: chunks }, (_, part) => mailsOf(pair, part)).flat(),
    )
    ids.push([...found])
  }
  await pool.run(sql`create table bare_key (subject_id uuid primary key, wrapped bytea not null)`)
  await pool.run(
    sql`insert into bare_key select i.id, ${randomBytes(61)} from unnest(${ids.flat()}::uuid[]) as i (id)`,
  )
  const one = ids[0]?.[0] ?? ''
  assert.equal((await identifiersOf(ctx, one)).length, 1, 'with its key a record opens')
  const single = await timed(() => deleteSubjectKey(ctx, one))
  const taken = await byTurns({
    product: (pair) => timed(() => deleteSubjectKeys(ctx, ids[pair] ?? [])),
    bare: (pair) =>
      timed(() => pool.run(sql`delete from bare_key b where b.subject_id = any(${ids[pair] ?? []}::uuid[])`)),
  })
  const everybody = ids.flat()
  const left = await ctx.keys.rows(
    sql`select from subjects.subject_key k where k.subject_id = any(${everybody}::uuid[])`,
  )
  assert.equal(left.length, 0, 'no key is left')
  const step = Math.ceil(everybody.length / mostOpened)
  for (const subjectId of everybody.filter((_, i) => i % step === 0))
    await assert.rejects(
      identifiersOf(ctx, subjectId),
      (error) => isProblem(error, 'subjects.key-destroyed'),
      'without its key no record opens',
    )
  const perSecond = taken.product.map((ms) => (chunks * chunk) / (ms / 1_000))
  return [
    figure('keys destroyed', 'delete by primary key', ratios(taken.product, taken.bare)),
    figure('keys destroyed/s', null, perSecond, { atLeast: 1_000_000 }),
    figure('one key destroyed, ms', null, [single]),
  ]
}

await inBenchInstallation(async (bench) => {
  const { pool } = await bench.emptyDatabase('vault', 8)
  await keepResult('vault', bench.server, async () => {
    const bare = await bareVault(pool)
    const { figures, everybody } = await storing(bench, bare)
    await pool.run(sql`vacuum analyze bare`)
    await bench.ctx.db.run(sql`analyze subjects.lookup, subjects.identifier`)
    // The vault remembers the keys of the last ten thousand people: the first who were stored are the first forgotten.
    const forgotten = Math.max(0, everybody - 10_000)
    const cold = await lookingUp(bench, bare, 'found and opened', (pair) =>
      Math.min(pair * lookups, Math.max(0, forgotten - lookups)),
    )
    const warm = await lookingUp(bench, bare, 'the same, key remembered', () => everybody - lookups)
    return {
      figures: [...figures, ...cold, ...warm, ...(await destroying(bench, pool))],
      held: [
        'everybody became a subject of their own',
        'whoever was looked up was the one who was opened',
        'no key was left, and nobody tried opened',
      ],
      circumstances: {
        people: everybody,
        chunk,
        lookups: lookups * pairs,
        keysForgotten: forgotten,
        durable: !quick,
      },
    }
  })
})
