import { recordEvidence, recordEvidenceOfMany } from '../evidence/public.ts'
import {
  type Identifier,
  openSystems,
  type Plan,
  type PlannedPerson,
  type PlanProgress,
  planPeople,
  type Seeds,
} from '../holdings/public.ts'
import { currentMap } from '../inventory/public.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { isProblem, type Problem } from '../platform/problem.ts'
import { fittingInMemory } from '../platform/room-in-memory.ts'
import { fetchSubjectKeys, findSubjectsOfEach, tombstonesOf } from '../subjects/public.ts'
import type { Batch } from './batch.ts'
import { type BatchLease, withBatch } from './batch-lease.ts'
import {
  beginBatchPlan,
  findBatch,
  finishBatchPlan,
  type MemberRequest,
  membersToPlan,
} from './batch-queries.ts'
import { batchSummary } from './batch-summary.ts'
import { insertPlans, markBeside, markPlanned, markRefused } from './chunk-queries.ts'
import { keptEarlier } from './kept-earlier.ts'
import { legalDay } from './legal-seat.ts'
import { digest, plannedFacts, planRequest, planSeeds } from './plan-request.ts'
import { problem } from './problems.ts'
import { findRequest } from './queries.ts'
import { noRulings } from './rulings.ts'
import { openAsked, sealSeeds } from './sealed.ts'

export interface PlanBatchOptions extends PlanProgress {
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number) => void
}

/** People whose texts are looked through together: each portion reads all texts once, and 8 KB of each are in memory. */
const portionSize = fittingInMemory(8_000, 40_000)
const chunkSize = 250

/**
 * Works out what the erasures of a batch would do, as one plan to be approved. Nothing is changed in any system. Goes on
 * where it was cut off; a plan that stands is renewed. Undefined when another worker is at it. Throws
 * `requests.unknown-batch`, `requests.batch-not-open` for one that was approved.
 */
export async function planBatch(
  ctx: Context,
  batchId: string,
  options: PlanBatchOptions = {},
): Promise<Batch | undefined> {
  if (!(await findBatch(ctx.db, batchId))) throw problem('requests.unknown-batch', { batch: batchId })
  return withBatch(ctx, batchId, options.signal, async (lease) => {
    const batch = await begin(ctx, batchId)
    await planMembers(ctx, batch, lease, options)
    const summary = await batchSummary(ctx, batch)
    await inTransaction(ctx, async (tx) => {
      await finishBatchPlan(tx.db, batch.id, summary, tx.now())
      await recordEvidence(tx, {
        kind: 'requests.batch-planned',
        facts: {
          batch: batch.id,
          plan: batch.planId,
          map: batch.mapNumber,
          people: summary.people,
          refused: summary.refused.length,
          nothingHeld: summary.nothingHeld,
          doubtful: summary.doubtful,
          summary: digest(summary),
        },
      })
    })
    return (await findBatch(ctx.db, batch.id)) ?? batch
  })
}

/** A plan that was being made on today's map is gone on with; every other is begun anew. */
async function begin(ctx: Context, batchId: string): Promise<Batch> {
  const batch = await findBatch(ctx.db, batchId)
  if (!batch || !['received', 'planning', 'planned'].includes(batch.state))
    throw problem('requests.batch-not-open', { batch: batchId })
  const { number, sha256 } = await currentMap(ctx)
  if (batch.state === 'planning' && batch.mapSha256 === sha256) return batch
  const plan = { id: uuidv7(ctx.now()), mapNumber: number, mapSha256: sha256 }
  await beginBatchPlan(ctx.db, batchId, plan)
  return {
    ...batch,
    state: 'planning',
    planId: plan.id,
    mapNumber: number,
    mapSha256: sha256,
    plannedAt: null,
  }
}

async function planMembers(
  ctx: Context,
  batch: Batch,
  lease: BatchLease,
  { onProgress, onFound, onRead }: PlanBatchOptions,
): Promise<void> {
  await using systems = await openSystems(ctx)
  const today = await legalDay(ctx)
  let done = 0
  for (let after = -1; ; ) {
    lease.check()
    const members = await membersToPlan(ctx.db, batch, after, portionSize)
    if (members.length === 0) return
    after = members.at(-1)?.line ?? after
    // Whoever came with a plan of their own, and what was said of possible matches, is planned for alone.
    for (const member of members.filter((one) => one.wasPlanned)) await planAlone(ctx, batch, member)
    const fresh = members.filter((one) => !one.wasPlanned)
    done += members.length - fresh.length
    let stored = 0
    const before = done
    const progress: PlanProgress = {
      onFound: (people) => onFound?.(before + people),
      ...(onRead && { onRead }),
    }
    for await (const planned of planPeople(systems, await soughtOf(ctx, fresh), today, progress)) {
      for (let from = 0; from < planned.length; from += chunkSize) {
        lease.check()
        const some = planned.slice(from, from + chunkSize)
        await store(ctx, batch, fresh.slice(stored, stored + some.length), some)
        stored += some.length
      }
      onProgress?.(done + stored)
    }
    done += stored
  }
}

