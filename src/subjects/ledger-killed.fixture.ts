import { uuidv7 } from '../platform/bytes.ts'
import { readConfig } from '../platform/config.ts'
import { inTransaction } from '../platform/context.ts'
import { openInstallation } from '../platform/installation.ts'
import { ensureSubject } from './ensure-subject.ts'
import { layTombstones } from './lay-tombstones.ts'

/** Lays tombstones and waits before the commit, to be killed there. */
const { config, urls } = readConfig(process.env)
const actor = { kind: 'system', id: 'test' } as const
const { ctx } = await openInstallation({ config, urls, actor, role: 'test', logLevel: 'silent' })
const subjectId = await ensureSubject(ctx, [{ kind: 'email', value: 'killed@example.org' }])
await inTransaction(ctx, async (tx) => {
  await layTombstones(tx, subjectId, [], uuidv7(tx.now()))
  process.stdout.write('laid\n')
  await new Promise((resolve) => setTimeout(resolve, 60_000))
})
