import { recordEvidence } from '../evidence/public.ts'
import {
  type SystemVerification,
  type VerifyInput,
  verifyAbsence,
  verifyAbsenceOfMany,
} from '../holdings/public.ts'
import { currentMap } from '../inventory/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { destroySubjectKey, tendLedger } from '../subjects/public.ts'
import { carryOut } from './carry-out.ts'
import { removeStrayCopies } from './copy-directory.ts'
import { legalDay } from './legal-seat.ts'
import {
  findRequest,
  keptToReview,
  markForgotten,
  planInForce,
  reopenStep,
  requestsToCertify,
  requestsToForget,
  requestsToSettle,
  stepsDue,
  stepsOf,
  type VerificationRecord,
  verificationsDue,
} from './queries.ts' // prettier-ignore
import type { Stage } from './request.ts'
import { longestPauseMs, runStep } from './run-step.ts'
import { openSeeds } from './sealed.ts'
import { certifyAfterAll, drawResult, reappointLooks, settle } from './settle.ts'
import { lookOf, recordLook } from './verify-request.ts'

export interface WorkDone {
  readonly resumed: number
  readonly reviewed: number
  readonly verified: number
  readonly forgotten: number
}

const batch = 100
/** What is looked for of each is in memory until all have been looked for: whole systems are read for them. */
const looksAtOnce = 10_000

/**
 * Everything that is due: erasures that were cut off or could not reach a system, what is kept on a ground that may
 * have ended, verifications, and keys of which nothing more is needed. Run by the server every minute, or by hand.
 */
export async function workDue(ctx: Context): Promise<WorkDone> {
  await removeStrayCopies(ctx)
  await tendLedger(ctx)
  const failures: unknown[] = []
  const done = {
    resumed: await resume(ctx, failures),
    reviewed: await reviewKept(ctx, failures),
    verified: await verifyDue(ctx, failures),
    forgotten: await forget(ctx, failures),
  }
  if (failures.length > 0) throw failures[0]
  return done
}

/** What fails for one person keeps nobody else waiting: it is noted, and thrown when all else is done. */
async function forEach<Item>(
  items: Iterable<Item>,
  failures: unknown[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  for (const item of items)
    await work(item).catch((error: unknown) => {
      failures.push(error)
    })
}

async function resume(ctx: Context, failures: unknown[]): Promise<number> {
  const now = ctx.now()
  const furthest = new Date(now.getTime() + longestPauseMs)
  const due = await stepsDue(ctx.db, { now, furthest, realNow: new Date() }, batch)
  const unsettled = await requestsToSettle(ctx.db, batch)
  const requests = new Set([...due, ...unsettled].map(({ requestId }) => requestId))
  await forEach(requests, failures, async (requestId) => void (await carryOut(ctx, requestId)))
  const owed = await requestsToCertify(ctx.db, batch)
  await forEach(owed, failures, ({ requestId }) => certifyAfterAll(ctx, requestId))
  return requests.size + owed.length
}

/** RET-01: what was kept goes by itself when its ground ends, through the same planner and executor (design §1.3). */
async function reviewKept(ctx: Context, failures: unknown[]): Promise<number> {
  const map = await currentMap(ctx).catch((error: unknown) => {
    if (isProblem(error, 'inventory.no-map')) return undefined
    throw error
  })
  if (!map) return 0
  const due = await keptToReview(ctx.db, await legalDay(ctx), map.number, batch)
  await forEach(due, failures, async ({ subjectId, requestId, system }) => {
    const request = await findRequest(ctx.db, requestId)
    const plan = request && (await planInForce(ctx.db, subjectId, requestId))
    const step = (await stepsOf(ctx.db, subjectId, requestId)).find((one) => one.system === system)
    if (!request || !plan || step?.state !== 'done') return
    const seeds = await openSeeds(ctx, plan)
    await reopenStep(ctx.db, step, ctx.now())
    const reopened = { ...step, purpose: 'review', state: 'waiting', found: null } as const
    if ((await runStep(ctx, reopened, plan, seeds)) === 'done') await settle(ctx, request, seeds)
  })
  return due.length
}

/**
 * All looks that are due are taken in one pass over each system; what is seen of each person is drawn by itself. What fails
 * for one of them (their system was taken out, say) leaves theirs due, is thrown at the end, and keeps nobody else waiting.
 */
async function verifyDue(ctx: Context, failures: unknown[]): Promise<number> {
  await reappointLooks(ctx)
  const due = await verificationsDue(ctx.db, ctx.now(), looksAtOnce)
  const note = (error: unknown) => void failures.push(error)
  const looks: Look[] = []
  for (const one of due) {
    const look = await prepareLook(ctx, one).catch(note)
    if (look) looks.push(look)
  }
  const inputs = looks.map(({ input }) => input)
  const seen = await verifyAbsenceOfMany(ctx, inputs).catch(() => [])
  for (const [i, look] of looks.entries()) await drawLook(ctx, look, seen[i]).catch(note)
  return due.length
}

async function prepareLook(ctx: Context, due: VerificationRecord): Promise<Look | null> {
  const known = await knownOf(ctx, due)
  return known && { due, input: await lookOf(ctx, known.request, known.seeds) }
}

async function knownOf(ctx: Context, { subjectId, requestId }: VerificationRecord) {
  const request = await findRequest(ctx.db, requestId)
  const plan = request && (await planInForce(ctx.db, subjectId, requestId))
  return request && plan ? { request, seeds: await openSeeds(ctx, plan) } : null
}

/** Where the pass for all of them failed, the person is looked for alone. */
async function drawLook(
  ctx: Context,
  { due, input }: Look,
  together: readonly SystemVerification[] | undefined,
): Promise<void> {
  const known = await knownOf(ctx, due)
  if (!known) return
  const { request, seeds } = known
  const stage = due.stage as Stage
  const seen = together ?? (await verifyAbsence(ctx, input))
  await recordLook(ctx, request, stage, seen, due)
  // As it stands now: two looks at one request may have been due, and the first may have settled it.
  const current = (await findRequest(ctx.db, request.id)) ?? request
  await drawResult(ctx, current, seeds, stage, seen)
}

interface Look {
  readonly due: VerificationRecord
  readonly input: VerifyInput
}

/** When nothing is kept and the last look was taken, the person's key goes, and with it all that was sealed for them. */
async function forget(ctx: Context, failures: unknown[]): Promise<number> {
  const due = await requestsToForget(ctx.db, batch)
  await forEach(due, failures, async ({ subjectId, requestId }) => {
    // The key first: cut off after it, the next run destroys what is gone already and then says so.
    await destroySubjectKey(ctx, subjectId)
    await inTransaction(ctx, async (tx) => {
      await markForgotten(tx.db, subjectId, requestId, ctx.now())
      await recordEvidence(tx, { subjectId, requestId, kind: 'requests.search-terms-ended', facts: {} })
    })
  })
  return due.length
}
