import { recordEvidence } from '../evidence/public.ts'
import { currentMap, refuseRestored } from '../inventory/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { problem } from './problems.ts'
import { newSweep } from './sweep.ts'
import { findSweep, type SweepRecord } from './sweep-queries.ts'

/** Asks for a sweep: a job makes it. Throws `requests.not-in-map`, `inventory.restored`. */
export async function askForSweep(
  ctx: Context,
  { systems, erase }: { readonly systems: readonly string[]; readonly erase: boolean },
): Promise<SweepRecord> {
  await refuseRestored(ctx)
  const { map } = await currentMap(ctx)
  return inTransaction(ctx, async (tx) => {
    const sweep = await newSweep(tx, map, systems, erase)
    await recordEvidence(tx, { kind: 'requests.sweep-asked', facts: { sweep: sweep.id, erase } })
    return sweep
  })
}

/** Throws `requests.unknown-sweep`. */
export async function sweepNumbered(ctx: Context, id: string): Promise<SweepRecord> {
  const sweep = await findSweep(ctx.db, id)
  if (!sweep) throw problem('requests.unknown-sweep', { sweep: id })
  return sweep
}
