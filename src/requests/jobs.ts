import { z } from 'zod'
import { type Job, job } from '../platform/job.ts'
import { isProblem } from '../platform/problem.ts'
import { carryOut } from './carry-out.ts'
import { sweepSystems } from './sweep.ts'
import { workDue } from './work-due.ts'

/** Once per approval: the entry that tells of it calls for the work. */
const carryOutApproved = job({
  name: 'requests.carry-out',
  from: ['requests.approved'],
  payload: z.object({ requestId: z.uuid() }),
  handler: async (ctx, { requestId }) => {
    await carryOut(ctx, requestId)
  },
})

/** Erasures that were cut off or could not reach a system, expired grounds, appointed verifications, keys to destroy. */
const doWorkDue = job({
  name: 'requests.work-due',
  cron: '* * * * *',
  payload: z.object({}),
  handler: async (ctx) => {
    await workDue(ctx)
  },
})

/** Once a day, at night: whoever came back is erased again under their old request. */
const sweepDaily = job({
  name: 'requests.sweep-daily',
  cron: '17 2 * * *',
  payload: z.object({}),
  handler: async (ctx, _, { signal }) => {
    try {
      await sweepSystems(ctx, { erase: true, signal })
    } catch (error) {
      // Nothing to sweep yet; or a restored installation, which a person has to sweep.
      if (!isProblem(error, 'inventory.no-map') && !isProblem(error, 'inventory.restored')) throw error
      ctx.log.warn({ code: error.code }, 'no sweep')
    }
  },
})

const sweepAsked = job({
  name: 'requests.sweep-asked',
  from: ['requests.sweep-asked'],
  payload: z.object({ facts: z.object({ sweep: z.uuid() }) }),
  handler: async (ctx, { facts }, { signal }) => {
    await sweepSystems(ctx, { sweep: facts.sweep, signal })
  },
})

export const requestJobs: readonly Job[] = [carryOutApproved, doWorkDue, sweepDaily, sweepAsked]
