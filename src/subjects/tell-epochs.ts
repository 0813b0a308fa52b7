import { recordEvidence } from '../evidence/public.ts'
import type { Context } from '../platform/context.ts'
import type { Epoch, EpochState } from './epoch.ts'
import { markTold, untoldEpochs } from './epoch-queries.ts'

const kinds: Readonly<Record<EpochState, string>> = {
  current: 'subjects.epoch-began',
  rewrapping: 'subjects.rewrap-began',
  rewrapped: 'subjects.keys-rewrapped',
  retired: 'subjects.epoch-retired',
  destroying: 'subjects.epoch-destruction-began',
  destroyed: 'subjects.epoch-destroyed',
}

/**
 * Puts into evidence what became of epochs. They live in another database than the log, so each remembers what was told of it: cut
 * off in between, the next teller says it again, and nothing goes untold.
 */
export async function tellEpochs(ctx: Context): Promise<void> {
  await ctx.keys.transaction(async (tx) => {
    for (const epoch of await untoldEpochs(tx)) {
      await recordEvidence(ctx, { kind: kinds[epoch.state], facts: factsOf(epoch) })
      await markTold(tx, epoch.epoch, epoch.state)
    }
  })
}

const factsOf = ({ epoch, provider, version, state, keysMoved }: Epoch) => ({
  epoch,
  provider,
  version,
  ...(state === 'rewrapped' && { keys: keysMoved }),
})
