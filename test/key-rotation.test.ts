import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { backUp, drawRecoveryKey, restoreBackup } from '../src/backup/public.ts'
import { checkInstallation } from '../src/doctor/public.ts'
import { entriesOfKind } from '../src/evidence/public.ts'
import { readConfig } from '../src/platform/config.ts'
import type { Context } from '../src/platform/context.ts'
import { openPool } from '../src/platform/database.ts'
import { type Installation, migrations, openInstallation } from '../src/platform/installation.ts'
import { migrate } from '../src/platform/migrate.ts'
import { sql } from '../src/platform/sql.ts'
import { rotationJobs } from '../src/rotation/jobs.ts'
import { tendKeys } from '../src/rotation/public.ts'
import { beginEpoch, destroyEpoch, keyLife, retireEpochs, rewrapKeys } from '../src/subjects/public.ts'
import { wrappedAt } from '../src/subjects/subject-key.ts'
import type { TestInstallation } from './installation.ts'
import {
  backup,
  calendarInstallation,
  epochsOf,
  erase,
  hasCode,
  holdsFor,
  opens,
  type Person,
  people,
  person,
  withoutMemory,
} from './key-people.ts'
import { administer } from './servers.ts'
import { startTransit } from './transit-server.ts'

const inTheService = async (ctx: Context) =>
  (await keyLife(ctx)).epochs.map(({ epoch, provider }) => `${epoch} ${provider}`)

/** As a process would that has nothing in memory. */
const another = ({ config, urls }: TestInstallation): Promise<Installation> =>
  openInstallation({ config, urls, actor: { kind: 'system', id: 'other' }, role: 'test', logLevel: 'silent' })

const beforeAll = '00000000-0000-0000-0000-000000000000'
const entries = (ctx: Context, kind: string) => entriesOfKind(ctx, kind, beforeAll, 100)

/** A week is over, and nobody has made a backup: said by whoever is asked, and once in the log; nothing else happens. */
async function waitsForBackup(ctx: Context): Promise<void> {
  const lines: string[] = []
  const log = { ...ctx.log, warn: (...said: readonly unknown[]) => lines.push(said.map(String).join(' ')) }
  const [hourly] = rotationJobs
  assert.ok(hourly)
  for (let hour = 0; hour < 3; hour += 1)
    await hourly.run({ ...ctx, log }, {}, { signal: AbortSignal.timeout(60_000), attempt: 1 })
  assert.equal(lines.filter((line) => line.includes('waits for a recent verified backup')).length, 1)
  const checks = await checkInstallation(ctx, { isEmbedded: false, shown: (path) => path })
  const { state, finding } = checks.find(({ name }) => name === 'epochs') ?? {}
  assert.equal(state, 'warning')
  assert.match(finding ?? '', /The week of epoch 1 is over.* less than 7 days/)
  await assert.rejects(tendKeys(ctx, { rotate: true }), hasCode('rotation.no-recent-backup'))
}

