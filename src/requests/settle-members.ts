import { entryIdsOfEach, recordEvidenceOfMany, sequence } from '../evidence/public.ts'
import { type SystemVerification, type VerifyInput, verifyAbsenceOfMany } from '../holdings/public.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { fetchSubjectKeys, layTombstonesOfMany } from '../subjects/public.ts'
import type { Batch } from './batch.ts'
import { type MemberPlan, membersToSettle } from './batch-queries.ts'
import {
  insertCertificates,
  insertVerifications,
  keptOfEach,
  requestsOfEach,
  settleRequests,
  stepsOfEach,
  verificationsOfEach,
} from './chunk-queries.ts'
import { certificateBytes, certifiedEntry, describeErasure, issuerOf } from './issue-certificate.ts'
import { isComplete, outcomes } from './outcome.ts'
import type { KeptRecord, VerificationRecord } from './queries.ts'
import type { PlanSeeds, Request, Step, SystemOutcome } from './request.ts'
import { openSeeds } from './sealed.ts'
import { countStates, looksToCome } from './settle.ts'
import { lookFor, placesOf, verifiedEntry } from './verify-request.ts'

type Progress = (system: string, collection: string, done: number, total: number) => void

/** What is known of one of a batch's people when their result is drawn. */
interface Member {
  readonly plan: MemberPlan
  readonly request: Request
  readonly seeds: PlanSeeds
  readonly steps: readonly Step[]
  readonly kept: readonly KeptRecord[]
}

/**
 * The second reader's look at every system for a portion of a batch's people, in one pass, and the result of each: what
 * `settle` does for one. Chunks of them are written together (design §5). False where nobody is left whose steps are all done.
 */
export async function settleMembers(
  ctx: Context,
  batch: Batch,
  limit: number,
  onProgress?: Progress,
): Promise<boolean> {
  const wanted = await lookedFor(ctx, batch, limit)
  if (wanted.size === 0) return false
  const seen = await verifyAbsenceOfMany(ctx, [...wanted.values()], onProgress)
  const looked = new Map([...wanted.keys()].map((requestId, i) => [requestId, seen[i] ?? []]))
  // The log outside the database tells of the requests before their tombstones do: a restore may lose both.
  await sequence(ctx)
  for await (const plans of inChunks(ctx, batch, limit)) {
    const members = await gather(
      ctx,
      plans.filter(({ requestId }) => looked.has(requestId)),
    )
    if (members.length === 0) continue
    await certify(ctx, batch, await settleChunk(ctx, members, looked))
  }
  return true
}

/** What is looked for, by request: no more is held of a portion while whole systems are read. */
async function lookedFor(
  ctx: Context,
  batch: Batch,
  limit: number,
): Promise<ReadonlyMap<string, VerifyInput>> {
  const wanted = new Map<string, VerifyInput>()
  for await (const plans of inChunks(ctx, batch, limit))
    for (const { request, steps, seeds, kept } of await gather(ctx, plans))
      wanted.set(request.id, lookFor(steps, seeds, await placesOf(ctx, kept)))
  return wanted
}

/** The first so many who have no result yet, by line. */
async function* inChunks(ctx: Context, batch: Batch, limit: number): AsyncIterable<readonly MemberPlan[]> {
  let after = -1
  for (let left = limit; left > 0; ) {
    const plans = await membersToSettle(ctx.db, batch, after, Math.min(chunkSize, left))
    if (plans.length === 0) return
    after = plans.at(-1)?.line ?? after
    left -= plans.length
    yield plans
  }
}

const chunkSize = 250

async function gather(ctx: Context, plans: readonly MemberPlan[]): Promise<readonly Member[]> {
  const steps = Map.groupBy(await stepsOfEach(ctx.db, plans), (one) => one.requestId)
  const kept = Map.groupBy(await keptOfEach(ctx.db, plans), (one) => one.requestId)
  const requests = new Map((await requestsOfEach(ctx.db, plans)).map((one) => [one.id, one]))
  const members: Member[] = []
  await fetchSubjectKeys(
    ctx,
    plans.map(({ subjectId }) => subjectId),
  )
  for (const plan of plans) {
    const request = requests.get(plan.requestId)
    if (!request) continue
    members.push({
      plan,
      request,
      seeds: await openSeeds(ctx, plan),
      steps: steps.get(plan.requestId) ?? [],
      kept: kept.get(plan.requestId) ?? [],
    })
  }
  return members
}

