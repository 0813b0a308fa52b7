import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { insertEntries } from '../src/evidence/chunk-queries.ts'
import { commitTo, type Entry } from '../src/evidence/entry.ts'
import { entryId } from '../src/evidence/entry-id.ts'
import { inclusionProof, leafHash, verifyInclusion } from '../src/evidence/merkle.ts'
import {
  bundleEvidence,
  type NewEntry,
  recordEvidence,
  recordEvidenceOfMany,
  sequence,
  verifyLog,
} from '../src/evidence/public.ts'
import { hashesBetween, readLog, type StoredEntry } from '../src/evidence/queries.ts'
import { appendEntries } from '../src/evidence/sequence.ts'
import { tilesForProofs } from '../src/evidence/stored-tiles.ts'
import { type Context, inTransaction } from '../src/platform/context.ts'
import { openPool, type Pool } from '../src/platform/database.ts'
import { sql } from '../src/platform/sql.ts'
import { type BenchInstallation, inBenchInstallation } from './bench-installation.ts'
import {
  byTurns,
  type Figure,
  figure,
  inFlight,
  keepResult,
  pairs,
  quantile,
  quick,
  ratios,
  timed,
} from './measure.ts'

/**
 * The log (g): entries a second that are durable, in the tree and under a signed checkpoint, from 32 and from 512 producers who
 * each commit their own, and from one who writes chunks; beside the same rows without a tree in a table like the entries': each
 * committed for the producers, because an entry commits with its act and nobody may gather them, in batches for the chunks. Then proofs from a tree as large as can be afforded; and the whole log is verified.
 */
const [ofFew, ofMany, batch, leaves, proofs] = quick
  ? [64, 128, 100, 1_000, 20]
  : [2_000, 4_000, 1_000, 250_000, 1_000]
const connections = quick ? 8 : 48
const requestId = randomUUID()

const newEntry = (i: number): NewEntry => ({
  ...(i === 0 && { requestId }),
  kind: 'bench.noted',
  facts: { step: i, collection: 'public.customer', rows: i % 97 },
})

