import { backupOldAfterDays, isRecentAndVerified, readLastBackup } from '../backup/public.ts'
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
import { problem } from './problems.ts'

export interface TendInput {
  /** Begin the next epoch even though a week is not over, or refuse: a rotation that is merely due waits without a word. */
  readonly rotate?: boolean
  readonly onProgress?: (done: number) => void
  readonly signal?: AbortSignal
}

export interface KeysTended {
  /** The epoch whose week is over, and which lives on until there is a recent verified backup. */
  readonly waiting: number | null
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
 * sweep has given it back what it lost. Throws what the steps throw, and goes on from there the next time; and
 * `rotation.no-recent-backup` where a rotation was asked for.
 */
export async function tendKeys(
  ctx: Context,
  { rotate = false, ...rewrapping }: TendInput = {},
): Promise<KeysTended> {
  const backup = await readLastBackup(ctx.paths)
  const waiting = await beginRotation(ctx, rotate, isRecentAndVerified(backup, ctx.now()))
  const moved = (await rewrapKeys(ctx, rewrapping)) ?? null
  if ((await restoreState(ctx)).state !== 'current')
    return { waiting, moved, retired: [], destroyed: [], shredded: 0 }
  const retired = await retireEpochs(ctx, backup?.verified === true ? new Date(backup.at) : undefined)
  const destroyed = await destroyDueEpochs(ctx)
  return { waiting, moved, retired, destroyed, shredded: await completeShredding(ctx) }
}

/** Never without a backup: every key is about to move, and the table of keys is what nobody can do without. Which epoch waits. */
async function beginRotation(ctx: Context, rotate: boolean, isBackedUp: boolean): Promise<number | null> {
  const life = await keyLife(ctx)
  // One that had begun goes on: nothing is safer for stopping half-way.
  if (life.epochs.some(({ state }) => state === 'rewrapping')) return null
  const isDue = isRotationDue(life, ctx.now())
  if (!rotate && !isDue) return null
  if (isBackedUp) {
    await beginEpoch(ctx)
    return null
  }
  if (rotate) throw problem('rotation.no-recent-backup', { days: backupOldAfterDays })
  return life.epochs.find(({ state }) => state === 'current')?.epoch ?? null
}