/** Who is looked for, and what is known of them from before. */
async function soughtOf(
  ctx: Context,
  members: readonly MemberRequest[],
): Promise<readonly { readonly asked: readonly Identifier[]; readonly known: KnownRows }[]> {
  const sought = []
  for (let from = 0; from < members.length; from += chunkSize) {
    const chunk = members.slice(from, from + chunkSize)
    await fetchSubjectKeys(
      ctx,
      chunk.map(({ subjectId }) => subjectId),
    )
    const asked = await Promise.all(
      chunk.map(({ subjectId, requestId, asked: sealed }) =>
        openAsked(ctx, { subjectId, id: requestId, asked: sealed }),
      ),
    )
    const erased = new Set((await tombstonesOf(ctx, asked.flat())).map(({ identifier }) => identifier))
    for (const [i, { requestId }] of chunk.entries()) {
      const one = asked[i] ?? []
      const known: KnownRows = one.some((id) => erased.has(id)) ? await keptEarlier(ctx, one, requestId) : {}
      sought.push({ asked: one, known })
    }
  }
  return sought
}

type KnownRows = Readonly<Record<string, Seeds['rows']>>

/** Keeps a chunk of plans, each sealed under its person's key. One transaction of many people: a batch chunk (design §5). */
async function store(
  ctx: Context,
  { planId, mapNumber, mapSha256, id: batchId }: Batch,
  members: readonly MemberRequest[],
  planned: readonly (PlannedPerson | Problem)[],
): Promise<void> {
  if (planId === null || mapNumber === null || mapSha256 === null)
    throw new Error('requests: a batch is planned for on a map')
  const now = ctx.now()
  await fetchSubjectKeys(
    ctx,
    members.map(({ subjectId }) => subjectId),
  )
  const refused = members.flatMap(({ subjectId, requestId }, i) => {
    const one = planned[i]
    return isProblem(one) ? [{ subjectId, requestId, problem: { code: one.code, params: one.params } }] : []
  })
  const plans = await Promise.all(
    members.flatMap(({ subjectId, requestId }, i) => {
      const one = planned[i]
      return one === undefined || isProblem(one) ? [] : [asStored(one, subjectId, requestId)]
    }),
  )
  const mates = await findSubjectsOfEach(
    ctx,
    plans.map(({ unique }) => unique),
  )
  await inTransaction(ctx, async (tx) => {
    await insertPlans(
      tx.db,
      plans.map(({ possible: _, unique: __, ...plan }) => plan),
    )
    await markPlanned(tx.db, planId, plans)
    await markRefused(tx.db, planId, refused)
    await markBeside(
      tx.db,
      batchId,
      plans.map(({ subjectId }, i) => ({ subjectId, mates: mates[i] ?? [] })),
    )
    await recordEvidenceOfMany(
      tx,
      plans.map(({ subjectId, requestId, id, summary, possible }) => ({
        subjectId,
        requestId,
        kind: 'requests.planned',
        facts: { ...plannedFacts(id, mapNumber, summary, possible, noRulings), batch: batchId },
      })),
    )
  })

  async function asStored(one: PlannedPerson, subjectId: string, requestId: string) {
    const id = uuidv7(now)
    return {
      subjectId,
      requestId,
      id,
      mapNumber: mapNumber ?? 0,
      mapSha256: mapSha256 ?? '',
      summary: one.plan satisfies Plan,
      seeds: await sealSeeds(ctx, subjectId, id, planSeeds(one, noRulings)),
      createdAt: now,
      possible: one.possible.length,
      unique: one.person.unique,
    }
  }
}

async function planAlone(ctx: Context, { planId }: Batch, member: MemberRequest): Promise<void> {
  if (planId === null) return
  const request = await findRequest(ctx.db, member.requestId)
  if (!request) return
  try {
    await planRequest(ctx, request)
    await markPlanned(ctx.db, planId, [member])
  } catch (error) {
    if (!isProblem(error)) throw error
    await markRefused(ctx.db, planId, [{ ...member, problem: { code: error.code, params: error.params } }])
  }
}
