import type { Command } from 'commander'
import { t } from '../language.ts'

/** The launcher starts the server itself; this is for those who come here without it, and for the list of commands. */
export function register(program: Command): void {
  program
    .command('start')
    .description(t('summary-start'))
    .action(async () => {
      await import('../../src/main.ts')
    })
}
