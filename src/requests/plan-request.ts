import { recordEvidence } from '../evidence/public.ts'
import {
  findHoldings,
  type Plan,
  type PlannedErasure,
  type PlannedPerson,
  planErasure,
  type Rulings,
  type Wanted,
} from '../holdings/public.ts'
import { currentMap } from '../inventory/public.ts'
import { canonicalJson, type Json, sha256, uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { keptEarlier } from './kept-earlier.ts'
import { legalDay } from './legal-seat.ts'
import { insertPlan, lockRequest, setRequestState } from './queries.ts'
import type { PlanSeeds, Request, StoredPlan } from './request.ts'
import { fromEarlierPlans, mergeRulings, noRulings, refuseUnknownRecords } from './rulings.ts'
import { openAsked, sealSeeds } from './sealed.ts'

export interface PlannedRequest {
  readonly request: Request
  readonly plan: Omit<StoredPlan, 'approvedAt'>
  readonly planned: PlannedErasure
}

export interface PlanOptions {
  /** What somebody says who looked at possible matches; it outweighs what was said before. */
  readonly rulings?: Rulings
  readonly onProgress?: (system: string, done: number, total: number) => void
}

/**
 * Works out what an erasure would do, and keeps that as a plan to be approved. Nothing is changed in any system. A plan
 * made again knows what the one before had learnt, and what was said of possible matches. Throws
 * `requests.no-possible-match` for a ruling on a record that is none.
 */
export async function planRequest(
  ctx: Context,
  request: Request,
  { rulings = noRulings, onProgress }: PlanOptions = {},
): Promise<PlannedRequest> {
  const { number, sha256: mapSha256 } = await currentMap(ctx)
  const asked = await openAsked(ctx, request)
  const known = await keptEarlier(ctx, asked, request.id)
  const { learnt, ruled: before, undecided } = await fromEarlierPlans(ctx, request)
  const whom = { asked, known, ...(learnt && { learnt }), ...(onProgress && { onProgress }) }
  await refuseUnknownRecords(
    rulings,
    [...undecided, ...before.same, ...before.other],
    async () => (await findHoldings(ctx, { ...whom, ruled: before })).possible,
  )
  const ruled = mergeRulings(before, rulings)
  const planned = await planErasure(ctx, { ...whom, ruled }, await legalDay(ctx))
  const now = ctx.now()
  const id = uuidv7(now)
  const plan = {
    subjectId: request.subjectId,
    id,
    requestId: request.id,
    mapNumber: number,
    mapSha256,
    summary: planned.plan,
    seeds: await sealSeeds(
      ctx,
      request.subjectId,
      id,
      planSeeds({ ...planned, possible: planned.holdings.possible }, ruled),
    ),
    createdAt: now,
  }
  await inTransaction(ctx, async (tx) => {
    const current = await lockRequest(tx.db, request.subjectId, request.id)
    await insertPlan(tx.db, plan)
    // Only a first plan moves the request on: an erasure that is half done stays what it is.
    if (current?.state === 'received') await setRequestState(tx.db, request, 'planned', null)
    await recordEvidence(tx, {
      subjectId: request.subjectId,
      requestId: request.id,
      kind: 'requests.planned',
      facts: plannedFacts(id, number, planned.plan, planned.holdings.possible.length, ruled),
    })
  })
  return { request, plan, planned }
}

/** What the log says of a plan. */
export const plannedFacts = (plan: string, map: number, summary: Plan, possible: number, ruled: Rulings) => ({
  plan,
  map,
  summary: digest(summary),
  ...countsOf(summary),
  possible,
  ruledSame: ruled.same.length,
  ruledOther: ruled.other.length,
})

/** Short identifiers are not looked for in texts, and those that others share only together; the second reader is told the rest. */
export function planSeeds(
  { seeds, terms, ambiguous, mentions, person, possible }: PlannedPerson,
  ruled: Rulings,
): PlanSeeds {
  const wanted: Wanted[] = [...person.unique, ...terms.filter(({ beside, isAlias }) => !beside && !isAlias)]
  const distinct = new Map(wanted.map((one) => [`${one.kind} ${one.value}`, one]))
  const undecided = possible.map(({ system, collection, key }) => ({ system, collection, key }))
  return { seeds, terms, mentions, wanted: [...distinct.values()], ambiguous, person, undecided, ruled }
}

/** Binds numbers kept elsewhere to an evidence entry. */
export const digest = (value: unknown): string =>
  sha256(canonicalJson(JSON.parse(JSON.stringify(value)) as Json)).toString('hex')

function countsOf(plan: Plan) {
  const collections = plan.systems.flatMap((system) => system.collections)
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0)
  return {
    systems: plan.systems.length,
    unreachable: plan.unreachable.length,
    delete: sum(collections.map((one) => one.delete)),
    change: sum(collections.flatMap((one) => one.change.map(({ count }) => count))),
    keep: sum(collections.flatMap((one) => one.keep.map(({ count }) => count))),
  }
}
