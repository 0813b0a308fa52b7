import type { WitnessAddress } from '../platform/config.ts'
import type { Context } from '../platform/context.ts'
import { copyCheckpoint } from './copy-checkpoint.ts'
import { latestCheckpoint, saveWitness, witnessRows } from './queries.ts'
import { sendCheckpoint } from './send-checkpoint.ts'
import {
  type NewestCheckpoint,
  type Shown,
  type WitnessState,
  witnessName,
  witnessStates,
} from './witness.ts'

/**
 * Shows the newest published checkpoint to every witness that has not seen it, and writes down how it went. A witness that
 * does not answer keeps nothing else from being done: it is asked again. Not inside a transaction.
 */
export async function showCheckpoint(ctx: Context): Promise<readonly WitnessState[]> {
  const newest = ctx.witnesses.length > 0 ? await latestCheckpoint(ctx.db) : undefined
  if (!newest) return witnessStates(ctx)
  const known = new Map((await witnessRows(ctx.db)).map((row) => [row.name, row]))
  await Promise.all(
    ctx.witnesses.map(async (witness) => {
      const name = witnessName(witness)
      const before = known.get(name)
      if (before?.size === newest.size && before.problem === null) return
      const shown = await show(ctx, witness, { ...newest, seen: before?.size ?? 0 })
      const now = ctx.now()
      await saveWitness(ctx.db, {
        name,
        size: shown.trouble === null ? newest.size : (before?.size ?? 0),
        seenAt: shown.trouble === null ? now : (before?.seenAt ?? null),
        triedAt: now,
        problem: shown.trouble,
      })
    }),
  )
  return witnessStates(ctx)
}

const show = (ctx: Context, witness: WitnessAddress, newest: NewestCheckpoint): Promise<Shown> =>
  witness.kind === 'directory'
    ? copyCheckpoint(ctx, witness.path, newest)
    : sendCheckpoint(ctx, witness, newest)