describe('the key that protects people’s keys', () => {
  it('ends in a week, is held, and takes with it whatever it wrapped', async () => {
    const { at, days } = await calendarInstallation()
    await using _ = at
    const { ctx } = at
    const [gone, ...living] = await people(ctx, 4)
    assert.ok(gone)
    assert.deepEqual(await epochsOf(ctx), ['1 current 4'])
    await erase(ctx, gone)
    days(6)
    await tendKeys(ctx)
    assert.deepEqual(await epochsOf(ctx), ['1 current 3'], 'a week is not over')
    days(1)
    await waitsForBackup(ctx)
    assert.deepEqual(await epochsOf(ctx), ['1 current 3'])
    await backup(ctx, true)
    assert.equal((await tendKeys(ctx)).waiting, null)
    assert.deepEqual(
      await epochsOf(ctx),
      ['1 rewrapped 0', '2 current 3'],
      'a backup of before the keys moved does not end their old epoch',
    )
    await assert.rejects(destroyEpoch(ctx, 1), hasCode('subjects.epoch-not-retired'))
    await backup(ctx, false)
    await tendKeys(ctx)
    assert.deepEqual(
      await epochsOf(ctx),
      ['1 rewrapped 0', '2 current 3'],
      'a backup nobody verified is none',
    )
    await backup(ctx, true)
    await tendKeys(ctx)
    assert.deepEqual(await epochsOf(ctx), ['1 retired 0', '2 current 3'])
    await assert.rejects(destroyEpoch(ctx, 1), hasCode('subjects.epoch-held'))
    const { shredding } = await keyLife(ctx)
    assert.deepEqual([shredding.waiting, shredding.overdue], [1, 0])
    days(7)
    const done = await tendKeys(ctx)
    assert.deepEqual([done.destroyed, done.shredded], [[1], 1])
    assert.equal(done.waiting, 2, 'by then the backup is a week old')
    assert.deepEqual(await epochsOf(ctx), ['1 destroyed 0', '2 current 3'])
    assert.deepEqual((await readdir(join(at.config.paths.keys, 'epochs'))).toSorted(), [
      '1.destroyed',
      '2.key',
    ])
    await using other = await another(at)
    for (const one of living) assert.ok(await opens(other.ctx, one))
    assert.equal(await opens(other.ctx, gone), false)
    await writeFile(join(at.config.paths.keys, 'epochs', '1.key'), '0'.repeat(64))
    assert.deepEqual((await tendKeys(ctx)).destroyed, [1], 'an old copy put back is destroyed again')
    for (const [kind, count] of [
      ['subjects.epoch-began', 2],
      ['subjects.keys-rewrapped', 1],
      ['subjects.epoch-retired', 1],
      ['subjects.epoch-destruction-began', 2],
      ['subjects.epoch-destroyed', 2],
    ] as const)
      assert.equal((await entries(ctx, kind)).length, count, kind)
    const [completed] = await entries(ctx, 'subjects.shred-completed')
    assert.equal(completed?.subjectId, gone.subjectId)
    assert.deepEqual((await entries(ctx, 'subjects.keys-rewrapped'))[0]?.facts, {
      epoch: 1,
      keys: 3,
      provider: 'file',
      version: 1,
    })
  })

  it('changes under other processes without a word to them', async () => {
    const { at } = await calendarInstallation()
    await using _ = at
    await using other = await another(at)
    const [before] = await people(other.ctx, 1)
    assert.ok(before)
    await beginEpoch(at.ctx)
    const after = await person(other.ctx)
    const epochs = await at.ctx.keys.rows<{ epoch: number }>(
      sql`select k.epoch from subjects.subject_key k order by k.epoch`,
    )
    assert.deepEqual(
      epochs.map(({ epoch }) => epoch),
      [1, 2],
    )
    assert.equal(await rewrapKeys(at.ctx), 2)
    for (const one of [before, after]) assert.ok(await opens(other.ctx, one))
  })

  it('changes while keys are made and destroyed: none is lost, and none comes back', async () => {
    const { at } = await calendarInstallation()
    await using _ = at
    const { ctx } = at
    const first = await people(ctx, 60)
    await using other = await another(at)
    const made: Person[] = []
    let ended = false
    const maker = (async () => {
      while (!ended) made.push(await person(other.ctx))
    })()
    const goers = first.slice(0, 30)
    const eraser = (async () => {
      for (const one of goers) await erase(other.ctx, one)
    })()
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([beginEpoch(ctx), beginEpoch(other.ctx)])
      await Promise.all([rewrapKeys(ctx, { chunk: 7 }), rewrapKeys(other.ctx, { chunk: 5 })])
    }
    ended = true
    await Promise.all([eraser, maker])
    await beginEpoch(ctx)
    await rewrapKeys(ctx)
    assert.ok(made.length > 0)
    await using fresh = await another(at)
    for (const one of goers) assert.equal(await opens(fresh.ctx, one), false)
    for (const one of [...first.slice(30), ...made]) assert.ok(await opens(fresh.ctx, one))
    const { epochs } = await keyLife(ctx)
    assert.equal(epochs.at(-1)?.keys, 30 + made.length)
    assert.equal(epochs.length, 5)
  })

  it('stays where a key does not open: nothing is lost for being damaged', async () => {
    const { at } = await calendarInstallation()
    await using _ = at
    const { ctx } = at
    const [first, second] = await people(ctx, 2)
    assert.ok(first && second)
    await ctx.keys.run(
      sql`update subjects.subject_key k set wrapped = o.wrapped from subjects.subject_key o
          where k.subject_id = ${first.subjectId} and o.subject_id = ${second.subjectId}`,
    )
    await beginEpoch(ctx)
    await assert.rejects(rewrapKeys(ctx), hasCode('subjects.rewrap-stopped'))
    assert.deepEqual(await epochsOf(ctx), ['1 rewrapping 2', '2 current 0'])
    await using other = await another(at)
    assert.ok(await opens(other.ctx, second))
  })

  it('waits for whoever reads the keys at length: a backup never sees half of them', async () => {
    const { at } = await calendarInstallation()
    await using _ = at
    const { ctx } = at
    const living = await people(ctx, 3)
    await beginEpoch(ctx)
    await ctx.keys.transaction(async (tx) => {
      await tx.run({ parts: ['set transaction isolation level repeatable read, read only'], values: [] })
      await tx.run(sql`lock table subjects.subject_key, subjects.subject_key_next in access share mode`)
      await assert.rejects(rewrapKeys(ctx, { patienceMs: 50 }), hasCode('subjects.keys-busy'))
      assert.equal((await tx.rows(sql`select from subjects.subject_key k`)).length, 3)
      await holdsFor(ctx, { living, gone: [] })
    })
    assert.equal(await rewrapKeys(ctx), 3)
    await holdsFor(ctx, { living, gone: [] })
  })

  it('moves to a key service, and what ended there opens from no dump', async () => {
    const { at, days } = await calendarInstallation()
    await using stack = new AsyncDisposableStack()
    stack.use(at)
    const server = stack.use(await startTransit())
    const { config } = readConfig({ DOSSIER_TRANSIT: server.address, DOSSIER_TRANSIT_TOKEN: server.token })
    const inService = { ...at, config: { ...at.config, epochKeys: config.epochKeys } }
    const living = [...(await people(at.ctx, 3))]
    const { ctx } = stack.use(await another(inService))
    const rotate = async () => {
      await beginEpoch(ctx)
      await tendKeys(ctx)
    }
    const next = async () => {
      await rotate()
      await retireEpochs(ctx, new Date(ctx.now().getTime() + 1))
      days(7)
      await tendKeys(ctx)
    }
    await rotate()
    assert.deepEqual(await inTheService(ctx), ['1 file', '2 transit'])
    const gone = await person(ctx)
    living.push(await person(ctx))
    const dump = await ctx.keys.rows<{ wrapped: Buffer; subjectId: string }>(
      sql`select k.wrapped, k.subject_id from subjects.subject_key k where k.subject_id = ${gone.subjectId}`,
    )
    await erase(ctx, gone)
    await next()
    const [row] = dump
    assert.ok(row)
    const piece = { wrapped: row.wrapped, place: wrappedAt(row.subjectId, 2) }
    await next()
    await assert.rejects(ctx.keyring.provider.unwrap(1, [piece]), hasCode('platform.key-missing'))
    const fresh = stack.use(await another(inService)).ctx
    for (const one of living) assert.ok(await opens(fresh, one))
    assert.equal(await opens(fresh, gone), false)
    await assert.rejects(
      opens(stack.use(await another(at)).ctx, living[0] ?? gone),
      hasCode('platform.provider-missing'),
    )
    server.manners = 'away'
    await assert.rejects(person(fresh), hasCode('platform.transit-unreachable'))
  })

  it('refuses a backup whose keys a key service no longer opens, and changes nothing', async () => {
    const { at, days } = await calendarInstallation()
    await using stack = new AsyncDisposableStack()
    stack.use(at)
    const server = stack.use(await startTransit())
    const { epochKeys } = readConfig({
      DOSSIER_TRANSIT: server.address,
      DOSSIER_TRANSIT_TOKEN: server.token,
    }).config
    const config = { ...at.config, epochKeys }
    const { ctx } = stack.use(await another({ ...at, config }))
    const living = await people(ctx, 2)
    const directory = await mkdtemp(join(tmpdir(), 'dossier-transit-backup-'))
    stack.defer(() => rm(directory, { recursive: true }))
    const secrets = { main: drawRecoveryKey(), keys: drawRecoveryKey() }
    await backUp(ctx, { directory, secrets, verify: false })
    const wanted = {
      config,
      urls: at.urls,
      actor: { kind: 'operator', id: 'test' } as const,
      directory,
      mainSecret: secrets.main,
      keysSecret: secrets.keys,
      force: true,
      confirmed: basename(config.paths.data),
    }
    await beginEpoch(ctx)
    await tendKeys(ctx)
    await retireEpochs(ctx, new Date(ctx.now().getTime() + 1))
    days(7)
    await tendKeys(ctx)
    await assert.rejects(restoreBackup(wanted), hasCode('backup.epoch-destroyed'))
    await assert.rejects(
      restoreBackup({ ...wanted, config: { ...config, epochKeys: { kind: 'file' } } }),
      hasCode('platform.provider-missing'),
    )
    const fresh = stack.use(await another({ ...at, config })).ctx
    for (const one of living) assert.ok(await opens(fresh, one))
  })

  it('takes over the keys of an installation from before there were epochs', async () => {
    const { at } = await calendarInstallation()
    await using stack = new AsyncDisposableStack()
    stack.use(at)
    const one = await person(at.ctx)
    const url = new URL(at.urls.keys)
    url.pathname = `${url.pathname}_old`
    const database = url.pathname.slice(1)
    await administer(at.server, `create database ${database} owner dossier`)
    stack.defer(() => administer(at.server, `drop database if exists ${database} with (force)`))
    await using old = openPool(url.href, 'dossier test', { max: 1 })
    await migrate(old, migrations.keys, new Date(), 2)
    const [row] = await at.ctx.keys.rows<{ wrapped: Buffer; commitment: Buffer }>(
      sql`select k.wrapped, k.commitment from subjects.subject_key k`,
    )
    await old.run(
      sql`insert into subjects.subject_key (subject_id, wrapped, epoch, commitment, created_at)
          values (${one.subjectId}, ${row?.wrapped}, 1, ${row?.commitment}, ${new Date('2025-01-01')})`,
    )
    await migrate(old, migrations.keys, new Date())
    const ctx = { ...(await withoutMemory(at.ctx)), keys: old }
    assert.ok(await opens(ctx, one))
    assert.equal((await tendKeys(ctx)).waiting, 1, 'older than a week: it ends with the first backup')
    await beginEpoch(ctx)
    assert.equal(await rewrapKeys(ctx), 1)
    await holdsFor(ctx, { living: [one], gone: [] })
  })
})
