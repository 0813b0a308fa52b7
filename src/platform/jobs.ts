import { type JobWithMetadata, PgBoss } from 'pg-boss'
import { connectionName } from './connection-name.ts'
import type { Context } from './context.ts'
import { traceOf } from './error-trace.ts'
import type { Job, JobEntry } from './job.ts'
import { isProblem } from './problem.ts'

export interface JobRunner {
  /** Puts an entry before the jobs that wait for its kind. Told twice of one entry, they still run once. */
  tell(entry: JobEntry): Promise<void>
  /** Lets running jobs come to an end for so long; whatever is left then is taken up by the next start. */
  stop(withinMs: number): Promise<void>
}

/**
 * A worker that dies is noticed after its heartbeat has been missing for ten seconds, the least pg-boss allows. Jobs
 * rescued like that are not notified, so polling goes on beside LISTEN (ecosystem.md §1.3).
 */
const heartbeatSeconds = 10
const settings = {
  schema: 'pgboss',
  application_name: connectionName('dossier jobs'),
  max: 4,
  useListenNotify: true,
  monitorIntervalSeconds: 5,
  superviseIntervalSeconds: 5,
  flowIntervalSeconds: 1,
  cronMonitorIntervalSeconds: 10,
  cronWorkerIntervalSeconds: 5,
}
const polling = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2 }
const anyQueue = {
  notify: true,
  heartbeatSeconds,
  // Only a bound for what goes on for ever: dead workers are found by their heartbeat.
  expireInSeconds: 23 * 3600,
  deleteAfterSeconds: 14 * 86_400,
}
const fedQueue = { ...anyQueue, retryLimit: 20, retryDelay: 2, retryBackoff: true, retryDelayMax: 3600 }

/** The next stroke of the clock is the better retry: a failure must not hold it up for long. */
const clockQueue = { ...anyQueue, retryLimit: 2, retryDelay: 30, retryBackoff: false }

/**
 * Starts the workers of all jobs on the main database, in a schema of their own. `onActivity` is called after each run:
 * what it did may have to be told on.
 */
export async function startJobs(
  ctx: Context,
  urls: { readonly main: string },
  jobs: readonly Job[],
  onActivity: () => void = () => undefined,
): Promise<JobRunner> {
  const boss = new PgBoss({ ...settings, connectionString: urls.main })
  // Without a listener an error of a connection in the background would end the process.
  boss.on('error', (error) => ctx.log.warn(traceOf(error), 'jobs: a connection failed'))
  const stopping = new AbortController()
  try {
    await boss.start()
    await forgetSchedules(boss, jobs)
    for (const job of jobs) await open({ ctx, boss, stopping: stopping.signal, onActivity }, job)
  } catch (error) {
    await boss.stop({ graceful: false })
    throw error
  }
  return {
    async tell(entry) {
      for (const job of jobs)
        if (job.from?.includes(entry.kind) && !job.unless?.(entry))
          await boss.insert(job.name, [toInsert(entry)])
    },
    async stop(withinMs) {
      stopping.abort()
      await boss.stop({ graceful: true, timeout: withinMs })
    },
  }
}

/** The entry's id is the job's: pg-boss refuses the second of a kind, also after it is done. */
const toInsert = ({ id, kind, subjectId, requestId, facts }: JobEntry) => ({
  id,
  data: { entryId: id, kind, subjectId, requestId, facts },
})

interface Workshop {
  readonly ctx: Context
  readonly boss: PgBoss
  readonly stopping: AbortSignal
  readonly onActivity: () => void
}

async function open(workshop: Workshop, job: Job): Promise<void> {
  const { boss, onActivity } = workshop
  const byClockAlone = job.cron !== undefined && !job.from
  const queue = byClockAlone ? clockQueue : fedQueue
  await boss.createQueue(job.name, { ...queue, policy: byClockAlone ? 'exclusive' : 'standard' })
  await boss.updateQueue(job.name, queue)
  if (job.cron !== undefined) await boss.schedule(job.name, job.cron, {}, { tz: 'UTC', missed: 'once' })
  const options = { ...polling, localConcurrency: job.concurrency ?? 1, includeMetadata: true } as const
  await boss.work(job.name, options, async (fetched: JobWithMetadata[]) => {
    for (const one of fetched) await run(workshop, job, one).finally(onActivity)
  })
}

async function run({ ctx, stopping }: Workshop, job: Job, fetched: JobWithMetadata): Promise<void> {
  const attempt = fetched.retryCount + 1
  const log = ctx.log.child({ job: job.name, jobId: fetched.id, attempt })
  const signal = AbortSignal.any([fetched.signal, stopping])
  const started = performance.now()
  try {
    await job.run({ ...ctx, actor: { kind: 'system', id: `job:${job.name}` }, log }, fetched.data, {
      signal,
      attempt,
    })
    log.debug({ ms: Math.round(performance.now() - started) }, 'job done')
  } catch (error) {
    const last = attempt > fetched.retryLimit
    log[last ? 'error' : 'warn'](traceOf(error), last ? 'job given up' : 'job failed, to be tried again')
    throw withoutValues(error)
  }
}

/** What is thrown ends up in a table of pg-boss: a code may, a message may not. */
function withoutValues(error: unknown): Error {
  const bare = new Error(isProblem(error) ? error.code : 'unexpected')
  bare.stack = ''
  return bare
}

/** A schedule outlives the release that made it. */
async function forgetSchedules(boss: PgBoss, jobs: readonly Job[]): Promise<void> {
  const wanted = new Set(jobs.filter((job) => job.cron !== undefined).map((job) => job.name))
  for (const { name } of await boss.getSchedules()) if (!wanted.has(name)) await boss.unschedule(name)
}
