import { recordEvidence } from '../evidence/public.ts'
import type { Identifier } from '../holdings/public.ts'
import { currentMap, openForReading } from '../inventory/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { problem } from './problems.ts'
import {
  approveRequest,
  findPlan,
  findRequest,
  insertStep,
  latestPlan,
  lockRequest,
  markPlanApproved,
  replanStep,
  stepsOf,
} from './queries.ts'
import { refuseBadId } from './refuse-bad-id.ts'
import type { Request, StoredPlan } from './request.ts'
import { openSeeds } from './sealed.ts'

/**
 * Approves a plan: its work in each system becomes a step. Refuses (`requests.plan-stale`) a plan that is not the
 * newest, or that was made on another map or another schema than today's. Approving it twice is once.
 */
export async function approvePlan(
  ctx: Context,
  planId: string,
  asked?: readonly Identifier[],
): Promise<Request> {
  refuseBadId(planId)
  const plan = await findPlan(ctx.db, planId)
  const request = plan && (await findRequest(ctx.db, plan.requestId))
  if (!plan || !request) throw problem('requests.unknown-plan', { plan: planId })
  if (asked) await refuseAnother(ctx, plan, asked)
  if (plan.approvedAt !== null) return request
  await refuseStale(ctx, plan)
  const now = ctx.now()
  await inTransaction(ctx, async (tx) => {
    // Of two who approve at once, the second finds it done.
    await lockRequest(tx.db, plan.subjectId, plan.requestId)
    if ((await findPlan(tx.db, plan.id))?.approvedAt !== null) return
    const known = new Map(
      (await stepsOf(tx.db, plan.subjectId, plan.requestId)).map((step) => [step.system, step]),
    )
    await markPlanApproved(tx.db, plan, now)
    await approveRequest(tx.db, request, now, `${ctx.actor.kind}:${ctx.actor.id}`)
    for (const [system, fingerprint] of fingerprints(plan)) {
      const step = known.get(system)
      if (!step) await insertStep(tx.db, { ...plan, system, planId: plan.id, fingerprint }, now)
      else if (step.state !== 'done' || hasWork(plan, system))
        await replanStep(tx.db, step, plan.id, fingerprint, now)
    }
    await recordEvidence(tx, {
      subjectId: plan.subjectId,
      requestId: plan.requestId,
      kind: 'requests.approved',
      facts: { plan: plan.id, map: plan.mapNumber },
    })
  })
  return { ...request, state: 'approved', approvedAt: now }
}

/** A system that was done holds something again, or still: its step begins anew. */
const hasWork = ({ summary }: StoredPlan, name: string): boolean =>
  summary.systems.some(
    (system) => system.name === name && system.collections.some((one) => one.delete + one.change.length > 0),
  )

/** A system that was out of reach has no fingerprint yet: its step starts from the shape it shows when it answers. */
const fingerprints = ({ summary }: StoredPlan): readonly (readonly [string, string | null])[] => [
  ...summary.systems.map((system) => [system.name, system.fingerprint] as const),
  ...summary.unreachable
    .filter(({ name }) => !summary.systems.some((system) => system.name === name))
    .map(({ name }) => [name, null] as const),
]

async function refuseAnother(ctx: Context, plan: StoredPlan, asked: readonly Identifier[]): Promise<void> {
  const { person } = await openSeeds(ctx, plan)
  const known = new Set([...person.unique, ...person.shared].map(({ kind, value }) => `${kind} ${value}`))
  if (!asked.some(({ kind, value }) => known.has(`${kind} ${value}`)))
    throw problem('requests.plan-of-another', { plan: plan.id })
}

async function refuseStale(ctx: Context, plan: StoredPlan): Promise<void> {
  const { sha256 } = await currentMap(ctx)
  const newest = await latestPlan(ctx.db, plan.subjectId, plan.requestId)
  if (sha256 !== plan.mapSha256 || newest?.id !== plan.id)
    throw problem('requests.plan-stale', { plan: plan.id })
  for (const system of plan.summary.systems) {
    const fingerprint = await currentFingerprint(ctx, system.name)
    if (fingerprint !== undefined && fingerprint !== system.fingerprint)
      throw problem('requests.plan-stale', { plan: plan.id })
  }
}

/** Undefined when the system does not answer: its step will find out and say so. */
export async function currentFingerprint(ctx: Context, system: string): Promise<string | undefined> {
  try {
    await using session = await openForReading(ctx, system)
    return (await session.describe({ counts: false })).fingerprint
  } catch {
    return undefined
  }
}
