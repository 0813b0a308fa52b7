import { z } from 'zod'
import { type Job, job } from '../platform/job.ts'
import { showCheckpoint } from './show-checkpoint.ts'
import { isGrave } from './witness.ts'

/** Every minute: whoever could not be reached is asked again, and what is wrong is in the log for whoever watches it. */
const showToWitnesses = job({
  name: 'evidence.show-checkpoint',
  cron: '* * * * *',
  payload: z.object({}),
  handler: async (ctx) => {
    for (const { name, trouble, size } of await showCheckpoint(ctx))
      if (trouble) ctx.log[isGrave(trouble) ? 'error' : 'warn']({ witness: name, trouble, size }, 'witness')
  },
})

export const evidenceJobs: readonly Job[] = [showToWitnesses]
