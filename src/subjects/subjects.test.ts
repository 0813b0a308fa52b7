import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { freshInstallation, type TestInstallation } from '../../test/installation.ts'
import { entriesOf } from '../evidence/public.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { openInstallation } from '../platform/installation.ts'
import { isProblem } from '../platform/problem.ts'
import { sql } from '../platform/sql.ts'
import type { IdentifierKind } from './normalise.ts'
import {
  blindIndex,
  destroySubjectKey,
  ensureSubject,
  findSubjects,
  type Identifier,
  identifiersOf,
  isTombstoned,
  layTombstones,
  openFor,
  sealFor,
  tombstone,
  tombstonesOf,
} from './public.ts'
import { deleteSubjectKey } from './subject-key.ts'

let installation: TestInstallation
let ctx: Context
before(async () => {
  installation = await freshInstallation()
  ctx = installation.ctx
})
after(() => installation?.dispose())

let serial = 0
const anEmail = (): Identifier => ({ kind: 'email', value: `person${++serial}@example.com` })
const aNumber = (): Identifier => ({ kind: 'number', value: `C-${++serial}` })
const aPhone = (): Identifier => ({ kind: 'phone', value: `+3361${String(++serial).padStart(7, '0')}` })
const aRequest = () => uuidv7(new Date())
const hasCode = (code: string) => (error: unknown) => isProblem(error, code)
const count = async (ctx: Context, table: 'subject' | 'identifier' | 'lookup', subjectId: string) =>
  (await ctx.db.rows(sql`select from subjects.${{ quoted: table }} t where t.subject_id = ${subjectId}`))
    .length

test('the same identifier leads to the same subject, and further ones are added to it', async () => {
  const [email, number] = [anEmail(), aNumber()]
  const subjectId = await ensureSubject(ctx, [email])
  assert.equal(await ensureSubject(ctx, [email, number]), subjectId)
  assert.equal(await ensureSubject(ctx, [number]), subjectId)
  assert.deepEqual(await findSubjects(ctx, [number]), [subjectId])
  assert.deepEqual(await identifiersOf(ctx, subjectId), [
    { ...email, unique: true },
    { ...number, unique: true },
  ])
  assert.deepEqual(await findSubjects(ctx, [anEmail()]), [])
})

test('a phone that a household shares does not make one person of two', async () => {
  const [anna, ben, phone] = [anEmail(), anEmail(), aPhone()]
  const first = await ensureSubject(ctx, [anna, phone])
  const second = await ensureSubject(ctx, [ben, phone])
  assert.notEqual(first, second)
  assert.deepEqual(await findSubjects(ctx, [phone]), [])
  assert.deepEqual(
    [...(await findSubjects(ctx, [phone], { uniqueOnly: false }))].sort(),
    [first, second].sort(),
  )
  await assert.rejects(ensureSubject(ctx, [phone]), hasCode('subjects.no-unique-identifier'))
  await assert.rejects(ensureSubject(ctx, [phone], { uniqueOnly: false }), hasCode('subjects.ambiguous'))
})

test('a phone alone may lead to a person when the caller says so', async () => {
  const phone = aPhone()
  const subjectId = await ensureSubject(ctx, [phone], { uniqueOnly: false })
  assert.equal(await ensureSubject(ctx, [phone], { uniqueOnly: false }), subjectId)
  assert.deepEqual(await identifiersOf(ctx, subjectId), [{ ...phone, unique: false }])
  await layTombstones(ctx, subjectId, [], aRequest())
  assert.equal(await isTombstoned(ctx, [phone]), false, 'the rest of the household is not erased with them')
})

test('identifiers that lead to two subjects are refused, and change neither', async () => {
  const [email, number, other] = [anEmail(), aNumber(), anEmail()]
  const first = await ensureSubject(ctx, [email])
  const second = await ensureSubject(ctx, [number])
  await assert.rejects(ensureSubject(ctx, [email, number, other]), hasCode('subjects.ambiguous'))
  assert.deepEqual([await count(ctx, 'lookup', first), await count(ctx, 'lookup', second)], [1, 1])
  assert.deepEqual(await findSubjects(ctx, [other]), [])
})

