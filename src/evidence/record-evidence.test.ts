import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { freshInstallation, type TestInstallation } from '../../test/installation.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { sql } from '../platform/sql.ts'
import { destroyDetails } from './destroy-details.ts'
import { entriesOf } from './entries-of.ts'
import { asLeaf, commitTo, type Entry, leafBytes } from './entry.ts'
import { entryId } from './entry-id.ts'
import type { Facts } from './facts.ts'
import { leafHash } from './merkle.ts'
import { recordEvidence } from './record-evidence.ts'
import { relayEntries } from './relay-entries.ts'
import { sealedDetailOf } from './sealed-detail-of.ts'
import { sequence } from './sequence.ts'

const subjectId = '0190aaaa-0000-7000-8000-00000000000a'
const requestId = '0190aaaa-0000-7000-8000-000000000001'

let installation: TestInstallation
let ctx: Context
before(async () => {
  installation = await freshInstallation()
  ctx = installation.ctx
})
after(() => installation?.dispose())

test('an entry is read back as it was written, by request and by subject', async () => {
  const facts: Facts = {
    rows: 12,
    system: 'shop',
    table: 'public.customer',
    verified: true,
    until: '2031-12-31',
    rule: null,
  }
  const about = { subjectId, requestId }
  const first = await recordEvidence(ctx, { ...about, kind: 'requests.planned', facts })
  const second = await recordEvidence(ctx, {
    ...about,
    kind: 'requests.approved',
    facts: {},
    sealedDetail: Buffer.from('x'),
  })
  for (const entries of [await entriesOf(ctx, { requestId }), await entriesOf(ctx, { subjectId })]) {
    assert.deepEqual(
      entries.map((entry) => entry.id),
      [first, second],
    )
    const [entry] = entries
    assert.deepEqual([entry?.facts, entry?.actor, entry?.subjectId], [facts, ctx.actor, subjectId])
  }
})

test('a detail is bound by its commitment, which says nothing without the nonce', async () => {
  const detail = Buffer.from('sealed elsewhere')
  const ids = [1, 2].map(() =>
    recordEvidence(ctx, { subjectId, kind: 'test.done', facts: {}, sealedDetail: detail }),
  )
  const rows = await ctx.db.rows<{ commitment: Buffer; nonce: Buffer; sealedDetail: Buffer }>(
    sql`select e.commitment, e.nonce, e.sealed_detail from evidence.entry e where e.id = any(${await Promise.all(ids)}::uuid[])`,
  )
  assert.equal(rows.length, 2)
  for (const { commitment, nonce, sealedDetail } of rows) {
    assert.equal(nonce.length, 32)
    assert.deepEqual(sealedDetail, detail)
    assert.deepEqual(commitment, commitTo(nonce, detail))
  }
  assert.notDeepEqual(rows[0]?.commitment, rows[1]?.commitment)
})

test('a detail can be bound to its entry, is read back, and is gone once destroyed', async () => {
  const subject = '0190aaaa-0000-7000-8000-00000000000b'
  const sealedDetail = async (entryId: string) => Buffer.from(`sealed for ${entryId}`)
  const id = await recordEvidence(ctx, { subjectId: subject, kind: 'test.done', facts: {}, sealedDetail })
  assert.equal((await sealedDetailOf(ctx, { subjectId: subject, id }))?.toString(), `sealed for ${id}`)
  assert.equal(await destroyDetails(ctx, subject), 1)
  assert.equal(await sealedDetailOf(ctx, { subjectId: subject, id }), undefined)
  assert.equal(await destroyDetails(ctx, subject), 0)
})

test('facts that look like personal data are refused, without being repeated in the error', async () => {
  const refused: readonly Facts[] = [
    { who: 'luisg@embraer.com.br' },
    { note: 'mail luisg@embraer.com.br today' },
    { contact: '+33 6 12 34 56 78' },
    { contact: '06.12.34.56.78' },
    { contact: '(12) 3923-5555' },
    { text: 'x'.repeat(201) },
    { text: 'two\nlines' },
    { text: 'nul\u0000' },
    { share: 0.5 },
    { count: Number.NaN },
    { 'luisg@embraer.com.br': 1 },
    Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`fact${i}`, 'y'.repeat(100)])),
  ]
  for (const facts of refused)
    await assert.rejects(recordEvidence(ctx, { kind: 'test.done', facts }), (error: Error) => {
      assert.doesNotMatch(error.message, /luisg|3923|06|xxx/)
      return /^evidence: /.test(error.message)
    })
  await assert.rejects(
    recordEvidence(
      { ...ctx, actor: { kind: 'staff', id: 'dpo@example.com' } },
      { kind: 'test.done', facts: {} },
    ),
    /actor/,
  )
  await assert.rejects(recordEvidence(ctx, { kind: 'Test', facts: {} }), /kind/)
  await assert.rejects(
    recordEvidence(ctx, { kind: 'test.done', facts: {}, sealedDetail: Buffer.from('x') }),
    /nobody/,
  )
})

