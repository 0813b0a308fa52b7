import { z } from 'zod'
import { type Job, job } from '../platform/job.ts'
import { carryOut } from './carry-out.ts'
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

export const requestJobs: readonly Job[] = [carryOutApproved, doWorkDue]
