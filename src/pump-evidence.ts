import { setTimeout as sleep } from 'node:timers/promises'
import { relayEntries, sequence } from './evidence/public.ts'
import type { Context } from './platform/context.ts'
import { traceOf } from './platform/error-trace.ts'
import type { JobEntry } from './platform/job.ts'

export interface Pump extends AsyncDisposable {
  /** Something was done: the next stroke comes at once. */
  wake(): void
}

const idleMs = 1_000
const troubledMs = 15_000
const batch = 200

/**
 * Carries entries on: into the log, then to the jobs that wait for them. Entries of other processes (the command line)
 * are found by looking every second. While the log refuses to grow nothing is handed on: no proof, no effect. Disposing
 * of it sequences once more.
 */
export function pumpEvidence(ctx: Context, tell: (entry: JobEntry) => Promise<void>): Pump {
  let stopping = false
  let troubled = false
  let bell = new AbortController()

  async function stroke(): Promise<void> {
    await sequence(ctx)
    while (!stopping && (await relayEntries(ctx, tell, batch)) === batch);
  }

  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    return work().then(
      () => true,
      (error: unknown) => {
        ctx.log.warn(traceOf(error), 'evidence waits')
        return false
      },
    )
  }

  async function run(): Promise<void> {
    while (!stopping) {
      bell = new AbortController()
      troubled = !(await attempt(stroke))
      if (!stopping)
        await sleep(troubled ? troubledMs : idleMs, undefined, { signal: bell.signal }).catch(() => undefined)
    }
    await attempt(() => sequence(ctx))
  }

  const running = run()
  return {
    wake() {
      if (!troubled) bell.abort()
    },
    async [Symbol.asyncDispose]() {
      stopping = true
      bell.abort()
      await running
    },
  }
}
