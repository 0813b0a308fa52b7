import type { Context } from '../platform/context.ts'
import type { ProviderName } from '../platform/key-provider.ts'
import { destructionDue, type Epoch, rotationDue, shredDays, wrapsToRotateAt } from './epoch.ts'
import { countKeys, readEpochs } from './epoch-queries.ts'
import { countToShred } from './queries.ts'

export interface EpochReport extends Epoch {
  /** Live keys that it wraps. */
  readonly keys: number
  /** When the next thing happens to it: rotation of the current one, destruction of a retired one. */
  readonly dueAt: Date | null
}

export interface KeyLife {
  /** Where new epoch keys are made. */
  readonly provider: ProviderName
  /** From the oldest. */
  readonly epochs: readonly EpochReport[]
  /** People whose destroyed key may still open from an old copy. */
  readonly shredding: {
    readonly waiting: number
    /** Of those, for longer than the horizon that certificates promise. */
    readonly overdue: number
    readonly since: Date | null
  }
}

/** How epoch keys stand, without asking whoever keeps them. */
export async function keyLife(ctx: Context): Promise<KeyLife> {
  const epochs = await readEpochs(ctx.keys)
  const counts = new Map((await countKeys(ctx.keys)).map(({ epoch, keys }) => [epoch, keys]))
  const horizon = new Date(ctx.now().getTime() - shredDays * 86_400_000)
  const shredding = await countToShred(ctx.db, horizon)
  return {
    provider: ctx.keyring.provider.name,
    epochs: epochs.map((epoch) => ({
      ...epoch,
      keys: counts.get(epoch.epoch) ?? 0,
      dueAt: dueAt(epoch, ctx.keyHoldDays),
    })),
    shredding: shredding ?? { waiting: 0, overdue: 0, since: null },
  }
}

function dueAt(epoch: Epoch, holdDays: number): Date | null {
  if (epoch.state === 'current') return rotationDue(epoch)
  return epoch.state === 'retired' && epoch.retiredAt ? destructionDue(epoch.retiredAt, holdDays) : null
}

/** Whether the current epoch is old enough to end, or has wrapped enough. False where there is none yet. */
export function isRotationDue({ epochs }: Pick<KeyLife, 'epochs'>, now: Date): boolean {
  const current = epochs.find(({ state }) => state === 'current')
  return current !== undefined && (rotationDue(current) <= now || current.wraps >= wrapsToRotateAt)
}
