import { recordEvidenceOfMany } from '../evidence/public.ts'
import {
  type ErasedTogether,
  type ErasePeopleInput,
  erasePeopleInSystem,
  type OnReleased,
  type PersonWork,
  type SystemInWork,
  type SystemPlan,
} from '../holdings/public.ts'
import { currentMap } from '../inventory/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { isProblem, type Problem } from '../platform/problem.ts'
import { fetchSubjectKeys } from '../subjects/public.ts'
import type { Batch } from './batch.ts'
import {
  type ClaimedStep,
  claimSteps,
  failSteps,
  finishSteps,
  holdSteps,
  type Portion,
  replaceKeptOfEach,
  writeFoundOfEach,
} from './chunk-queries.ts'
import { alsoKeptElsewhere } from './kept-earlier.ts'
import { legalDay } from './legal-seat.ts'
import { problem } from './problems.ts'
import { findPlan, type KeptRecord } from './queries.ts'
import type { PlanSeeds, Step } from './request.ts'
import { failure, keptRecords, LostStep, leaseMs, nextAttempt, runStep, workFacts } from './run-step.ts'
import { openSeeds } from './sealed.ts'

/** How a system is worked in: how many people at once, and what is done between. */
export interface Turns {
  readonly next: ErasePeopleInput['next']
  /** So many were erased in one transaction, or without one where nothing was there. */
  erased(people: number, held: Pick<ErasedTogether, 'lockedMs' | 'blocksNobody'>): Promise<void>
  /** So many would have had rows locked for longer than they may be: nothing was written, and they come again. */
  cut(people: number): void
  /** So many were done person by person. */
  alone(people: number): Promise<void>
  readonly onReleased: OnReleased
}

/**
 * Does the work of a portion of a batch's people in one system: found and planned together, and written in transactions as
 * large as may be; `runStep` for many. What the target refuses is done person by person, so that the others are not held
 * up. Returns the line it came to; undefined where nothing is left from there on that this worker may take.
 */
export async function runSteps(
  ctx: Context,
  batch: Batch,
  system: SystemInWork,
  portion: Portion,
  turns: Turns,
): Promise<number | undefined> {
  const now = Date.now()
  const until = new Date(now + leaseMs)
  const claimed = await claimSteps(ctx.db, batch.id, system.name, portion, new Date(now), until)
  if (claimed.length === 0) return undefined
  const last = claimed[0]?.lastLine
  const open = new Set<ClaimedStep>(claimed)
  await using held = holdWhile(ctx, open)
  try {
    const seeds = await seedsOfEach(ctx, claimed)
    const { number, map, sha256 } = await currentMap(ctx)
    if (claimed.some(({ mapSha256 }) => mapSha256 !== sha256))
      throw problem('requests.plan-stale', { plan: batch.planId ?? '' })
    const [fingerprint, ...others] = new Set(claimed.map((step) => step.fingerprint))
    const people = claimed.map((step) => ({ ...step, ids: seeds.get(step)?.person.unique ?? [] }))
    const shared = await alsoKeptElsewhere(ctx, system.name, people)
    const { together = [], alone = [] } = Object.groupBy(claimed, (step) =>
      others.length === 0 && !shared.has(step.requestId) && canGoTogether(step, seeds.get(step))
        ? 'together'
        : 'alone',
    )
    await runAlone(ctx, alone, open, turns)
    const said: Said = new Map()
    const stepsAt = (places: readonly number[]) => places.flatMap((place) => together[place] ?? [])
    if (!fingerprint || together.length === 0) return last
    const erasing = erasePeopleInSystem(ctx, {
      system,
      map,
      fingerprint,
      people: together.map((step) => ({
        seeds: seeds.get(step)?.seeds[system.name] ?? { identifiers: [], rows: [], across: [] },
        terms: seeds.get(step)?.terms ?? [],
        mentions: seeds.get(step)?.mentions[system.name] ?? [],
      })),
      today: await legalDay(ctx),
      next: turns.next,
      beforeWriting: (work, places) => writeAhead(ctx, stepsAt(places), work, number, said),
      beforeCommit: (places) => hold(ctx, stepsAt(places)),
      onReleased: turns.onReleased,
    })
    for await (const done of erasing) {
      const steps = stepsAt(done.people)
      if ('results' in done) {
        // The target has its work behind it: the next people need not wait for ours.
        await held.finish(steps, () => finish(ctx, steps, done.results))
        await turns.erased(steps.length, done)
      } else if (done.refused) {
        await held.finished()
        await runAlone(ctx, steps, open, turns)
      } else turns.cut(steps.length)
    }
    await held.finished()
  } catch (error) {
    if (error instanceof LostStep) return last
    if (!isProblem(error)) throw error
    await held.finished()
    if (
      error.exit === 3 ||
      error.code === 'requests.plan-stale' ||
      error.code === 'holdings.schema-changed'
    ) {
      await failAll(ctx, [...open], system.name, error)
      return last
    }
    await runAlone(ctx, [...open], open, turns)
  }
  return last
}

async function hold(ctx: Context, steps: readonly Step[]): Promise<void> {
  if ((await holdSteps(ctx.db, steps, new Date(Date.now() + leaseMs))) < steps.length) throw new LostStep()
}

