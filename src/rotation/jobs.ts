import { z } from 'zod'
import { type Job, job } from '../platform/job.ts'
import { isProblem } from '../platform/problem.ts'
import { tendKeys } from './tend-keys.ts'

/** Looked at every hour, so that a machine that slept through its week rotates when it wakes. */
const tendHourly = job({
  name: 'rotation.tend-keys',
  cron: '41 * * * *',
  payload: z.object({}),
  handler: async (ctx, _, { signal }) => {
    try {
      await tendKeys(ctx, { signal })
    } catch (error) {
      // A backup reads the keys: the next hour is soon enough.
      if (!isProblem(error, 'subjects.keys-busy')) throw error
      ctx.log.warn({ code: error.code }, 'keys were not moved')
    }
  },
})

export const rotationJobs: readonly Job[] = [tendHourly]
