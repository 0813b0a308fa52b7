import { setTimeout as sleep } from 'node:timers/promises'
import { recordEvidence, recordEvidenceOfMany } from '../evidence/public.ts'
import { type Plan, portionSizes, systemInWork } from '../holdings/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { fittingInMemory } from '../platform/room-in-memory.ts'
import type { Batch, BatchProgress } from './batch.ts'
import { type BatchLease, withBatch } from './batch-lease.ts'
import { lockLedger, locksOf } from './batch-locks.ts'
import {
  batchProgress,
  findBatch,
  type MemberPlan,
  membersToCertify,
  plannedMembers,
  setBatchState,
} from './batch-queries.ts'
import { approveRequests, insertSteps, markPlansApproved } from './chunk-queries.ts'
import { chunkSizes } from './chunk-size.ts'
import { problem } from './problems.ts'
import { runSteps, type Turns } from './run-steps.ts'
import { certifyMembers, settleMembers } from './settle-members.ts'

export interface CarryOutBatchOptions {
  readonly signal?: AbortSignal
  readonly onStep?: (system: string, done: number) => void
  /** A chunk of so many that held rows for too long was undone; the next are smaller. */
  readonly onCut?: (system: string, people: number) => void
  readonly onVerify?: (system: string, collection: string, done: number, total: number) => void
}

const beginSize = 500
/** People who are found together before they are written chunk by chunk: 45 KB each in a shop, 8 KB in a help desk. */
const portion = { fewest: 1_000, most: fittingInMemory(45_000, 8_000) }
/** People whose traces are searched for together: each portion reads everything once, and 6 KB of each are in memory. */
const settleSize = fittingInMemory(6_000, 40_000)

/**
 * Carries out an approved batch: every person's steps, system by system in chunks, then the second reader for all of them,
 * then each one's result. May be called again, and goes on where it was cut off. Undefined when another worker is at it.
 * Throws `requests.unknown-batch`, `requests.not-yet-carried-out` for one that was not approved.
 */
export async function carryOutBatch(
  ctx: Context,
  batchId: string,
  options: CarryOutBatchOptions = {},
): Promise<BatchProgress | undefined> {
  const batch = await findBatch(ctx.db, batchId)
  if (!batch) throw problem('requests.unknown-batch', { batch: batchId })
  if (batch.state === 'finished') return batchProgress(ctx.db, batchId)
  if (batch.state !== 'approved') throw problem('requests.not-yet-carried-out', { request: batchId })
  return withBatch(ctx, batchId, options.signal, async (lease) => {
    await begin(ctx, batch, lease)
    await workInAll(ctx, batch, lease, options)
    await settleAll(ctx, batch, lease, options)
    return finish(ctx, batch)
  })
}

/** What was approved of the batch is approved of each of its people: their work in each system becomes a step. */
async function begin(ctx: Context, batch: Batch, lease: BatchLease): Promise<void> {
  for (let after = beginning; ; ) {
    lease.check()
    const members = await plannedMembers(ctx.db, batch, after, beginSize)
    if (members.length === 0) return
    after = members.at(-1)?.line ?? after
    const at = ctx.now()
    await inTransaction(ctx, async (tx) => {
      const approved = await approveRequests(tx.db, members, at, batch.approvedBy ?? '')
      const mine = new Set(approved.map(({ requestId }) => requestId))
      const own = members.filter(({ requestId }) => mine.has(requestId))
      await markPlansApproved(tx.db, own, at)
      await insertSteps(tx.db, own.flatMap(stepsFor), at)
      await recordEvidenceOfMany(
        tx,
        own.map(({ subjectId, requestId, id }) => ({
          subjectId,
          requestId,
          kind: 'requests.approved',
          facts: { plan: id, map: batch.mapNumber, batch: batch.id },
        })),
      )
    })
  }
}

/** A system that was out of reach has no fingerprint yet: its step starts from the shape it shows when it answers. */
const stepsFor = ({ subjectId, requestId, id, summary }: MemberPlan) =>
  systemsOf(summary).map(([system, fingerprint]) => ({
    subjectId,
    requestId,
    system,
    planId: id,
    fingerprint,
  }))

