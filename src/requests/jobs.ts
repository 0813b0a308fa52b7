import { z } from 'zod'
import { type Job, job } from '../platform/job.ts'
import { isProblem } from '../platform/problem.ts'
import { findBatch } from './batch-queries.ts'
import { carryOut } from './carry-out.ts'
import { carryOutBatch } from './carry-out-batch.ts'
import { planBatch } from './plan-batch.ts'
import { resumeBatches } from './resume-batches.ts'
import { sweepSystems } from './sweep.ts'
import { workDue } from './work-due.ts'

/** Once per approval: the entry that tells of it calls for the work. What a batch approved, the batch carries out. */
const carryOutApproved = job({
  name: 'requests.carry-out',
  from: ['requests.approved'],
  unless: ({ facts }) => 'batch' in facts,
  payload: z.object({ requestId: z.uuid() }),
  handler: async (ctx, { requestId }) => {
    await carryOut(ctx, requestId)
  },
})

const planReceivedBatch = job({
  name: 'requests.plan-batch',
  from: ['requests.batch-received'],
  payload: z.object({ facts: z.object({ batch: z.uuid() }) }),
  handler: async (ctx, { facts }, { signal }) => {
    const batch = await findBatch(ctx.db, facts.batch)
    // Whoever handed it in at the terminal may have planned it meanwhile.
    if (batch?.state === 'received') await planBatch(ctx, facts.batch, { signal })
  },
})

const carryOutApprovedBatch = job({
  name: 'requests.carry-out-batch',
  from: ['requests.batch-approved'],
  payload: z.object({ facts: z.object({ batch: z.uuid() }) }),
  handler: async (ctx, { facts }, { signal }) => {
    await carryOutBatch(ctx, facts.batch, { signal })
  },
})

/** Batches whose worker died, or whose people's steps were in other hands. */
const goOnWithBatches = job({
  name: 'requests.batches-due',
  cron: '* * * * *',
  payload: z.object({}),
  handler: async (ctx, _, { signal }) => {
    await resumeBatches(ctx, { signal })
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

export const requestJobs: readonly Job[] = [
  carryOutApproved,
  planReceivedBatch,
  carryOutApprovedBatch,
  goOnWithBatches,
  doWorkDue,
  sweepDaily,
  sweepAsked,
]
