import { recordEvidence } from '../evidence/public.ts'
import {
  asUnreachable,
  type EraseResult,
  eraseInSystem,
  type OnReleased,
  type Seeds,
  type SystemPlan,
  type UnreachableSystem,
} from '../holdings/public.ts'
import { currentMap } from '../inventory/public.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { isProblem, type Problem } from '../platform/problem.ts'
import { keptElsewhere, knowingAll } from './kept-earlier.ts'
import { legalDay } from './legal-seat.ts'
import { digest } from './plan-request.ts'
import { problem } from './problems.ts'
import {
  claimStep,
  failStep,
  finishStep,
  holdStep,
  type KeptRecord,
  keptOf,
  replaceKept,
  writeFound,
} from './queries.ts'
import type { PlanSeeds, Step, StoredPlan } from './request.ts'
import { openPlaces, sealPlaces } from './sealed.ts'

/** A worker that shows no sign of life for so long has lost its step. */
export const leaseMs = 8_000

/** The longest pause before a step that failed is tried again. */
export const longestPauseMs = 6 * 3_600_000

/** Another worker has taken the step over: nothing of what this one still wants to write may count. */
export class LostStep extends Error {}

/**
 * Does a plan's work in one system: claim, write ahead what was found, one transaction in the target, count again, say
 * what was done. Killed anywhere, the next claim finds what is left: all of it, or nothing (security.md §0.1).
 */
export async function runStep(
  ctx: Context,
  step: Step,
  plan: StoredPlan,
  seeds: PlanSeeds,
  onReleased?: OnReleased,
): Promise<'done' | 'failed' | 'busy'> {
  const realNow = Date.now()
  const claim = await claimStep(ctx.db, step, new Date(realNow), new Date(realNow + leaseMs))
  if (!claim) return 'busy'
  const { epoch } = claim
  const hold = async (tx: Context) => {
    if ((await holdStep(tx.db, step, epoch, new Date(Date.now() + leaseMs))) === 0) throw new LostStep()
  }
  const heartbeat = setInterval(() => void hold(ctx).catch(() => undefined), leaseMs / 3)
  try {
    const review = step.purpose === 'review'
    const { number, map, sha256 } = await currentMap(ctx)
    if (!review && sha256 !== plan.mapSha256) throw problem('requests.plan-stale', { plan: plan.id })
    const planned = seeds.seeds[step.system] ?? noSeeds
    // What earlier attempts kept stays what it is where they came to their end; else it is found anew.
    const found: { plan: SystemPlan | null; isEarlierDone: boolean } = {
      plan: step.found,
      isEarlierDone: review,
    }
    const before = await keptBefore(ctx, step)
    const elsewhere = async () => {
      const others = await keptElsewhere(ctx, step, seeds.person.unique)
      return review ? ofSameRows(before, others) : others
    }
    const result = await knowingAll(elsewhere, async (others, askAgain) =>
      eraseInSystem(ctx, {
        system: step.system,
        map,
        fingerprint: review ? null : step.fingerprint,
        seeds: withKept(review ? forReview(planned) : planned, before, others),
        terms: seeds.terms,
        mentions: review ? [] : seeds.mentions[step.system],
        today: await legalDay(ctx),
        beforeWriting: async (now, kept, lost) => {
          await askAgain()
          if (found.plan !== null && hadCommitted(found.plan, now)) {
            found.isEarlierDone = true
            return
          }
          found.plan = now
          // What stays is written ahead too: once its identifiers are gone, only these keys lead back to it.
          const staying = review ? [...kept, ...keptStill(before, lost)] : kept
          const records = await keptRecords(ctx, step, staying, number, await legalDay(ctx))
          await inTransaction(ctx, async (tx) => {
            await hold(tx)
            await writeFound(tx.db, step, epoch, now)
            await replaceKept(tx.db, step, records)
            if (!review || hasWork(now)) await note(tx, step, 'requests.found', epoch, now)
          })
        },
        beforeCommit: () => hold(ctx),
        onReleased,
      }),
    )
    const lost = found.isEarlierDone ? keptStill(before, result.lost) : []
    const end = { ...result, lost, kept: [...result.kept, ...lost] }
    await finish(ctx, step, epoch, found.plan ?? result.done, end, { review, mapNumber: number })
    return 'done'
  } catch (error) {
    if (error instanceof LostStep) return 'busy'
    if (!isProblem(error)) throw error
    return await fail(ctx, step, epoch, error)
  } finally {
    clearInterval(heartbeat)
  }
}

const noSeeds: Seeds = { identifiers: [], rows: [], across: [] }

