import type { Command } from 'commander'
import { verifyAgain } from '../../src/requests/public.ts'
import { t } from '../language.ts'
import { asOutcomeAnswer } from '../outcome-answer.ts'
import { withInstallation } from '../with-installation.ts'

export function register(program: Command): void {
  program
    .command('verify <request>')
    .description(t('summary-verify'))
    .action((request: string, _: unknown, command: Command) =>
      withInstallation(command, async (ctx, { progress }) =>
        asOutcomeAnswer(
          await verifyAgain(ctx, request, (system, collection, done, total) =>
            progress.update(`${system} ${collection}`, done, total),
          ),
        ),
      ),
    )
}
