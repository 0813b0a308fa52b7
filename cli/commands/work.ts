import type { Command } from 'commander'
import { resumeBatches, workDue } from '../../src/requests/public.ts'
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
        return { json: done, blocks: [say('work-done', { ...done })] }
      }),
    )
}
