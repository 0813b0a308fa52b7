import type { Command } from 'commander'
import type { Context } from '../../src/platform/context.ts'
import { batchOutcome, latestBatches } from '../../src/requests/public.ts'
import type { Answer } from '../answer.ts'
import { asBatchAnswer } from '../erase-batch.ts'
import { t } from '../language.ts'
import { say } from '../people-texts.ts'
import { withInstallation } from '../with-installation.ts'

export function register(program: Command): void {
  program
    .command('batches [batch]')
    .description(t('summary-batches'))
    .option('--after <line>', say('batches-after'), Number)
    .action((batch: string | undefined, options: { readonly after?: number }, command: Command) =>
      withInstallation(command, async (ctx) =>
        batch === undefined ? list(ctx) : asBatchAnswer(await batchOutcome(ctx, batch, options.after)),
      ),
    )
}

async function list(ctx: Context): Promise<Answer> {
  const batches = await latestBatches(ctx)
  return {
    json: batches.map(({ id, state, planId, receivedAt, approvedAt, finishedAt, summary }) => ({
      batch: id,
      state,
      plan: planId,
      people: summary?.people ?? null,
      receivedAt,
      approvedAt,
      finishedAt,
    })),
    blocks:
      batches.length === 0
        ? [say('batches-none')]
        : [
            {
              columns: ['batch', 'state', 'batch-people', 'received'].map((key) => ({
                header: say(key === 'state' ? 'column-state' : `batches-column-${key}`),
              })),
              rows: batches.map(({ id, state, summary, receivedAt }) => [
                id,
                say(`batch-state-${state}`),
                summary?.people ?? '',
                receivedAt.toISOString().slice(0, 10),
              ]),
            },
          ],
  }
}
