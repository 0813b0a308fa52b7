import { type Person, type RecordPlace, type Rulings, readRecordName, samePlace } from '../holdings/public.ts'
import type { Context } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { problem } from './problems.ts'
import { latestPlan, planInForce } from './queries.ts'
import type { PlanSeeds, Request, StoredPlan } from './request.ts'
import { openSeeds } from './sealed.ts'

export const noRulings: Rulings = { same: [], other: [] }

/**
 * What the plan that was carried out had learnt of the person, whose rows may be gone since, and what the newest one knew
 * of possible matches: those in doubt, and what was said of others.
 */
export async function fromEarlierPlans(
  ctx: Context,
  { subjectId, id }: Request,
): Promise<{
  readonly learnt: Person | null
  readonly ruled: Rulings
  readonly undecided: readonly RecordPlace[]
}> {
  const inForce = await readSeeds(ctx, await planInForce(ctx.db, subjectId, id))
  const newest = await readSeeds(ctx, await latestPlan(ctx.db, subjectId, id))
  return {
    learnt: inForce?.person ?? null,
    ruled: newest?.ruled ?? noRulings,
    undecided: newest?.undecided ?? [],
  }
}

/** Nothing once the person's key was destroyed, be there a new one or not: then an earlier plan tells nobody anything. */
async function readSeeds(ctx: Context, plan: StoredPlan | undefined): Promise<PlanSeeds | null> {
  if (!plan) return null
  return openSeeds(ctx, plan).catch((error: unknown) => {
    if (isProblem(error, 'subjects.key-destroyed') || isProblem(error, 'platform.sealed-mismatch'))
      return null
    throw error
  })
}

/** The later word on a record counts. */
export function mergeRulings(before: Rulings, after: Rulings): Rulings {
  const stands = (place: RecordPlace) => ![...after.same, ...after.other].some((one) => samePlace(one, place))
  return {
    same: [...before.same.filter(stands), ...after.same],
    other: [...before.other.filter(stands), ...after.other],
  }
}

/**
 * A slip in a record's name must not tie a stranger's record to the person: only what is in doubt can be ruled on. Throws
 * `requests.no-possible-match`, naming the record.
 */
export async function refuseUnknownRecords(
  rulings: Rulings,
  known: readonly RecordPlace[],
  findPossible: () => Promise<readonly RecordPlace[]>,
): Promise<void> {
  const unknown = [...rulings.same, ...rulings.other].filter(
    (one) => !known.some((place) => samePlace(one, place)),
  )
  if (unknown.length === 0) return
  const possible = await findPossible()
  const stray = unknown.find((one) => !possible.some((place) => samePlace(one, place)))
  if (stray)
    throw problem('requests.no-possible-match', { system: stray.system, collection: stray.collection })
}

/** Rulings as people write them: names of records, as `find` prints them. */
export const readRulings = (same: readonly string[], other: readonly string[]): Rulings => ({
  same: same.map(readRecordName),
  other: other.map(readRecordName),
})
