import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { freshInstallation, type TestInstallation } from '../../test/installation.ts'
import { administer } from '../../test/servers.ts'
import type { Context } from '../platform/context.ts'
import { type Installation, openInstallation } from '../platform/installation.ts'
import { isProblem } from '../platform/problem.ts'
import { entriesOf } from './entries-of.ts'
import { recordEvidence } from './record-evidence.ts'
import { confirmSweep, replayLog } from './replay-log.ts'
import { restoreState } from './restore-state.ts'
import { sequence } from './sequence.ts'
import { tilePath } from './tiles.ts'
import { verifyLog } from './verify-log.ts'

const requestId = '0190aaaa-0000-7000-8000-000000000001'
const hasCode = (code: string) => (error: unknown) => isProblem(error, code)

const record = async (ctx: Context, count: number) => {
  for (let i = 0; i < count; i += 1)
    await recordEvidence(ctx, { requestId, kind: 'test.done', facts: { step: i } })
}

const checkpointFile = (ctx: Context) => join(ctx.paths.evidence, 'checkpoint')

interface Backup extends AsyncDisposable {
  /** The installation as it is after restoring this backup over the database, with keys and files as they are today. */
  restore(): Promise<Installation>
}

/** A copy of the database as it stands now. */
async function backUp({ server, urls, config, ctx }: TestInstallation): Promise<Backup> {
  const url = new URL(urls.main)
  const database = url.pathname.slice(1)
  url.pathname = `/${database}_backup`
  // A database is copied only while nobody is connected; the pool connects again by itself.
  await administer(
    server,
    `select pg_terminate_backend(a.pid) from pg_stat_activity a where a.datname = '${database}'`,
  )
  await administer(server, `create database ${database}_backup template ${database} owner dossier`)
  return {
    restore: () =>
      openInstallation({
        config,
        urls: { ...urls, main: url.href },
        actor: ctx.actor,
        role: 'test',
        logLevel: 'silent',
      }),
    [Symbol.asyncDispose]: () => administer(server, `drop database ${database}_backup with (force)`),
  }
}

test('a database restored from a backup is noticed, and signs nothing', async () => {
  await using at = await freshInstallation()
  await record(at.ctx, 20)
  await sequence(at.ctx)
  await using backup = await backUp(at)
  await record(at.ctx, 300)
  await sequence(at.ctx)
  const signed = await readFile(checkpointFile(at.ctx))

  await using restored = await backup.restore()
  assert.deepEqual(await restoreState(restored.ctx), { state: 'behind', database: 20, checkpoint: 320 })
  await record(restored.ctx, 400)
  await assert.rejects(sequence(restored.ctx), hasCode('evidence.behind-checkpoint'))
  assert.deepEqual(await readFile(checkpointFile(at.ctx)), signed)
  const report = await verifyLog(restored.ctx)
  assert.deepEqual(report.findings, [{ code: 'behind-checkpoint', place: '320' }])
})

test('a database made anew beside old keys and files is noticed', async () => {
  await using at = await freshInstallation()
  await record(at.ctx, 2)
  await using backup = await backUp(at)
  await sequence(at.ctx)
  await using restored = await backup.restore()
  assert.deepEqual(await restoreState(restored.ctx), { state: 'behind', database: 0, checkpoint: 2 })
  await assert.rejects(sequence(restored.ctx), hasCode('evidence.behind-checkpoint'))
})

test('a restored database gets its lost entries back from the files, and goes on as one history', async () => {
  await using at = await freshInstallation()
  await record(at.ctx, 250)
  await sequence(at.ctx)
  await record(at.ctx, 2)
  await using backup = await backUp(at)
  await record(at.ctx, 300)
  await sequence(at.ctx)
  const before = await entriesOf(at.ctx, { requestId })

  await using restored = await backup.restore()
  const { ctx } = restored
  await record(ctx, 3)
  assert.deepEqual(await replayLog(ctx), { from: 250, to: 552 })
  assert.deepEqual(await restoreState(ctx), { state: 'unswept', database: 552, checkpoint: 552 })
  const after = await entriesOf(ctx, { requestId })
  assert.deepEqual(
    after.filter((entry) => before.some((one) => one.id === entry.id)),
    before,
  )
  // The three of the restored database, and the entry that tells of the replay.
  assert.deepEqual(await sequence(ctx), { size: 556, added: 4 })
  const { ok, findings, details } = await verifyLog(ctx)
  assert.deepEqual(
    { ok, findings, details },
    { ok: true, findings: [], details: { present: 256, destroyed: 300 } },
  )

  await confirmSweep(ctx)
  assert.equal((await restoreState(ctx)).state, 'current')
  await assert.rejects(replayLog(ctx), hasCode('evidence.not-restored'))
  await assert.rejects(confirmSweep(ctx), hasCode('evidence.not-restored'))
})

test('files that do not give the signed root are not replayed, and change nothing', async () => {
  await using at = await freshInstallation()
  await record(at.ctx, 3)
  await sequence(at.ctx)
  await using backup = await backUp(at)
  await record(at.ctx, 3)
  await sequence(at.ctx)
  const path = join(at.ctx.paths.evidence, tilePath('entries', 0, 6))
  const bundle = await readFile(path)
  const forged = Buffer.from(bundle.toString('latin1').replace(/^(.*"step":)2/s, '$17'), 'latin1')
  assert.equal(forged.length, bundle.length)
  await writeFile(path, forged)
  await using restored = await backup.restore()
  await assert.rejects(replayLog(restored.ctx), hasCode('evidence.damaged'))
  assert.deepEqual(await restoreState(restored.ctx), { state: 'behind', database: 3, checkpoint: 6 })
  await writeFile(path, bundle.subarray(0, -1))
  await assert.rejects(replayLog(restored.ctx), hasCode('evidence.damaged'))
  await writeFile(path, bundle)
  assert.deepEqual(await replayLog(restored.ctx), { from: 3, to: 6 })
})

test('a second history is never signed beside the first', async () => {
  await using at = await freshInstallation()
  await record(at.ctx, 4)
  await sequence(at.ctx)
  await using backup = await backUp(at)
  await record(at.ctx, 1)
  await sequence(at.ctx)
  const file = checkpointFile(at.ctx)
  const first = await readFile(file)
  await using restored = await backup.restore()
  // Somebody hides the checkpoint for a while …
  await rm(file)
  await record(restored.ctx, 2)
  await sequence(restored.ctx)
  const second = await readFile(file)
  // … and it turns up again.
  await writeFile(file, first)
  assert.equal((await restoreState(restored.ctx)).state, 'forked')
  await record(restored.ctx, 1)
  await assert.rejects(sequence(restored.ctx), hasCode('evidence.forked-checkpoint'))
  assert.ok(
    (await verifyLog(restored.ctx)).findings.some(
      ({ code, place }) => code === 'checkpoint-root' && place === 'checkpoint',
    ),
  )
  await writeFile(file, second)
  assert.equal((await restoreState(restored.ctx)).state, 'current')
})

test('a checkpoint that we did not sign stops the log', async () => {
  await using at = await freshInstallation()
  await record(at.ctx, 4)
  await sequence(at.ctx)
  const file = checkpointFile(at.ctx)
  const note = await readFile(file, 'utf8')
  await writeFile(file, note.replace('\n4\n', '\n3\n'))
  assert.equal((await restoreState(at.ctx)).state, 'unreadable')
  await assert.rejects(sequence(at.ctx), hasCode('evidence.checkpoint-unreadable'))
})