interface Settled extends Member {
  readonly looks: readonly VerificationRecord[]
  readonly systems: readonly SystemOutcome[]
}

/** Returns those that are complete now. */
async function settleChunk(
  ctx: Context,
  members: readonly Member[],
  looked: ReadonlyMap<string, readonly SystemVerification[]>,
): Promise<readonly Settled[]> {
  const now = ctx.now()
  const settled = members.map((member): Settled => {
    const { subjectId, id } = member.request
    const look = {
      subjectId,
      id: uuidv7(now),
      requestId: id,
      stage: 'at-once',
      dueAt: now,
      doneAt: now,
      report: looked.get(id) ?? [],
    }
    const systems = outcomes(member.steps, member.kept, look)
    return { ...member, looks: [look, ...looksToCome(member.request, now)], systems }
  })
  const stateOf = ({ systems }: Settled) => (isComplete(systems) ? 'completed' : 'incomplete')
  const places = (one: Settled) => ({ subjectId: one.request.subjectId, requestId: one.request.id })
  const moved = await inTransaction(ctx, async (tx) => {
    const results = settled.map((one) => ({ ...places(one), state: stateOf(one) }) as const)
    const mine = new Set((await settleRequests(tx.db, results, now)).map(({ requestId }) => requestId))
    const own = settled.filter(({ request }) => mine.has(request.id))
    await insertVerifications(
      tx.db,
      own.flatMap(({ looks }) => looks),
    )
    await recordEvidenceOfMany(
      tx,
      own.flatMap(({ request, looks }) =>
        ((looks[0]?.report ?? []) as readonly SystemVerification[]).map((one) =>
          verifiedEntry(request, 'at-once', one),
        ),
      ),
    )
    await recordEvidenceOfMany(
      tx,
      own.map((one) => ({
        ...places(one),
        kind: `requests.${stateOf(one)}`,
        facts: countStates(one.systems),
      })),
    )
    // Last, because other erasures wait for the ledger from here until the commit.
    await layTombstonesOfMany(
      tx,
      own.map((one) => ({ ...places(one), ids: one.seeds.person.unique })),
    )
    return own
  })
  return moved
    .filter((one) => stateOf(one) === 'completed')
    .map((one) => ({ ...one, request: { ...one.request, state: 'completed', completedAt: now } }))
}

/** The certificates of people who are complete and have none: their worker died before it wrote them. */
export async function certifyMembers(
  ctx: Context,
  batch: Batch,
  plans: readonly MemberPlan[],
): Promise<void> {
  const members = await gather(ctx, plans)
  const looks = Map.groupBy(await verificationsOfEach(ctx.db, plans), (one) => one.requestId)
  await certify(
    ctx,
    batch,
    members.map((member) => {
      const own = looks.get(member.request.id) ?? []
      return {
        ...member,
        looks: own,
        systems: outcomes(
          member.steps,
          member.kept,
          own.find(({ doneAt }) => doneAt),
        ),
      }
    }),
  )
}

async function certify(
  ctx: Context,
  { mapNumber, mapSha256 }: Batch,
  members: readonly Settled[],
): Promise<void> {
  if (members.length === 0) return
  const { size } = await sequence(ctx)
  const entries = await entryIdsOfEach(
    ctx,
    members.map(({ request }) => request.id),
  )
  const issuer = await issuerOf(ctx)
  const issued = members.map(({ plan, request, systems, seeds, looks, kept }) => {
    const document = describeErasure(issuer, {
      request,
      plan: { id: plan.id, mapNumber: mapNumber ?? 0, mapSha256: mapSha256 ?? '' },
      systems,
      seeds,
      looks,
      isKeeping: kept.length > 0,
      evidence: { entries: entries.get(request.id) ?? [], logSize: size },
    })
    return { request, document: certificateBytes(ctx, document) }
  })
  await inTransaction(ctx, async (tx) => {
    await recordEvidenceOfMany(
      tx,
      issued.map(({ request, document }) => certifiedEntry(request, document)),
    )
    await insertCertificates(
      tx.db,
      issued.map(({ request, document }) => ({
        subjectId: request.subjectId,
        requestId: request.id,
        document,
      })),
      issuer.issuedAt,
    )
  })
}
