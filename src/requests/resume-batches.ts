import type { Context } from '../platform/context.ts'
import { batchesIn } from './batch-queries.ts'
import { carryOutBatch } from './carry-out-batch.ts'
import { planBatch } from './plan-batch.ts'

/** Goes on with batches that were cut off while they were planned or carried out. Returns how many were taken up. */
export async function resumeBatches(
  ctx: Context,
  options: { readonly signal?: AbortSignal } = {},
): Promise<number> {
  let taken = 0
  for (const { id } of await batchesIn(ctx.db, 'planning')) if (await planBatch(ctx, id, options)) taken += 1
  for (const { id } of await batchesIn(ctx.db, 'approved'))
    if (await carryOutBatch(ctx, id, options)) taken += 1
  return taken
}