const systemsOf = ({ systems, unreachable }: Plan): readonly (readonly [string, string | null])[] => [
  ...systems.map((one) => [one.name, one.fingerprint] as const),
  ...unreachable
    .filter(({ name }) => systems.every((one) => one.name !== name))
    .map(({ name }) => [name, null] as const),
]

/** Systems have nothing to wait for from each other: while one is at work, another is asked. */
async function workInAll(
  ctx: Context,
  batch: Batch,
  lease: BatchLease,
  options: CarryOutBatchOptions,
): Promise<void> {
  const { systems = [], unreachable = [] } = batch.summary ?? {}
  const names = new Set([...systems, ...unreachable].map(({ name }) => name))
  const done = await Promise.allSettled([...names].map((name) => workIn(ctx, batch, name, lease, options)))
  for (const one of done) if (one.status === 'rejected') throw one.reason
}

async function workIn(
  ctx: Context,
  batch: Batch,
  name: string,
  lease: BatchLease,
  { onStep, onCut }: CarryOutBatchOptions,
): Promise<void> {
  await using system = systemInWork(ctx, name)
  await using locks = lockLedger(ctx, batch.id, name)
  const [sizes, portions] = [chunkSizes(), portionSizes(portion)]
  let done = 0
  const add = async (people: number) => {
    lease.check()
    done += people
    onStep?.(name, done)
    await locks.write()
  }
  const turns: Turns = {
    next: () => ({ people: sizes.next(), lockedAtMostMs: sizes.bound() }),
    async erased(people, { lockedMs, blocksNobody = false }) {
      await add(people)
      if (lockedMs > 0 || blocksNobody) sizes.note({ size: people, lockedMs, blocksNobody })
      // A target at work for others too gets a rest after each transaction.
      await sleep(Math.min(longestRestMs, lockedMs * restShare))
    },
    cut(people) {
      sizes.cut(people)
      onCut?.(name, people)
    },
    alone: add,
    onReleased: locks.onReleased,
  }
  for (let after = beginning; ; ) {
    lease.check()
    const [before, began] = [done, performance.now()]
    const last = await runSteps(ctx, batch, system, { after, limit: portions.next() }, turns)
    portions.note(done - before, performance.now() - began)
    // Whoever came to nothing on the way is taken once more, until nobody is left.
    if (last === undefined && after === beginning) return
    after = last ?? beginning
  }
}

/** Before every line: from a million people on, all that are done are not gone through again for each portion. */
const beginning = -1

/** As share of the time a target was at work; a quarter leaves it the fifth of the time that `load` 80 means. */
const restShare = 0.25
const longestRestMs = 250

async function settleAll(
  ctx: Context,
  batch: Batch,
  lease: BatchLease,
  { onVerify }: CarryOutBatchOptions,
): Promise<void> {
  do lease.check()
  while (await settleMembers(ctx, batch, settleSize, onVerify))
  for (;;) {
    lease.check()
    const members = await membersToCertify(ctx.db, batch, -1, beginSize)
    if (members.length === 0) return
    await certifyMembers(ctx, batch, members)
  }
}

async function finish(ctx: Context, batch: Batch): Promise<BatchProgress> {
  const progress = await batchProgress(ctx.db, batch.id)
  // Steps in the hands of another worker: the batch is finished when they are.
  if (progress.approved + progress.planned > 0) return progress
  await inTransaction(ctx, async (tx) => {
    await setBatchState(tx.db, batch.id, 'finished', tx.now())
    const { people, completed, incomplete, refused } = progress
    const locks = (await locksOf(tx.db, batch.id)).map(({ longestMs }) => longestMs)
    await recordEvidence(tx, {
      kind: 'requests.batch-finished',
      facts: {
        batch: batch.id,
        people,
        completed,
        incomplete,
        refused,
        longestLockMs: Math.max(0, ...locks),
      },
    })
  })
  return progress
}