test('an identifier that is not in its normal form is a bug, not a new subject', async () => {
  await assert.rejects(ensureSubject(ctx, [{ kind: 'email', value: 'Luis@Example.com' }]), /not normalised/)
})

test('twenty who ask for the same person at once get one subject, one key, and no key is left over', async () => {
  const { n: keysBefore = 0 } =
    (await ctx.keys.row<{ n: number }>(sql`select count(*) as n from subjects.subject_key k`)) ?? {}
  const [email, number] = [anEmail(), aNumber()]
  const orders = [[email, number], [number, email], [email], [number, email]]
  const first = await Promise.all(
    Array.from({ length: 20 }, (_, i) => ensureSubject(ctx, orders[i % 4] ?? [email])),
  )
  assert.equal(new Set(first).size, 1)
  const [subjectId = ''] = first
  assert.equal(await count(ctx, 'subject', subjectId), 1)
  assert.equal(await count(ctx, 'lookup', subjectId), 2)
  assert.equal(await count(ctx, 'identifier', subjectId), 2)
  const keysAfter = await ctx.keys.row<{ n: number }>(sql`select count(*) as n from subjects.subject_key k`)
  assert.equal(keysAfter?.n, keysBefore + 1)
})

test('what a transaction undoes leaves no subject behind', async () => {
  const email = anEmail()
  await assert.rejects(
    inTransaction(ctx, async (tx) => {
      await ensureSubject(tx, [email])
      throw new Error('undone')
    }),
    /undone/,
  )
  assert.deepEqual(await findSubjects(ctx, [email]), [])
  assert.ok(await ensureSubject(ctx, [email]))
})

test('a sealed value opens in its own place, and in no other', async () => {
  const [first, second] = [await ensureSubject(ctx, [anEmail()]), await ensureSubject(ctx, [anEmail()])]
  const tables = fc.constantFrom('requests.intake', 'requests.detail', 'evidence.entry')
  const places = fc.tuple(
    fc.constantFrom(first, second),
    tables,
    fc.string({ maxLength: 3 }),
    fc.string({ maxLength: 3 }),
  )
  await fc.assert(
    fc.asyncProperty(places, places, fc.string(), async (a, b, plain) => {
      const sealed = await sealFor(ctx, a[0], [a[1], a[2], a[3]], plain)
      assert.equal(
        (await openFor(ctx, a[0], [a[1], a[2], a[3]], sealed)).toString(),
        Buffer.from(plain).toString(),
      )
      if (a.every((part, i) => part === b[i])) return
      await assert.rejects(
        openFor(ctx, b[0], [b[1], b[2], b[3]], sealed),
        hasCode('platform.sealed-mismatch'),
      )
      await assert.rejects(
        openFor(ctx, a[0], [a[1], a[2] + a[3]], sealed),
        hasCode('platform.sealed-mismatch'),
      )
    }),
    { numRuns: 400 },
  )
})

test('a sealed value with one bit changed does not open', async () => {
  const subjectId = await ensureSubject(ctx, [anEmail()])
  const sealed = await sealFor(ctx, subjectId, ['t', '1'], 'a value')
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed)
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    await assert.rejects(openFor(ctx, subjectId, ['t', '1'], changed), hasCode('platform.sealed-mismatch'))
  }
})

