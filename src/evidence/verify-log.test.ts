import assert from 'node:assert/strict'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { freshInstallation, type TestInstallation } from '../../test/installation.ts'
import type { Context } from '../platform/context.ts'
import { raw, sql } from '../platform/sql.ts'
import { destroyDetails } from './destroy-details.ts'
import { recordEvidence } from './record-evidence.ts'
import { sequence } from './sequence.ts'
import { verifyLog } from './verify-log.ts'

const someone = '0190aaaa-0000-7000-8000-00000000000a'

let installation: TestInstallation
let ctx: Context
let ids: readonly string[]
before(async () => {
  installation = await freshInstallation()
  ctx = installation.ctx
  const recorded: string[] = []
  for (const size of [100, 300]) {
    while (recorded.length < size)
      recorded.push(
        await recordEvidence(ctx, {
          subjectId: someone,
          kind: 'test.done',
          facts: { step: recorded.length, system: 'shop' },
          sealedDetail: Buffer.from('sealed'),
        }),
      )
    await sequence(ctx)
  }
  ids = recorded
})
after(() => installation?.dispose())

/** Runs `work` on a damaged log, and mends it afterwards. */
async function whileDamaged(damage: string, mend: string, work: () => Promise<void>) {
  assert.equal(await ctx.db.run(raw(damage)), 1, damage)
  try {
    await work()
  } finally {
    await ctx.db.run(raw(mend))
  }
}

const findings = async () => (await verifyLog(ctx)).findings

test('a sound log is found sound, and says how far it got', async () => {
  const progress: [number, number][] = []
  const report = await verifyLog(ctx, (done, total) => progress.push([done, total]))
  assert.deepEqual(report.findings, [])
  assert.deepEqual(
    [report.ok, report.size, report.checkpoint, report.waiting, report.more],
    [true, 300, 300, 0, 0],
  )
  assert.deepEqual(report.details, { present: 300, destroyed: 0 })
  assert.deepEqual(progress, [[300, 300]])
})

test('whatever is changed in an entry, the entry is named', async () => {
  const changes: readonly (readonly [string, string])[] = [
    ['kind', `'test.undone'`],
    ['actor_id', `'other'`],
    ['actor_kind', `'staff'`],
    ['at', `e.at + interval '1 millisecond'`],
    ['facts', `e.facts || '{"step": 1000}'`],
    ['facts', `e.facts - 'system'`],
    ['request_id', `'${someone}'`],
    ['commitment', `overlay(e.commitment placing '\\xff00ff00'::bytea from 1)`],
  ]
  for (const [column, value] of changes) {
    const where = `where e.subject_id = '${someone}' and e.id = '${ids[150]}'`
    await ctx.db.run(sql`create table public.kept as select * from evidence.entry e ${raw(where)}`)
    await whileDamaged(
      `update evidence.entry e set ${column} = ${value} ${where}`,
      `update evidence.entry e set ${column} = k.${column} from public.kept k where e.id = k.id`,
      async () => assert.deepEqual(await findings(), [{ code: 'entry-changed', place: ids[150] }], column),
    )
    await ctx.db.run(sql`drop table public.kept`)
  }
  assert.deepEqual(await findings(), [])
})

test('a removed entry, a smuggled one, and a removed leaf are named', async () => {
  await ctx.db.run(
    sql`create table public.kept as select * from evidence.entry e where e.id = ${raw(`'${ids[7]}'`)}`,
  )
  await whileDamaged(
    `delete from evidence.entry e where e.id = '${ids[7]}'`,
    'insert into evidence.entry select * from public.kept',
    async () => assert.deepEqual(await findings(), [{ code: 'entry-missing', place: ids[7] }]),
  )
  const smuggled = '0190aaaa-0000-7000-8000-0000000000ff'
  await whileDamaged(
    `insert into evidence.entry select (jsonb_populate_record(k, '{"id": "${smuggled}"}')).* from public.kept k`,
    `delete from evidence.entry e where e.id = '${smuggled}'`,
    async () => assert.deepEqual(await findings(), [{ code: 'entry-outside-log', place: smuggled }]),
  )
  await ctx.db.run(sql`drop table public.kept`)
  await ctx.db.run(sql`create table public.kept as select * from evidence.leaf l where l.leaf_index = 9`)
  await whileDamaged(
    'delete from evidence.leaf l where l.leaf_index = 9',
    'insert into evidence.leaf select * from public.kept',
    async () =>
      assert.deepEqual(await findings(), [
        { code: 'leaf-missing', place: '9' },
        { code: 'entry-outside-log', place: ids[9] },
      ]),
  )
  await ctx.db.run(sql`drop table public.kept`)
  assert.deepEqual(await findings(), [])
})

