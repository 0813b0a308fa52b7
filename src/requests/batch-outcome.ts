import type { Context } from '../platform/context.ts'
import type { Batch, BatchProgress } from './batch.ts'
import { locksOf, type SystemLocks } from './batch-locks.ts'
import { batchMembers, batchProgress, findBatch, findBatchOfPlan, listBatches } from './batch-queries.ts'
import { problem } from './problems.ts'
import { refuseBadId } from './refuse-bad-id.ts'
import type { Request } from './request.ts'

/** How a batch stands. */
export interface BatchOutcome {
  readonly batch: Batch
  readonly progress: BatchProgress
  /** Of the systems in which it was at work. */
  readonly locks: readonly SystemLocks[]
  /** Each person's request, by the line on which they stood; a page of them. */
  readonly members: readonly MemberState[]
}

export interface MemberState {
  readonly line: number
  readonly requestId: string
  readonly state: Request['state']
  /** Why they could not be planned for. */
  readonly problem: {
    readonly code: string
    readonly params: Readonly<Record<string, string | number>>
  } | null
}

const pageSize = 1_000

/** Throws `requests.unknown-batch`. `after` is the last line of the page before. */
export async function batchOutcome(ctx: Context, batchId: string, after = -1): Promise<BatchOutcome> {
  refuseBadId(batchId)
  const batch = await findBatch(ctx.db, batchId)
  if (!batch) throw problem('requests.unknown-batch', { batch: batchId })
  return {
    batch,
    progress: await batchProgress(ctx.db, batchId),
    locks: await locksOf(ctx.db, batchId),
    members: await batchMembers(ctx.db, batchId, after, pageSize),
  }
}

/** The batch a plan was made for; undefined where it is the plan of one person. Throws `requests.bad-id`. */
export function batchOfPlan(ctx: Context, planId: string): Promise<Batch | undefined> {
  refuseBadId(planId)
  return findBatchOfPlan(ctx.db, planId)
}

/** The latest batches. */
export const latestBatches = (ctx: Context): Promise<readonly Batch[]> => listBatches(ctx.db, 200)