test('a wrapped key moved to another subject, or called one of another epoch, does not open', async () => {
  const [first, second] = [await ensureSubject(ctx, [anEmail()]), await ensureSubject(ctx, [anEmail()])]
  const sealed = await sealFor(ctx, second, ['t', '1'], 'a value')
  await ctx.keys.run(
    sql`update subjects.subject_key k set wrapped = o.wrapped, commitment = o.commitment
        from subjects.subject_key o where k.subject_id = ${second} and o.subject_id = ${first}`,
  )
  await using other = await anotherProcess()
  await assert.rejects(openFor(other.ctx, second, ['t', '1'], sealed), hasCode('platform.sealed-mismatch'))
  await ctx.keys.run(sql`update subjects.subject_key k set epoch = 7 where k.subject_id = ${first}`)
  await assert.rejects(sealFor(other.ctx, first, ['t', '1'], 'x'), hasCode('platform.key-missing'))
})

test('a key that is not the one committed to is refused', async () => {
  const subjectId = await ensureSubject(ctx, [anEmail()])
  await ctx.keys.run(
    sql`update subjects.subject_key k set commitment = ${Buffer.alloc(16, 1)} where k.subject_id = ${subjectId}`,
  )
  await using other = await anotherProcess()
  await assert.rejects(sealFor(other.ctx, subjectId, ['t', '1'], 'x'), hasCode('subjects.key-unreadable'))
})

test('a blind index and a tombstone never meet, and neither do two kinds', () => {
  const kinds: readonly IdentifierKind[] = [
    'email',
    'phone',
    'number',
    'username',
    'national-id',
    'bank-account',
  ]
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      const hashes = kinds.flatMap((kind) => [blindIndex(ctx, kind, a), tombstone(ctx, kind, a)])
      assert.equal(new Set(hashes.map((hash) => hash.toString('hex'))).size, hashes.length)
      assert.equal(hashes[0]?.equals(blindIndex(ctx, 'email', b)), a === b)
    }),
  )
})

test('an erased person is found no more, and is known again by the tombstone alone', async () => {
  const [email, old, phone, unknown] = [anEmail(), anEmail(), aPhone(), anEmail()]
  const subjectId = await ensureSubject(ctx, [email, old, phone])
  const requestId = aRequest()
  await layTombstones(ctx, subjectId, [email], requestId)
  assert.deepEqual(await findSubjects(ctx, [email, old, phone], { uniqueOnly: false }), [])
  assert.deepEqual([await count(ctx, 'lookup', subjectId), await count(ctx, 'identifier', subjectId)], [0, 0])
  const erased = await tombstonesOf(ctx, [unknown, old, phone, email])
  assert.deepEqual(
    erased.map((one) => [one.identifier, one.requestId]),
    [
      [old, requestId],
      [email, requestId],
    ],
  )
  assert.equal(await isTombstoned(ctx, [unknown, phone]), false)
  assert.equal(await isTombstoned(ctx, [unknown, email]), true)
  assert.equal(await isTombstoned(ctx, []), false)
  const again = await ensureSubject(ctx, [email])
  assert.notEqual(again, subjectId)
})

test('laying the same tombstones again changes nothing and says nothing', async () => {
  const email = anEmail()
  const subjectId = await ensureSubject(ctx, [email])
  const requestId = aRequest()
  for (let i = 0; i < 3; i += 1) await layTombstones(ctx, subjectId, [email], requestId)
  const entries = await entriesOf(ctx, { subjectId })
  assert.deepEqual(
    entries.map(({ kind, facts }) => [kind, facts]),
    [['subjects.erased', { tombstones: 1, identifiers: 1 }]],
  )
  await assert.rejects(layTombstones(ctx, aRequest(), [email], requestId), hasCode('subjects.unknown'))
})

