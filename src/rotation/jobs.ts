import { z } from 'zod'
import type { Context } from '../platform/context.ts'
import { type Job, job } from '../platform/job.ts'
import type { Keyring } from '../platform/keyring.ts'
import { isProblem } from '../platform/problem.ts'
import { tendKeys } from './tend-keys.ts'

/** Looked at every hour, so that a machine that slept through its week rotates when it wakes. */
const tendHourly = job({
  name: 'rotation.tend-keys',
  cron: '41 * * * *',
  payload: z.object({}),
  handler: async (ctx, _, { signal }) => {
    try {
      tellWaiting(ctx, (await tendKeys(ctx, { signal })).waiting)
    } catch (error) {
      // A backup reads the keys: the next hour is soon enough.
      if (!isProblem(error, 'subjects.keys-busy')) throw error
      ctx.log.warn({ code: error.code }, 'keys were not moved')
    }
  },
})

const told = new WeakMap<Keyring, number>()

/** Once for each epoch: an installation that nobody has backed up yet is not to be nagged every hour. */
function tellWaiting({ keyring, log }: Context, epoch: number | null): void {
  if (epoch === null || told.get(keyring) === epoch) return
  told.set(keyring, epoch)
  log.warn({ epoch }, 'the rotation of keys waits for a recent verified backup')
}

export const rotationJobs: readonly Job[] = [tendHourly]