/** Prolongs the leases of the steps that are still open, until all that was begun for them has ended. */
function holdWhile(ctx: Context, open: Set<ClaimedStep>) {
  const heartbeat = setInterval(() => void hold(ctx, [...open]).catch(() => undefined), leaseMs / 3)
  let last: Promise<void> = Promise.resolve()
  return {
    /** Begins `work`, which is the end of some steps, as soon as what was begun before is done. */
    async finish(steps: readonly ClaimedStep[], work: () => Promise<void>): Promise<void> {
      await last
      for (const step of steps) open.delete(step)
      last = work().catch((error: unknown) => {
        // Somebody else has them.
        if (!(error instanceof LostStep)) throw error
      })
      // Heard when it is waited for, and not before.
      last.catch(() => undefined)
    },
    finished: (): Promise<void> => last,
    async [Symbol.asyncDispose](): Promise<void> {
      clearInterval(heartbeat)
      await last
    },
  }
}

async function seedsOfEach(
  ctx: Context,
  steps: readonly ClaimedStep[],
): Promise<ReadonlyMap<ClaimedStep, PlanSeeds>> {
  await fetchSubjectKeys(
    ctx,
    steps.map(({ subjectId }) => subjectId),
  )
  const opened = steps.map(
    async (step) => [step, await openSeeds(ctx, { ...step, id: step.planId })] as const,
  )
  return new Map(await Promise.all(opened))
}

/** Whose texts were not searched while their plan was made, or who were cut off before, are better done alone. */
const canGoTogether = (step: ClaimedStep, seeds: PlanSeeds | undefined): boolean =>
  step.fingerprint !== null &&
  step.done === null &&
  step.found === null &&
  seeds?.mentions[step.system] !== undefined

/** Person by person, each with a claim of their own. */
async function runAlone(
  ctx: Context,
  steps: readonly ClaimedStep[],
  open: Set<ClaimedStep>,
  turns: Turns,
): Promise<void> {
  if (steps.length === 0) return
  for (const step of steps) open.delete(step)
  await holdSteps(ctx.db, steps, null)
  const seeds = await seedsOfEach(ctx, steps)
  for (const step of steps) {
    const [own, plan] = [seeds.get(step), await findPlan(ctx.db, step.planId)]
    if (own && plan) await runStep(ctx, step, plan, own, turns.onReleased)
    await turns.alone(1)
  }
}

/** What this worker has in the evidence of each step, under the claim it has: a chunk that is planned anew mostly finds the same. */
type Said = Map<ClaimedStep, string>

/** Evidence before effect, and where what stays will be found again; in one transaction of many people (design §5). */
async function writeAhead(
  ctx: Context,
  steps: readonly ClaimedStep[],
  work: readonly PersonWork[],
  mapNumber: number,
  said: Said,
): Promise<void> {
  const found = steps.flatMap((step, i) => {
    const one = work[i]
    return one ? [{ step, ...one }] : []
  })
  const kept = await keptOfAll(ctx, found, mapNumber)
  const entries = found.map(({ step, plan }) => ({ step, ...entry(step, 'requests.found', plan, 0) }))
  const news = entries.filter(({ step, facts }) => said.get(step) !== facts.summary)
  await inTransaction(ctx, async (tx) => {
    await hold(tx, steps)
    await writeFoundOfEach(
      tx.db,
      steps,
      found.map(({ plan }) => plan),
    )
    await replaceKeptOfEach(tx.db, steps, kept)
    await recordEvidenceOfMany(
      tx,
      news.map(({ step: _, ...one }) => one),
    )
  })
  for (const { step, facts } of news) said.set(step, facts.summary)
}

const entry = (step: Step, kind: string, plan: SystemPlan, notObeyed: number) => ({
  subjectId: step.subjectId,
  requestId: step.requestId,
  kind,
  facts: workFacts(step.system, step.epoch, plan, notObeyed),
})

async function keptOfAll(
  ctx: Context,
  work: readonly { readonly step: Step; readonly kept: PersonWork['kept'] }[],
  mapNumber: number,
): Promise<readonly KeptRecord[]> {
  const today = await legalDay(ctx)
  const records = await Promise.all(
    work.map(({ step, kept }) => keptRecords(ctx, step, kept, mapNumber, today)),
  )
  return records.flat()
}

/** What is kept stands already as it was written ahead. */
async function finish(
  ctx: Context,
  steps: readonly ClaimedStep[],
  erased: ErasedTogether['results'],
): Promise<void> {
  const results = steps.flatMap((step, i) => {
    const one = erased[i]
    return one ? [{ step, done: one.done, notObeyed: one.notObeyed }] : []
  })
  await inTransaction(ctx, async (tx) => {
    const outcomes = results.map(({ done, notObeyed }) => ({ done, notObeyed }))
    if ((await finishSteps(tx.db, steps, outcomes)) < steps.length) throw new LostStep()
    await recordEvidenceOfMany(
      tx,
      results.map(({ step, done, notObeyed }) => entry(step, 'requests.step-done', done, notObeyed.length)),
    )
  })
}

async function failAll(
  ctx: Context,
  steps: readonly ClaimedStep[],
  system: string,
  error: Problem,
): Promise<void> {
  const [first] = steps
  await inTransaction(ctx, async (tx) => {
    const failed = await failSteps(
      tx.db,
      steps,
      failure(system, error),
      nextAttempt(ctx.now(), first?.epoch ?? 1),
    )
    await recordEvidenceOfMany(
      tx,
      failed.map(({ subjectId, requestId }) => ({
        subjectId,
        requestId,
        kind: 'requests.step-failed',
        facts: {
          system,
          attempt: steps.find((step) => step.requestId === requestId)?.epoch ?? 1,
          problem: error.code,
        },
      })),
    )
  })
}
