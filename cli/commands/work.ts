import type { Command } from 'commander'
import { resumeBatches, workDue } from '../../src/requests/public.ts'
import { tendKeys } from '../../src/rotation/public.ts'
import { keyBlocks } from '../epoch-commands.ts'
import { t } from '../language.ts'
import { say } from '../people-texts.ts'
import { withInstallation } from '../with-installation.ts'

export function register(program: Command): void {
  program
    .command('work')
    .description(t('summary-work'))
    .action((_: unknown, command: Command) =>
      withInstallation(command, async (ctx) => {
        const batches = await resumeBatches(ctx)
        const done = { ...(await workDue(ctx)), batches }
        // Last: a key service that does not answer must not keep an erasure from being done.
        const keys = await tendKeys(ctx)
        return { json: { ...done, keys }, blocks: [say('work-done', { ...done }), ...keyBlocks(keys)] }
      }),
    )
}