/** What was kept and nothing else: the person may have come back since, and under the same identifiers. */
const forReview = ({ staying = [] }: Seeds): Seeds => ({ ...noSeeds, staying })

export const hasWork = (plan: SystemPlan): boolean =>
  plan.collections.some((one) => one.delete > 0 || one.change.length > 0)

/**
 * Nothing is left although an earlier attempt found something: it had committed before it was cut off. Unless more is kept
 * now than was to be: then it had failed, and a ground has begun since to keep what it could not erase.
 */
const hadCommitted = (before: SystemPlan, now: SystemPlan): boolean =>
  hasWork(before) && !hasWork(now) && keptRows(now) <= keptRows(before)

const keptRows = (plan: SystemPlan): number =>
  plan.collections.flatMap(({ keep }) => keep).reduce((all, { count }) => all + count, 0)

/** What earlier attempts kept of this step. */
async function keptBefore(ctx: Context, step: Step): Promise<EraseResult['kept']> {
  const kept = (await keptOf(ctx.db, step.subjectId, step.requestId)).filter(
    ({ system }) => system === step.system,
  )
  const rows = await Promise.all(
    kept.map(async (one) => {
      const { rule, article, until, fields, collection } = one
      const places = await openPlaces(ctx, one)
      const ground = one.ground as EraseResult['kept'][number]['row']['ground']
      return places.rows.map((row) => ({
        collection,
        lasting: places.lasting,
        row: { ...row, rule, ground, article, until, fields },
      }))
    }),
  )
  return rows.flat()
}

/**
 * Of what other requests keep, what tells of the rows a review is of: they may know one by what it holds now. A row without
 * key may stand elsewhere by now.
 */
function ofSameRows(before: EraseResult['kept'], others: Seeds['rows']): Seeds['rows'] {
  const own = new Set(before.map(({ collection, row: { key } }) => JSON.stringify([collection, key])))
  const movable = new Set(before.flatMap(({ collection, row }) => (row.elsewhere ? [collection] : [])))
  return others.filter(
    ({ collection, key }) => own.has(JSON.stringify([collection, key])) || movable.has(collection),
  )
}

/**
 * Adds the places of what was kept, also by other requests of the same person: after an erasure, or one cut off, nothing
 * else may lead back to it.
 */
const withKept = (seeds: Seeds, kept: EraseResult['kept'], others: Seeds['rows']): Seeds => ({
  ...seeds,
  rows: [
    ...seeds.rows,
    ...others,
    ...kept.map(({ collection, row: { key, digest, rule } }) => ({
      collection,
      key,
      still: { digest, rule },
    })),
  ],
})

/**
 * What nobody can tell any more stays among what was kept: forgotten, it would pass for erased. But for what another request
 * of the person kept too, and has erased since: all that it still keeps there can be told.
 */
function keptStill(before: EraseResult['kept'], lost: EraseResult['lost']): EraseResult['kept'] {
  const own = new Set(lost.map(({ collection, still }) => JSON.stringify([collection, still?.digest])))
  const inDoubt = new Set(lost.filter(({ still }) => still?.elsewhere).map(({ collection }) => collection))
  return before.filter(
    ({ collection, row }) =>
      own.has(JSON.stringify([collection, row.digest])) && !(row.elsewhere && !inDoubt.has(collection)),
  )
}

async function finish(
  ctx: Context,
  step: Step,
  epoch: number,
  done: SystemPlan,
  result: Omit<EraseResult, 'lost'> & { readonly lost: EraseResult['kept'] },
  { review, mapNumber }: { readonly review: boolean; readonly mapNumber: number },
): Promise<void> {
  const kept = await keptRecords(ctx, step, result.kept, mapNumber, await legalDay(ctx))
  await inTransaction(ctx, async (tx) => {
    const all = step.done === null ? done : addPlans(step.done, done)
    const left = leftUndone(ctx, step, epoch, result.lost)
    const end = { done: all, notObeyed: result.notObeyed, left }
    if ((await finishStep(tx.db, step, epoch, end)) === 0) throw new LostStep()
    if (left) await noteFailure(tx, step, epoch, left.problem.code)
    await replaceKept(tx.db, step, kept)
    if (!review || hasWork(done))
      await note(
        tx,
        step,
        review ? 'requests.kept-ended' : 'requests.step-done',
        epoch,
        done,
        result.notObeyed.length,
      )
  })
}