test('one flipped bit in a leaf, a node, the root, a checkpoint or a detail is found where it is', async () => {
  const flip = (column: string) => `set_bit(${column}, 77, 1 - get_bit(${column}, 77))`
  const damages: readonly (readonly [string, string, string])[] = [
    [
      `update evidence.leaf l set leaf_hash = ${flip('leaf_hash')} where l.leaf_index = 42`,
      'leaf-changed',
      '42',
    ],
    [`update evidence.node n set hash = ${flip('hash')}`, 'node-changed', '1/0'],
    [`update evidence.log g set root = ${flip('root')}`, 'root-changed', 'evidence.log'],
    [
      `update evidence.entry e set sealed_detail = ${flip(`sealed_detail || '\\x0000000000'::bytea`)} where e.id = '${ids[3]}'`,
      'detail-changed',
      String(ids[3]),
    ],
    [
      `update evidence.entry e set nonce = ${flip('nonce')} where e.id = '${ids[299]}'`,
      'detail-changed',
      String(ids[299]),
    ],
    [
      `update evidence.checkpoint c set note = replace(note, E'\\n100\\n', E'\\n101\\n') where c.size = 100`,
      'checkpoint-changed',
      '100',
    ],
  ]
  for (const [damage, code, place] of damages) {
    const table = /evidence\.\w+/.exec(damage)?.[0] ?? ''
    await ctx.db.run(sql`create table public.kept as select * from ${raw(table)}`)
    assert.equal(await ctx.db.run(raw(damage)), 1)
    assert.deepEqual(await findings(), [{ code, place }], damage)
    await ctx.db.run(sql`delete from ${raw(table)}`)
    await ctx.db.run(sql`insert into ${raw(table)} select * from public.kept`)
    await ctx.db.run(sql`drop table public.kept`)
  }
  assert.deepEqual(await findings(), [])
})

test('a history rewritten in the whole database is betrayed by the files outside it', async () => {
  await using other = await freshInstallation()
  const record = () => recordEvidence(other.ctx, { kind: 'test.done', facts: { step: 1 } })
  const [, second] = [await record(), await record(), await record()]
  await sequence(other.ctx)
  // Everything the database knows is made to agree with the lie, and signed again by nobody.
  const { ctx: liar } = other
  await liar.db.run(sql`update evidence.entry e set facts = '{"step": 2}' where e.id = ${second}`)
  await liar.db.run(sql`delete from evidence.leaf l`)
  await liar.db.run(sql`delete from evidence.checkpoint c`)
  await liar.db.run(sql`update evidence.entry e set sequenced_at = null`)
  await liar.db.run(sql`update evidence.log g set size = 0, root = ${Buffer.alloc(32)}`)
  const outside = liar.paths.evidence
  await sequence({ ...liar, paths: { ...liar.paths, evidence: join(liar.paths.data, 'elsewhere') } })
  assert.equal(liar.paths.evidence, outside)
  const report = await verifyLog(liar)
  assert.equal(report.ok, false)
  assert.ok(report.findings.some(({ code, place }) => code === 'entry-changed' && place === second))
  assert.ok(report.findings.some(({ code, place }) => code === 'leaf-changed' && place === '1'))
})

test('one flipped bit in any file is found, and the file is named', async () => {
  const root = ctx.paths.evidence
  const files = (await readdir(root, { recursive: true, withFileTypes: true }))
    .filter((one) => one.isFile())
    .map((one) => relative(root, join(one.parentPath, one.name)))
    .sort()
  assert.deepEqual(files, [
    'checkpoint',
    'tile/0/000',
    'tile/0/001.p/44',
    'tile/1/000.p/1',
    'tile/entries/000',
    'tile/entries/001.p/44',
  ])
  const anywhere = fc.tuple(fc.constantFrom(...files), fc.nat(), fc.nat({ max: 7 }))
  await fc.assert(
    fc.asyncProperty(anywhere, async ([path, at, bit]) => {
      const bytes = await readFile(join(root, path))
      const changed = Buffer.from(bytes)
      const index = at % bytes.length
      changed[index] = (changed[index] ?? 0) ^ (1 << bit)
      await writeFile(join(root, path), changed)
      try {
        const code = path === 'checkpoint' ? 'checkpoint-changed' : 'tile-changed'
        const found = await findings()
        assert.deepEqual(found, [{ code, place: path }])
      } finally {
        await writeFile(join(root, path), bytes)
      }
    }),
    { numRuns: 60 },
  )
})

test('a missing or cut-off file is named', async () => {
  for (const path of ['tile/0/000', 'tile/0/001.p/44', 'tile/1/000.p/1', 'tile/entries/001.p/44']) {
    const file = join(ctx.paths.evidence, path)
    const bytes = await readFile(file)
    await rm(file)
    assert.deepEqual(await findings(), [{ code: 'tile-missing', place: path }])
    await writeFile(file, bytes.subarray(0, -32))
    assert.deepEqual(await findings(), [{ code: 'tile-changed', place: path }])
    await writeFile(file, bytes)
  }
  const file = join(ctx.paths.evidence, 'checkpoint')
  const note = await readFile(file)
  await rm(file)
  assert.deepEqual(await findings(), [{ code: 'checkpoint-missing', place: 'checkpoint' }])
  await writeFile(file, note)
  assert.deepEqual(await findings(), [])
})

test('details that were destroyed leave every proof as it was', async () => {
  assert.equal(await destroyDetails(ctx, someone), 300)
  const report = await verifyLog(ctx)
  assert.deepEqual([report.ok, report.details], [true, { present: 0, destroyed: 300 }])
})