test('names of systems, files and collections, ids, hashes and dates are facts', async () => {
  const facts: Facts = {
    id: requestId,
    hash: 'a'.repeat(64),
    digits: '0190123456789012345678901234567890123456789012345678901234567890ff',
    day: '2026-03-01',
    at: '2026-03-01T10:00:00.000Z',
    collection: 'archive.orders_20240101',
    file: 'exports/2024-01-01.csv',
    table: 'public.Kundenübersicht "alt"',
    count: 12_345_678,
  }
  await recordEvidence(ctx, { kind: 'test.done', facts })
})

test('the same entry gives the same leaf from the act and from the database', async () => {
  const words = fc.stringMatching(/^[a-z]{1,12}$/)
  const fact = fc.oneof(words, fc.maxSafeInteger(), fc.boolean(), fc.constant(null))
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(words, fact, { maxKeys: 6 }),
      fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }),
      async (facts, at) => {
        const then = { ...ctx, now: () => at }
        const id = await recordEvidence(then, { requestId: subjectId, kind: 'test.done', facts })
        const entry = (await entriesOf(ctx, { requestId: subjectId })).find((one) => one.id === id)
        assert.ok(entry)
        const written: Entry = {
          ...entry,
          facts,
          at,
          actor: ctx.actor,
          subjectId: null,
          requestId: subjectId,
        }
        assert.deepEqual(leafHash(leafBytes(asLeaf(entry))), leafHash(leafBytes(asLeaf(written))))
      },
    ),
    { numRuns: 60 },
  )
})

test('ids made in one millisecond stand in the order they were made, and none comes twice', () => {
  const now = new Date('2026-03-01T10:00:00Z')
  const ids = Array.from({ length: 5_000 }, () => entryId(now))
  assert.deepEqual(ids.toSorted(), ids)
  assert.equal(new Set(ids).size, ids.length)
  for (const id of ids)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('every entry is handed over, in order, and again until it is taken', async () => {
  await using at = await freshInstallation()
  const recorded: string[] = []
  for (let i = 0; i < 10; i += 1)
    recorded.push(await recordEvidence(at.ctx, { kind: 'test.done', facts: { step: i } }))
  const seen: string[] = []
  const breakingAt = (step: number) => async (entry: Entry) => {
    if (entry.facts.step === step) throw new Error('the receiver is down')
    seen.push(entry.id)
  }
  await assert.rejects(relayEntries(at.ctx, breakingAt(3), 5), /receiver is down/)
  assert.deepEqual(seen, recorded.slice(0, 3))
  await assert.rejects(relayEntries(at.ctx, breakingAt(3), 5), /receiver is down/)
  assert.equal(await relayEntries(at.ctx, breakingAt(-1), 5), 5)
  assert.equal(await relayEntries(at.ctx, breakingAt(-1), 5), 2)
  assert.equal(await relayEntries(at.ctx, breakingAt(-1), 5), 0)
  assert.deepEqual(seen, recorded)
  assert.deepEqual(await sequence(at.ctx), { size: 10, added: 10 })
})

test('relays side by side share the work, and an entry is not handed over before its act has committed', async () => {
  await using at = await freshInstallation()
  const seen: string[] = []
  const take = async (entry: Entry) => {
    await new Promise((resolve) => setTimeout(resolve, 1))
    seen.push(entry.id)
  }
  await inTransaction(at.ctx, async (tx) => {
    for (let i = 0; i < 60; i += 1) await recordEvidence(tx, { kind: 'test.done', facts: { step: i } })
    assert.equal(await relayEntries(at.ctx, take, 100), 0)
  })
  const counts = await Promise.all([1, 2, 3].map(() => relayEntries(at.ctx, take, 20)))
  assert.equal(
    counts.reduce((sum, one) => sum + one, 0),
    60,
  )
  assert.equal(new Set(seen).size, 60)
})