/** The row that `recordEvidence` would write, for the control. */
function storedEntry({ actor, now }: Context, i: number): StoredEntry {
  const [nonce, at] = [randomBytes(32), now()]
  return {
    id: entryId(at),
    subjectId: '00000000-0000-0000-0000-000000000000',
    requestId: null,
    kind: 'bench.noted',
    actor,
    at,
    facts: newEntry(i).facts,
    commitment: commitTo(nonce, null),
    nonce,
    sealedDetail: null,
  }
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

interface Speed {
  readonly perSecond: number
  readonly p99: number
}

/** Producers who commit one entry at a time, beside the sequencer; over when the last is in the tree and published. */
async function appended(ctx: Context, count: number, producers: number): Promise<Speed> {
  const latencies: number[] = []
  const ms = await timed(async () => {
    let isOver = false
    const sequencing = (async () => {
      while (!isOver) await sequence(ctx)
      return sequence(ctx)
    })()
    await inFlight(upTo(count), producers, async (i) => {
      latencies.push(await timed(() => inTransaction(ctx, (tx) => recordEvidence(tx, newEntry(i)))))
    })
    isOver = true
    await sequencing
  })
  return { perSecond: count / (ms / 1_000), p99: quantile(latencies, 0.99) }
}

/** The product's own way of many at once: a chunk by one statement and one commit. */
async function appendedInChunks(ctx: Context, count: number): Promise<number> {
  const ms = await timed(async () => {
    for (let from = 0; from < count; from += batch)
      await inTransaction(ctx, (tx) =>
        recordEvidenceOfMany(
          tx,
          upTo(Math.min(batch, count - from)).map((i) => newEntry(from + i + 1)),
        ),
      )
    await sequence(ctx)
  })
  return count / (ms / 1_000)
}

/** The same rows without a tree, a batch for each commit. */
async function plainBatches(ctx: Context, plain: Pool, count: number): Promise<number> {
  const ms = await timed(async () => {
    for (let from = 0; from < count; from += batch)
      await insertEntries(
        plain,
        upTo(Math.min(batch, count - from)).map((i) => storedEntry(ctx, from + i)),
      )
  })
  return count / (ms / 1_000)
}

/** The same rows without a tree, each committed by itself, by as many producers. */
async function plainRows(ctx: Context, plain: Pool, count: number, producers: number): Promise<Speed> {
  const latencies: number[] = []
  const ms = await timed(() =>
    inFlight(upTo(count), producers, async (i) => {
      latencies.push(await timed(() => plain.transaction((db) => insertEntries(db, [storedEntry(ctx, i)]))))
    }),
  )
  return { perSecond: count / (ms / 1_000), p99: quantile(latencies, 0.99) }
}

/** A table like the entries', with the key and the indexes that they have, in a database without anything else. */
async function plainTable(ctx: Context, plain: Pool): Promise<void> {
  const columns = await ctx.db.rows<{ definition: string }>(
    sql`select c.column_name || ' ' || c.data_type || case c.is_nullable when 'NO' then ' not null' else '' end as definition
        from information_schema.columns c where c.table_schema = 'evidence' and c.table_name = 'entry'
        order by c.ordinal_position`,
  )
  const indexes = await ctx.db.rows<{ definition: string }>(
    sql`select i.indexdef as definition from pg_catalog.pg_indexes i
        where i.schemaname = 'evidence' and i.tablename = 'entry'`,
  )
  const table = columns.map(({ definition }) => definition).join(', ')
  for (const text of ['create schema evidence', `create table evidence.entry (${table})`])
    await plain.run({ parts: [text], values: [] })
  for (const { definition } of indexes) await plain.run({ parts: [definition], values: [] })
}

async function appending(ctx: Context, plain: Pool): Promise<readonly Figure[]> {
  const speeds = (count: number, producers: number) => {
    const p99s: Record<'product' | 'plain', number[]> = { product: [], plain: [] }
    const keep = (kind: 'product' | 'plain', { perSecond, p99 }: Speed) => {
      p99s[kind].push(p99)
      return perSecond
    }
    return byTurns({
      product: async () => keep('product', await appended(ctx, count, producers)),
      plain: async () => keep('plain', await plainRows(ctx, plain, count, producers)),
      batched: () => plainBatches(ctx, plain, count),
      commit: async () => (await plainRows(ctx, plain, Math.min(count, 200), 1)).p99,
    }).then((rates) => ({ ...rates, p99s }))
  }
  const few = await speeds(ofFew, 32)
  const many = await speeds(ofMany, 512)
  const chunked = await byTurns({
    product: () => appendedInChunks(ctx, ofMany),
    batched: () => plainBatches(ctx, plain, ofMany),
  })
  return [
    figure('32 producers', 'batched insert', ratios(few.product, few.batched)),
    figure('32 producers', 'the same rows, each committed', ratios(few.product, few.plain), { atLeast: 0.8 }),
    figure('32 producers, entries/s', null, few.product, { atLeast: 20_000 }),
    figure('32 producers, p99', 'p99 of one commit alone', ratios(few.p99s.product, few.commit), {
      atMost: 2,
    }),
    figure('32 producers, p99', 'of the same rows, each committed', ratios(few.p99s.product, few.p99s.plain)),
    figure('32 producers, p99 ms', null, few.p99s.product),
    figure('512 producers', 'batched insert', ratios(many.product, many.batched)),
    figure('512 producers', 'the same rows, each committed', ratios(many.product, many.plain), {
      atLeast: 0.8,
    }),
    figure('512 producers, entries/s', null, many.product),
    figure('512 producers, p99 ms', null, many.p99s.product),
    figure('in chunks', 'batched insert', ratios(chunked.product, chunked.batched), { atLeast: 0.8 }),
    figure('in chunks, entries/s', null, chunked.product),
    figure('batched insert, entries/s', null, chunked.batched),
  ]
}

/** By the product, entry for entry, and by the verifier that shares no code with it. */
async function verified(ctx: Context, written: number): Promise<void> {
  const report = await verifyLog(ctx)
  assert.deepEqual(report.findings, [], 'the log that was written proves itself')
  assert.deepEqual(
    [report.size, report.checkpoint, report.waiting],
    [written, written, 0],
    'every entry is in it',
  )
  const { files } = await bundleEvidence(ctx, {
    requestId,
    language: 'en',
    withDetails: false,
    documents: [],
    pages: () => new Map(),
  })
  const folder = mkdtempSync(join(tmpdir(), 'dossier-bench-bundle-'))
  try {
    for (const [path, content] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
    const verifier = join(import.meta.dirname, '..', 'verifier', 'verify.mjs')
    const { status, stdout } = spawnSync(process.execPath, [verifier, folder], { encoding: 'utf8' })
    assert.equal(status, 0, `the standalone verifier agrees: ${stdout}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The tree grows by leaves whose entries are not kept: proofs are made of hashes alone. */
async function proving(ctx: Context): Promise<readonly Figure[]> {
  for (let size = (await readLog(ctx.db))?.size ?? 0; size < leaves; size += 2_000) {
    const entries = upTo(Math.min(2_000, leaves - size)).map((i): Entry => storedEntry(ctx, i))
    await inTransaction(ctx, (tx) => appendEntries(tx.db, size, entries))
  }
  await ctx.db.run(sql`analyze evidence.leaf, evidence.node`)
  const log = await readLog(ctx.db)
  if (!log) throw new Error('no log')
  const { size, root } = log
  assert.equal(size, leaves, 'the tree is as large as is said')
  const tiles = tilesForProofs(ctx.db, size)
  const [taken, reads]: [number[][], number[][]] = [[], []]
  for (let pair = 0; pair < pairs; pair += 1) {
    const [proof, read]: [number[], number[]] = [[], []]
    for (let i = 0; i < proofs / pairs; i += 1) {
      const index = Math.floor(Math.random() * size)
      let hashes: readonly Buffer[] = []
      proof.push(
        await timed(async () => {
          hashes = await inclusionProof(index, size, tiles)
        }),
      )
      let leaf = leafHash(Buffer.alloc(0))
      read.push(
        await timed(async () => {
          ;[leaf = leaf] = await hashesBetween(ctx.db, 0, index, index + 1)
        }),
      )
      assert.ok(verifyInclusion({ index, size, leaf, root }, hashes), 'every proof leads to the root')
    }
    taken.push(proof)
    reads.push(read)
  }
  const share = (lists: readonly number[][], of: number) => lists.map((list) => quantile(list, of))
  // The goal is for ten million, which take too long to write in every run.
  const what = `proof among ${leaves.toLocaleString('en')} leaves`
  return [
    figure(`${what}, p50`, 'one leaf by primary key', ratios(share(taken, 0.5), share(reads, 0.5))),
    figure(`${what}, p50 ms`, null, share(taken, 0.5), { atMost: 1 }),
    figure(`${what}, p99 ms`, null, share(taken, 0.99)),
  ]
}

async function measure({ ctx: own, urls, emptyDatabase }: BenchInstallation) {
  await using db = openPool(urls.main, 'dossier bench producers', { max: connections })
  const { pool: plain } = await emptyDatabase('plain', connections)
  const ctx: Context = { ...own, db }
  await plainTable(ctx, plain)
  const { size: before } = await sequence(ctx)
  const figures = await appending(ctx, plain)
  const written = before + pairs * (ofFew + 2 * ofMany)
  await verified(ctx, written)
  return {
    figures: [...figures, ...(await proving(ctx))],
    held: [
      'the product verified the log, entry for entry, and every entry written was in it',
      'the standalone verifier agreed',
      'every proof led to the root',
    ],
    circumstances: {
      entries: written,
      batch,
      connections,
      leaves,
      leavesOfTheGoal: 10_000_000,
      durable: !quick,
    },
  }
}

await inBenchInstallation((bench) => keepResult('log-append', bench.server, () => measure(bench)))
