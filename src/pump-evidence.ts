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
 * are found by looking every second. Disposing of it sequences once more. While the log refuses to grow, nothing is handed on: no proof, no effect.
 */
export function pumpEvidence(ctx: Context, tell: (entry: JobEntry) => Promise<void>): Pump {
  const stopping = new AbortController()
  let waking = new AbortController()
  const wake = () => waking.abort()

  async function stroke(): Promise<void> {
    await sequence(ctx)
    while ((await relayEntries(ctx, tell, batch)) === batch) if (stopping.signal.aborted) return
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      waking = new AbortController()
      const pause = await stroke().then(
        () => idleMs,
        (error: unknown) => {
          ctx.log.warn(traceOf(error), 'evidence waits')
          return troubledMs
        },
      )
      const signal = AbortSignal.any([stopping.signal, ...(pause === idleMs ? [waking.signal] : [])])
      await sleep(pause, undefined, { signal }).catch(() => undefined)
    }
    await sequence(ctx).catch((error: unknown) => ctx.log.warn(traceOf(error), 'evidence waits'))
  }

  const running = run()
  return {
    wake,
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }
}
