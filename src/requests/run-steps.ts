import { recordEvidenceOfMany } from '../evidence/public.ts'
import {
  erasePeopleInSystem,
  HeldTooLong,
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
  claimSteps,
  failSteps,
  finishSteps,
  giveBackSteps,
  holdSteps,
  replaceKeptOfEach,
  writeFoundOfEach,
} from './chunk-queries.ts'
import { legalDay } from './legal-seat.ts'
import { problem } from './problems.ts'
import { findPlan, type KeptRecord } from './queries.ts'
import type { PlanSeeds, Step } from './request.ts'
import { failure, keptRecords, LostStep, leaseMs, nextAttempt, runStep, workFacts } from './run-step.ts'
import { openSeeds } from './sealed.ts'

type ClaimedStep = Awaited<ReturnType<typeof claimSteps>>[number]

export interface ChunkDone {
  /** None: nothing is left that this worker may take. */
  readonly steps: number
  /** How long rows of the target were locked, in milliseconds; null where the chunk did not go through together. */
  readonly lockedMs: number | null
  /** It would have locked rows for longer than it may: nothing was written, and all of it is still to do. */
  readonly isCut: boolean
  /** The system cannot be reached now: the rest of its steps would fail alike. */
  readonly isDown: boolean
  /** When what was done is written down here as well. */
  readonly told: Promise<void>
}

/**
 * Does the work of up to `limit` people of a batch in one system, in one transaction of the target; `runStep` for many.
 * What the target refuses for one of them is done person by person, so that the others are not held up.
 */
export async function runSteps(
  ctx: Context,
  batch: Batch,
  system: SystemInWork,
  limit: number,
  lockedAtMostMs: number | null,
): Promise<ChunkDone> {
  const now = Date.now()
  const until = new Date(now + leaseMs)
  const claimed = await claimSteps(ctx.db, batch.id, system.name, limit, new Date(now), until)
  const done = (also: Partial<ChunkDone> = {}): ChunkDone => ({
    steps: claimed.length,
    lockedMs: null,
    isCut: false,
    isDown: false,
    told: Promise.resolve(),
    ...also,
  })
  if (claimed.length === 0) return done()
  const held = holdWhile(ctx, claimed)
  try {
    const seeds = await seedsOfEach(ctx, claimed)
    const { number, map, sha256 } = await currentMap(ctx)
    if (claimed.some(({ mapSha256 }) => mapSha256 !== sha256))
      throw problem('requests.plan-stale', { plan: batch.planId ?? '' })
    const [fingerprint, ...others] = new Set(claimed.map((step) => step.fingerprint))
    if (!fingerprint || others.length > 0 || !canGoTogether(claimed, seeds)) {
      await runAlone(ctx, claimed, seeds)
      return done()
    }
    const { people, lockedMs } = await erasePeopleInSystem(ctx, {
      system,
      map,
      fingerprint,
      people: claimed.map((_, i) => ({
        seeds: seeds[i]?.seeds[system.name] ?? { identifiers: [], rows: [], across: [] },
        terms: seeds[i]?.terms ?? [],
        mentions: seeds[i]?.mentions[system.name] ?? [],
      })),
      today: await legalDay(ctx),
      lockedAtMostMs,
      beforeWriting: (work) => writeAhead(ctx, claimed, work, number, held.hold),
      beforeCommit: () => held.hold(ctx),
    })
    // The target has its work behind it: the next chunk need not wait for ours.
    return done({ lockedMs, told: held.until(finish(ctx, claimed, people)) })
  } catch (error) {
    if (error instanceof LostStep) return done()
    if (error instanceof HeldTooLong) {
      await giveBackSteps(ctx.db, claimed)
      return done({ isCut: true })
    }
    if (!isProblem(error)) throw error
    if (
      error.exit === 3 ||
      error.code === 'requests.plan-stale' ||
      error.code === 'holdings.schema-changed'
    ) {
      await failAll(ctx, claimed, system.name, error)
      return done({ isDown: true })
    }
    await runAlone(ctx, claimed, await seedsOfEach(ctx, claimed))
    return done()
  } finally {
    held.letGo()
  }
}

/** Prolongs the leases of a chunk until it is let go of, and all that was begun for it has ended. */
function holdWhile(ctx: Context, steps: readonly Step[]) {
  const hold = async (tx: Context) => {
    if ((await holdSteps(tx.db, steps, new Date(Date.now() + leaseMs))) < steps.length) throw new LostStep()
  }
  const heartbeat = setInterval(() => void hold(ctx).catch(() => undefined), leaseMs / 3)
  let last: Promise<void> | undefined
  return {
    hold,
    /** `work`, but for its news that somebody else has the chunk. */
    until(work: Promise<void>): Promise<void> {
      last = work
        .catch((error: unknown) => {
          if (!(error instanceof LostStep)) throw error
        })
        .finally(() => clearInterval(heartbeat))
      // Heard when it is waited for, and not before.
      last.catch(() => undefined)
      return last
    },
    letGo: () => void (last ?? clearInterval(heartbeat)),
  }
}

async function seedsOfEach(ctx: Context, steps: readonly ClaimedStep[]): Promise<readonly PlanSeeds[]> {
  await fetchSubjectKeys(
    ctx,
    steps.map(({ subjectId }) => subjectId),
  )
  return Promise.all(
    steps.map(({ subjectId, planId, seeds }) => openSeeds(ctx, { subjectId, id: planId, seeds })),
  )
}

/** Whose texts were not searched while their plan was made, or who were cut off before, are better done alone. */
const canGoTogether = (steps: readonly ClaimedStep[], seeds: readonly PlanSeeds[]): boolean =>
  steps.every(
    (step, i) => step.done === null && step.found === null && seeds[i]?.mentions[step.system] !== undefined,
  )

async function runAlone(
  ctx: Context,
  steps: readonly ClaimedStep[],
  seeds: readonly PlanSeeds[],
): Promise<void> {
  await holdSteps(ctx.db, steps, null)
  for (const [i, step] of steps.entries()) {
    const [own, plan] = [seeds[i], await findPlan(ctx.db, step.planId)]
    if (own && plan) await runStep(ctx, step, plan, own)
  }
}

/** Evidence before effect, and where what stays will be found again; in one transaction of many people (design §5). */
async function writeAhead(
  ctx: Context,
  steps: readonly ClaimedStep[],
  work: readonly PersonWork[],
  mapNumber: number,
  hold: (tx: Context) => Promise<void>,
): Promise<void> {
  const found = steps.flatMap((step, i) => {
    const one = work[i]
    return one ? [{ step, ...one }] : []
  })
  const kept = await keptOfAll(ctx, found, mapNumber)
  await inTransaction(ctx, async (tx) => {
    await hold(tx)
    await writeFoundOfEach(
      tx.db,
      steps,
      found.map(({ plan }) => plan),
    )
    await replaceKeptOfEach(tx.db, steps, kept)
    await recordEvidenceOfMany(
      tx,
      found.map(({ step, plan }) => entry(step, 'requests.found', plan, 0)),
    )
  })
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
  people: Awaited<ReturnType<typeof erasePeopleInSystem>>['people'],
): Promise<void> {
  const results = steps.flatMap((step, i) => {
    const one = people[i]
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