test('a destroyed key opens nothing, while the neighbours stay readable', async () => {
  const email = anEmail()
  const [gone, stays] = [await ensureSubject(ctx, [email]), await ensureSubject(ctx, [anEmail()])]
  const lost = await sealFor(ctx, gone, ['t', '1'], 'secret')
  const kept = await sealFor(ctx, stays, ['t', '1'], 'kept')
  await assert.rejects(destroySubjectKey(ctx, gone), hasCode('subjects.not-erased'))
  assert.equal((await openFor(ctx, gone, ['t', '1'], lost)).toString(), 'secret')

  await layTombstones(ctx, gone, [email], aRequest())
  for (let i = 0; i < 2; i += 1) await destroySubjectKey(ctx, gone)
  await assert.rejects(openFor(ctx, gone, ['t', '1'], lost), hasCode('subjects.key-destroyed'))
  await assert.rejects(sealFor(ctx, gone, ['t', '1'], 'more'), hasCode('subjects.key-destroyed'))
  assert.equal((await openFor(ctx, stays, ['t', '1'], kept)).toString(), 'kept')
  const kinds = (await entriesOf(ctx, { subjectId: gone })).map((entry) => entry.kind)
  assert.deepEqual(kinds, ['subjects.erased', 'subjects.key-destroyed'])
})

test('a kill while a key is destroyed is made good by destroying it again, and told once', async () => {
  const email = anEmail()
  const subjectId = await ensureSubject(ctx, [email])
  await layTombstones(ctx, subjectId, [email], aRequest())
  await deleteSubjectKey(ctx, subjectId)
  for (let i = 0; i < 2; i += 1) await destroySubjectKey(ctx, subjectId)
  const kinds = (await entriesOf(ctx, { subjectId })).map((entry) => entry.kind)
  assert.deepEqual(kinds, ['subjects.erased', 'subjects.key-destroyed'])
  await assert.rejects(
    inTransaction(ctx, (tx) => destroySubjectKey(tx, subjectId)),
    /outside transactions/,
  )
  await assert.rejects(destroySubjectKey(ctx, aRequest()), hasCode('subjects.unknown'))
})

test('another process forgets a destroyed key within a minute', async (t) => {
  await using other = await anotherProcess()
  const email = anEmail()
  const subjectId = await ensureSubject(ctx, [email])
  const sealed = await sealFor(ctx, subjectId, ['t', '1'], 'secret')
  let now = performance.now()
  t.mock.method(performance, 'now', () => now)
  await openFor(other.ctx, subjectId, ['t', '1'], sealed)
  await layTombstones(ctx, subjectId, [email], aRequest())
  await destroySubjectKey(ctx, subjectId)
  now += 59_000
  await openFor(other.ctx, subjectId, ['t', '1'], sealed)
  now += 1_000
  await assert.rejects(openFor(other.ctx, subjectId, ['t', '1'], sealed), hasCode('subjects.key-destroyed'))
})

test('no identifier stands in the clear in either database', async () => {
  const email: Identifier = { kind: 'email', value: 'canary-in-the-vault@example.com' }
  const phone: Identifier = { kind: 'phone', value: '+33698765432' }
  const subjectId = await ensureSubject(ctx, [email, phone])
  await layTombstones(ctx, subjectId, [email], aRequest())
  await ensureSubject(ctx, [email, phone])
  for (const db of [ctx.db, ctx.keys]) {
    const tables = await db.rows<{ schemaname: string; tablename: string }>(
      sql`select t.schemaname, t.tablename from pg_catalog.pg_tables t
          where t.schemaname not in ('pg_catalog', 'information_schema')`,
    )
    for (const { schemaname, tablename } of tables) {
      const quoted = `"${schemaname}"."${tablename}"`
      const rows = await db.rows<{ text: string }>(
        sql`select pg_catalog.to_jsonb(t)::text as text from ${{ quoted }} t`,
      )
      const hexes = ['canary-in-the-vault', '33698765432'].map((text) => Buffer.from(text).toString('hex'))
      for (const { text } of rows)
        assert.doesNotMatch(text, new RegExp(`canary-in|33698765432|${hexes.join('|')}`), quoted)
    }
  }
})

function anotherProcess() {
  const { config, urls } = installation
  return openInstallation({ config, urls, actor: ctx.actor, role: 'test', logLevel: 'silent' })
}
