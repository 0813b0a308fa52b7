import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { z } from 'zod'
import { recordEvidence, relayEntries } from '../src/evidence/public.ts'
import { uuidv7 } from '../src/platform/bytes.ts'
import { inTransaction } from '../src/platform/context.ts'
import { type Job, job } from '../src/platform/job.ts'
import { type JobRunner, startJobs } from '../src/platform/jobs.ts'
import { problem } from '../src/platform/problems.ts'
import { sql } from '../src/platform/sql.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'

const canary = 'marie.canary@example.org'

let installation: TestInstallation
const logged: string[] = []
before(async () => {
  installation = await freshInstallation()
})
after(() => installation.dispose())

const running = new Set<JobRunner>()

const start = async (...jobs: readonly Job[]): Promise<JobRunner> => {
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) })
  const runner = await startJobs({ ...installation.ctx, log }, installation.urls, jobs)
  running.add(runner)
  return runner
}

async function stop(runner: JobRunner, withinMs = 1_000): Promise<void> {
  running.delete(runner)
  await runner.stop(withinMs)
}

/** A runner that a failed test left behind would work on what the next one tells, and keep the process from ending. */
afterEach(async () => {
  for (const runner of running) await stop(runner)
})

const record = (kind: string, facts = {}): Promise<string> =>
  inTransaction(installation.ctx, (tx) => recordEvidence(tx, { kind, facts }))

async function until(holds: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(50))
    if (await holds()) return
  assert.fail(`not within ${withinMs} ms`)
}

const stored = (name: string) =>
  installation.ctx.db.rows<{ id: string; state: string; output: unknown; data: unknown }>(
    sql`select j.id, j.state::text, j.output, j.data from pgboss.job j where j.name = ${name} order by j.id`,
  )

test('an entry told twice is worked on once, also after the work is done', async () => {
  const seen: string[] = []
  const runner = await start(
    job({
      name: 'test.once',
      payload: z.object({ entryId: z.uuid(), facts: z.object({ count: z.int() }) }),
      from: ['test.happened'],
      handler: async (_ctx, { entryId, facts }) => void seen.push(`${entryId} ${facts.count}`),
    }),
  )
  const id = await record('test.happened', { count: 3, other: true })
  await record('test.ignored')
  const { ctx } = installation
  assert.equal(await relayEntries(ctx, runner.tell, 100), 2)
  // As after a restored backup, or a crash between telling and noting that it was told.
  const again = () => ctx.db.run(sql`update evidence.entry e set relayed_at = null`)
  await again()
  assert.equal(await relayEntries(ctx, runner.tell, 100), 2)
  await until(() => seen.length > 0)
  await again()
  await relayEntries(ctx, runner.tell, 100)
  await sleep(300)
  assert.deepEqual(seen, [`${id} 3`])
  assert.equal((await stored('test.once')).length, 1)
  await stop(runner)
})

test('a job that fails is tried again, and what it stumbled over is written nowhere', async () => {
  const attempts: number[] = []
  const runner = await start(
    job({
      name: 'test.flaky',
      payload: z.object({}),
      from: ['test.flaked'],
      async handler(_ctx, _payload, { attempt }) {
        attempts.push(attempt)
        if (attempt === 1) throw new Error(`no such person: ${canary}`)
      },
    }),
    job({
      name: 'test.refused',
      payload: z.object({}),
      from: ['test.flaked'],
      handler: async () => {
        throw problem('platform.not-found', { who: canary })
      },
    }),
  )
  await record('test.flaked')
  await relayEntries(installation.ctx, runner.tell, 100)
  await until(() => attempts.length === 2 && logged.join().includes('platform.not-found'))
  assert.deepEqual(attempts, [1, 2])
  await until(async () => (await stored('test.flaky'))[0]?.state === 'completed')
  // It is logged before it is written down.
  await until(async () => (await stored('test.refused'))[0]?.state === 'retry')
  const [refused] = await stored('test.refused')
  assert.match(JSON.stringify(refused?.output), /platform\.not-found/)
  const tables = await installation.ctx.db.rows<{ row: string }>(sql`select j::text as row from pgboss.job j`)
  assert.doesNotMatch(`${JSON.stringify(tables)}${logged.join()}`, new RegExp(canary))
  assert.match(
    logged.join('\n'),
    /"job":"test\.flaky".*"kind":"Error","at":\["TestContext|jobs\.test\.ts:\d+/,
  )
  await stop(runner)
})

test('work that is under way when the product stops is told so, and taken up by the next start', async () => {
  const seen: string[] = []
  const slow = job({
    name: 'test.slow',
    payload: z.object({}),
    from: ['test.slowed'],
    async handler(_ctx, _payload, { signal }) {
      seen.push('begun')
      if (seen.length > 1) return
      await sleep(60_000, undefined, { signal })
    },
  })
  const first = await start(slow)
  await record('test.slowed')
  await relayEntries(installation.ctx, first.tell, 100)
  await until(() => seen.length === 1)
  const stopping = performance.now()
  await stop(first, 5_000)
  assert.ok(performance.now() - stopping < 2_000, 'it did not wait for the whole time')
  const second = await start(slow)
  await until(() => seen.length === 2)
  await until(async () => (await stored('test.slow'))[0]?.state === 'completed')
  await stop(second)
})

test('a job survives the death of its worker', async (t) => {
  const { config, urls, ctx } = installation
  const id = await record('test.begun')
  const own = { DOSSIER_DATA: config.paths.data, DATABASE_URL: urls.main, KEYS_DATABASE_URL: urls.keys }
  const worker = fork(join(import.meta.dirname, 'job-worker.ts'), { env: { ...process.env, ...own } })
  t.after(() => worker.kill('SIGKILL'))
  const [begun] = await once(worker, 'message', { signal: AbortSignal.timeout(60_000) })
  worker.kill('SIGKILL')
  await once(worker, 'exit')
  const done: string[] = []
  const runner = await start(
    job({
      name: 'test.long',
      payload: z.object({ entryId: z.uuid() }),
      from: ['test.begun'],
      handler: async (_ctx, { entryId }) => void done.push(entryId),
    }),
  )
  // Time passes; a dead worker is noticed after ten seconds without a sign of life.
  await ctx.db.run(
    sql`update pgboss.job j set heartbeat_on = j.heartbeat_on - interval '10 seconds' where j.id = ${id}`,
  )
  await until(() => done.length > 0)
  assert.deepEqual([begun, done], [id, [id]])
  await stop(runner)
})

test('a schedule ends with the job that had it', async () => {
  const nightly = job({
    name: 'test.nightly',
    payload: z.object({}),
    cron: '0 3 * * *',
    handler: async () => undefined,
  })
  const schedules = () =>
    installation.ctx.db.rows<{ name: string }>(sql`select s.name from pgboss.schedule s`)
  const first = await start(nightly)
  assert.deepEqual(await schedules(), [{ name: 'test.nightly' }])
  await stop(first)
  const second = await start()
  assert.deepEqual(await schedules(), [])
  await stop(second)
})

test('data that is not the payload of its job is refused before the handler sees it', async () => {
  let called = false
  const strict = job({
    name: 'test.strict',
    payload: z.object({ requestId: z.uuid() }),
    handler: async () => {
      called = true
    },
  })
  const run = { signal: AbortSignal.timeout(1_000), attempt: 1 }
  await assert.rejects(strict.run(installation.ctx, { requestId: null }, run))
  assert.equal(called, false)
  await strict.run(installation.ctx, { requestId: uuidv7(new Date()), more: 1 }, run)
  assert.equal(called, true)
})
