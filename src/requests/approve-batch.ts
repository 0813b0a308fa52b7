import { keyMadeAt } from '../access/public.ts'
import { recordEvidence } from '../evidence/public.ts'
import { currentMap } from '../inventory/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { currentFingerprint } from './approve-plan.ts'
import type { Batch } from './batch.ts'
import { approveBatchPlan, batchProgress, findBatchOfPlan, lockBatch } from './batch-queries.ts'
import { digest } from './plan-request.ts'
import { problem } from './problems.ts'
import { refuseBadId } from './refuse-bad-id.ts'

/** Up to so many one pair of eyes is enough (security.md §2, row 13). */
export const fourEyesAbove = 100

/**
 * Approves the plan of a batch: its work may begin. Approving it twice is once. Throws `requests.unknown-plan`,
 * `requests.plan-stale` like `approvePlan`, `requests.batch-not-planned`, and `requests.four-eyes` when whoever handed in
 * more than a hundred people wants to approve them too, or does so by an API key that is younger than the batch.
 */
export async function approveBatch(ctx: Context, planId: string): Promise<Batch> {
  refuseBadId(planId)
  const batch = await findBatchOfPlan(ctx.db, planId)
  if (!batch) throw problem('requests.unknown-plan', { plan: planId })
  if (batch.state === 'approved' || batch.state === 'finished') return batch
  if (batch.state !== 'planned' || batch.summary === null)
    throw problem('requests.batch-not-planned', { batch: batch.id })
  const by = `${ctx.actor.kind}:${ctx.actor.id}`
  const { people } = await batchProgress(ctx.db, batch.id)
  if (people > fourEyesAbove && !(await isAnother(ctx, batch)))
    throw problem('requests.four-eyes', { plan: planId, people, most: fourEyesAbove })
  await refuseStale(ctx, batch)
  const at = ctx.now()
  await inTransaction(ctx, async (tx) => {
    const current = await lockBatch(tx.db, batch.id)
    if (current?.state !== 'planned' || current.planId !== planId) return
    await approveBatchPlan(tx.db, batch.id, by, at)
    await recordEvidence(tx, {
      kind: 'requests.batch-approved',
      facts: {
        batch: batch.id,
        plan: planId,
        people,
        receivedBy: batch.receivedBy,
        summary: digest(batch.summary),
      },
    })
  })
  const approved = await findBatchOfPlan(ctx.db, planId)
  if (approved?.state !== 'approved') throw problem('requests.plan-stale', { plan: planId })
  return approved
}

/** Not whoever handed the batch in, under that name or by a key made for the purpose. */
async function isAnother(ctx: Context, { receivedBy, receivedAt }: Batch): Promise<boolean> {
  const { kind, id } = ctx.actor
  if (`${kind}:${id}` === receivedBy || kind === 'system') return false
  const madeAt = kind === 'api-key' ? await keyMadeAt(ctx, id) : undefined
  return madeAt === undefined ? kind !== 'api-key' : madeAt < receivedAt
}

async function refuseStale(ctx: Context, { planId, mapSha256, summary }: Batch): Promise<void> {
  const stale = () => problem('requests.plan-stale', { plan: planId ?? '' })
  const { sha256 } = await currentMap(ctx)
  if (sha256 !== mapSha256) throw stale()
  for (const system of summary?.systems ?? []) {
    const fingerprint = await currentFingerprint(ctx, system.name)
    if (fingerprint !== undefined && fingerprint !== system.fingerprint) throw stale()
  }
}
