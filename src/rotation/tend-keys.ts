import { readLastBackup } from '../backup/public.ts'
import { restoreState } from '../evidence/public.ts'
import type { Context } from '../platform/context.ts'
import {
  beginEpoch,
  completeShredding,
  destroyDueEpochs,
  isRotationDue,
  keyLife,
  retireEpochs,
  rewrapKeys,
} from '../subjects/public.ts'

export interface TendInput {
  /** Begin the next epoch even though a week is not over. */
  readonly rotate?: boolean
  readonly onProgress?: (done: number) => void
  readonly signal?: AbortSignal
}

export interface KeysTended {
  /** Live keys in the table that was made anew; null when none was to be moved. */
  readonly moved: number | null
  /** Numbers of epochs. */
  readonly retired: readonly number[]
  readonly destroyed: readonly number[]
  /** People of whom no copy opens any more. */
  readonly shredded: number
}

/**
 * Whatever is due in the life of epoch keys. After a restore of Dossier's own database nothing is retired or destroyed until a
 * sweep has given it back what it lost. Throws what the steps throw, and goes on from there the next time.
 */
export async function tendKeys(
  ctx: Context,
  { rotate = false, ...rewrapping }: TendInput = {},
): Promise<KeysTended> {
  if (rotate || isRotationDue(await keyLife(ctx), ctx.now())) await beginEpoch(ctx)
  const moved = (await rewrapKeys(ctx, rewrapping)) ?? null
  if ((await restoreState(ctx)).state !== 'current') return { moved, retired: [], destroyed: [], shredded: 0 }
  const backup = await readLastBackup(ctx.paths)
  const backedUpAt = backup?.verified === true ? new Date(backup.at) : undefined
  const retired = await retireEpochs(ctx, backedUpAt)
  const destroyed = await destroyDueEpochs(ctx)
  return { moved, retired, destroyed, shredded: await completeShredding(ctx) }
}
