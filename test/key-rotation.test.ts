import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { backUp, drawRecoveryKey } from '../src/backup/public.ts'
import { entriesOfKind } from '../src/evidence/public.ts'
import { uuidv7 } from '../src/platform/bytes.ts'
import { type Context, inTransaction } from '../src/platform/context.ts'
import { type Installation, openInstallation } from '../src/platform/installation.ts'
import { isProblem } from '../src/platform/problem.ts'
import { sql } from '../src/platform/sql.ts'
import { tendKeys } from '../src/rotation/public.ts'
import {
  beginEpoch,
  destroyEpoch,
  destroySubjectKey,
  ensureSubject,
  keyLife,
  layTombstones,
  openFor,
  rewrapKeys,
  sealFor,
} from '../src/subjects/public.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'

const hasCode = (code: string) => (error: unknown) => isProblem(error, code)
const dayMs = 86_400_000

/** An installation whose calendar a test turns, with a person who was sealed something. */
async function kept(): Promise<{
  readonly at: TestInstallation
  readonly days: (count: number) => void
}> {
  let ahead = 0
  const at = await freshInstallation({ now: () => new Date(Date.now() + ahead) })
  return {
    at,
    days: (count) => {
      ahead += count * dayMs
    },
  }
}

interface Person {
  readonly subjectId: string
  readonly sealed: Buffer
}

let number = 0
async function person(ctx: Context): Promise<Person> {
  number += 1
  const subjectId = await ensureSubject(ctx, [{ kind: 'email', value: `p${number}@example.org` }])
  return { subjectId, sealed: await sealFor(ctx, subjectId, ['t', '1'], `secret of ${subjectId}`) }
}

async function people(ctx: Context, count: number): Promise<readonly Person[]> {
  const all: Person[] = []
  for (let i = 0; i < count; i += 1) all.push(await person(ctx))
  return all
}

async function erase(ctx: Context, { subjectId }: Person): Promise<void> {
  await inTransaction(ctx, (tx) => layTombstones(tx, subjectId, [], uuidv7(tx.now())))
  await destroySubjectKey(ctx, subjectId)
}

/** As a process would that has nothing in memory. */
const another = ({ config, urls }: TestInstallation): Promise<Installation> =>
  openInstallation({ config, urls, actor: { kind: 'system', id: 'other' }, role: 'test', logLevel: 'silent' })

async function opens(ctx: Context, { subjectId, sealed }: Person): Promise<boolean> {
  const plain = await openFor(ctx, subjectId, ['t', '1'], sealed).catch((error: unknown) => {
    if (isProblem(error, 'subjects.key-destroyed')) return undefined
    throw error
  })
  if (plain) assert.equal(plain.toString(), `secret of ${subjectId}`)
  return plain !== undefined
}

async function backup(ctx: Context, verify: boolean): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'dossier-rotation-'))
  const secrets = { main: drawRecoveryKey(), keys: drawRecoveryKey() }
  await backUp(ctx, { directory, secrets, verify }).finally(() => rm(directory, { recursive: true }))
}

const stateOf = async (ctx: Context) =>
  (await keyLife(ctx)).epochs.map(({ epoch, state, keys }) => `${epoch} ${state} ${keys}`)

const beforeAll = '00000000-0000-0000-0000-000000000000'
const entries = (ctx: Context, kind: string) => entriesOfKind(ctx, kind, beforeAll, 100)

describe('the key that protects people’s keys', () => {
  it('ends in a week, is held, and takes with it whatever it wrapped', async () => {
    const { at, days } = await kept()
    await using _ = at
    const { ctx } = at
    const [gone, ...living] = await people(ctx, 4)
    assert.ok(gone)
    assert.deepEqual(await stateOf(ctx), ['1 current 4'])
    await erase(ctx, gone)
    days(6)
    await tendKeys(ctx)
    assert.deepEqual(await stateOf(ctx), ['1 current 3'], 'a week is not over')
    days(1)
    await tendKeys(ctx)
    assert.deepEqual(await stateOf(ctx), ['1 rewrapped 0', '2 current 3'])
    await assert.rejects(destroyEpoch(ctx, 1), hasCode('subjects.epoch-not-retired'))
    await backup(ctx, false)
    await tendKeys(ctx)
    assert.deepEqual(await stateOf(ctx), ['1 rewrapped 0', '2 current 3'], 'a backup nobody verified is none')
    await backup(ctx, true)
    await tendKeys(ctx)
    assert.deepEqual(await stateOf(ctx), ['1 retired 0', '2 current 3'])
    await assert.rejects(destroyEpoch(ctx, 1), hasCode('subjects.epoch-held'))
    const { shredding } = await keyLife(ctx)
    assert.deepEqual([shredding.waiting, shredding.overdue], [1, 0])
    days(7)
    const done = await tendKeys(ctx)
    assert.deepEqual([done.destroyed, done.shredded], [[1], 1])
    assert.deepEqual(await stateOf(ctx), ['1 destroyed 0', '2 rewrapped 0', '3 current 3'])
    assert.deepEqual((await readdir(join(at.config.paths.keys, 'epochs'))).toSorted(), [
      '1.destroyed',
      '2.key',
      '3.key',
    ])
    await using other = await another(at)
    for (const one of living) assert.ok(await opens(other.ctx, one))
    assert.equal(await opens(other.ctx, gone), false)
    for (const [kind, count] of [
      ['subjects.epoch-began', 3],
      ['subjects.keys-rewrapped', 2],
      ['subjects.epoch-retired', 1],
      ['subjects.epoch-destruction-began', 1],
      ['subjects.epoch-destroyed', 1],
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
    const { at } = await kept()
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
    const { at } = await kept()
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
      await beginEpoch(ctx)
      await rewrapKeys(ctx, { chunk: 7 })
    }
    await eraser
    ended = true
    await maker
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
    const { at } = await kept()
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
    assert.deepEqual(await stateOf(ctx), ['1 rewrapping 2', '2 current 0'])
    await using other = await another(at)
    assert.ok(await opens(other.ctx, second))
  })
})
