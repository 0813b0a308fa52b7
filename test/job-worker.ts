import { z } from 'zod'
import { relayEntries } from '../src/evidence/public.ts'
import { readConfig } from '../src/platform/config.ts'
import { openInstallation } from '../src/platform/installation.ts'
import { job } from '../src/platform/job.ts'
import { startJobs } from '../src/platform/jobs.ts'

/** A process that takes up the job `test.long`, says so, and never ends it: it is there to be killed. */
const { config } = readConfig({ DOSSIER_DATA: process.env.DOSSIER_DATA })
const urls = { main: process.env.DATABASE_URL, keys: process.env.KEYS_DATABASE_URL }
const actor = { kind: 'system', id: 'worker' } as const
const installation = await openInstallation({ config, urls, actor, role: 'worker', logLevel: 'silent' })
const long = job({
  name: 'test.long',
  payload: z.object({ entryId: z.uuid() }),
  from: ['test.begun'],
  async handler(_ctx, { entryId }) {
    process.send?.(entryId)
    await new Promise(() => undefined)
  },
})
const runner = await startJobs(installation.ctx, installation.urls, [long])
await relayEntries(installation.ctx, runner.tell, 100)