/** Null where nothing is; else why the step is to be tried again, and when. */
function leftUndone(ctx: Context, step: Step, epoch: number, lost: EraseResult['kept']) {
  if (lost.length === 0) return null
  const collections = [...new Set(lost.map(({ collection }) => collection))].join(', ')
  const error = problem('requests.kept-lost', { system: step.system, collections, rows: lost.length })
  return { problem: failure(step.system, error), nextAttemptAt: nextAttempt(ctx.now(), epoch) }
}

/** What was done so far and what a review added: the certificate tells of both. What is kept is the review's. */
function addPlans(before: SystemPlan | null, after: SystemPlan): SystemPlan {
  const names = [...new Set([...(before?.collections ?? []), ...after.collections].map((one) => one.name))]
  const collections = names.map((name) => {
    const [a, b] = [before, after].map((plan) => plan?.collections.find((one) => one.name === name))
    const change = [...(a?.change ?? [])]
    for (const one of b?.change ?? []) {
      const i = change.findIndex(({ field, action }) => field === one.field && action === one.action)
      const same = change[i]
      if (same) change[i] = { ...same, count: same.count + one.count }
      else change.push(one)
    }
    return { name, delete: (a?.delete ?? 0) + (b?.delete ?? 0), change, keep: b?.keep ?? [] }
  })
  return { ...after, collections }
}

export async function keptRecords(
  ctx: Context,
  step: Step,
  kept: EraseResult['kept'],
  mapNumber: number,
  reviewedOn: string,
): Promise<readonly KeptRecord[]> {
  const groups = new Map<string, EraseResult['kept'][number][]>()
  for (const one of kept) {
    const label = JSON.stringify([one.collection, one.row.rule, one.row.until, one.row.fields])
    groups.set(label, [...(groups.get(label) ?? []), one])
  }
  const records: KeptRecord[] = []
  for (const rows of groups.values()) {
    const [first] = rows
    if (!first) continue
    const { rule, ground, article, until, fields } = first.row
    const id = uuidv7(ctx.now())
    const distinct = new Map(
      rows.map(({ row: { key, digest, cells, elsewhere } }) => [
        key,
        { key, digest, ...(cells && { cells }), ...(elsewhere && { elsewhere }) },
      ]),
    )
    records.push({
      subjectId: step.subjectId,
      id,
      requestId: step.requestId,
      system: step.system,
      collection: first.collection,
      rule,
      ground,
      article,
      until,
      fields,
      rows: distinct.size,
      mapNumber,
      reviewedOn,
      places: await sealPlaces(ctx, step.subjectId, id, {
        lasting: first.lasting,
        rows: [...distinct.values()],
      }),
    })
  }
  return records
}

async function note(
  tx: Context,
  step: Step,
  kind: string,
  epoch: number,
  plan: SystemPlan,
  notObeyed = 0,
): Promise<void> {
  await recordEvidence(tx, {
    subjectId: step.subjectId,
    requestId: step.requestId,
    kind,
    facts: workFacts(step.system, epoch, plan, notObeyed),
  })
}

/** The entry holds totals and binds the numbers per collection by their hash; names of columns stay out of it. */
export function workFacts(system: string, attempt: number, plan: SystemPlan, notObeyed: number) {
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0)
  return {
    system,
    attempt,
    delete: sum(plan.collections.map((one) => one.delete)),
    change: sum(plan.collections.flatMap((one) => one.change.map(({ count }) => count))),
    keep: sum(plan.collections.flatMap((one) => one.keep.map(({ count }) => count))),
    notObeyed,
    summary: digest(plan.collections),
  }
}

/** When a step that failed is tried again. */
export const nextAttempt = (now: Date, epoch: number): Date =>
  new Date(now.getTime() + Math.min(2 ** epoch * 60_000, longestPauseMs))

/** Why a step failed, as it is kept. */
export const failure = (system: string, error: Problem): UnreachableSystem =>
  error.exit === 3 ? asUnreachable(system, error) : { name: system, code: error.code, params: error.params }

async function fail(ctx: Context, step: Step, epoch: number, error: Problem): Promise<'failed' | 'busy'> {
  const next = nextAttempt(ctx.now(), epoch)
  const reason = failure(step.system, error)
  const lost = await inTransaction(ctx, async (tx) => {
    if ((await failStep(tx.db, step, epoch, reason, next)) === 0) return true
    await noteFailure(tx, step, epoch, error.code)
    return false
  })
  return lost ? 'busy' : 'failed'
}

const noteFailure = (tx: Context, { subjectId, requestId, system }: Step, attempt: number, code: string) =>
  recordEvidence(tx, {
    subjectId,
    requestId,
    kind: 'requests.step-failed',
    facts: { system, attempt, problem: code },
  })
