import { recordEvidence, sequence } from '../evidence/public.ts'
import type { ReadProgress, SystemVerification } from '../holdings/public.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { layTombstones } from '../subjects/public.ts'
import { issueCertificate, issuedCertificate } from './issue-certificate.ts'
import { isComplete, outcomes } from './outcome.ts'
import {
  findRequest,
  insertVerification,
  keptOf,
  lockRequest,
  moveVerification,
  oweCertificate,
  oweNoCertificate,
  planInForce,
  setRequestState,
  stepsOf,
  type VerificationRecord,
  verificationsOf,
  verificationsPutOff,
} from './queries.ts'
import type { PlanSeeds, Request, Stage, SystemOutcome } from './request.ts'
import { openSeeds } from './sealed.ts'
import { lookAgain } from './verify-request.ts'

/** Looks at every system with the second reader and settles the request by what it says. */
export async function settle(
  ctx: Context,
  request: Request,
  seeds: PlanSeeds,
  stage: Stage = 'at-once',
  onVerify?: ReadProgress,
): Promise<void> {
  const looked = await lookAgain(ctx, request, seeds, stage, onVerify)
  await drawResult(ctx, request, seeds, stage, looked)
}

/**
 * Draws the result of what was done and seen: complete, or not (any more), with its evidence; a complete erasure is
 * certified. A complete one is opened again by residue alone: a system that is down for a day does not undo a proof.
 */
export async function drawResult(
  ctx: Context,
  request: Request,
  seeds: PlanSeeds,
  stage: Stage,
  looked: readonly SystemVerification[],
): Promise<void> {
  // The log outside the database tells of the request before its tombstones do: a restore may lose both.
  if (request.state !== 'completed') await sequence(ctx)
  const now = ctx.now()
  const isBack = looked.some(({ state }) => state === 'residue')
  await inTransaction(ctx, async (tx) => {
    const current = await lockRequest(tx.db, request.subjectId, request.id)
    const systems = await systemsOf(tx, request)
    const isLeft = isBack || systems.some(({ state }) => state === 'residue')
    const state =
      isComplete(systems) || (current?.state === 'completed' && !isLeft) ? 'completed' : 'incomplete'
    // From here on nothing leads to the person: whoever brings them back meets the tombstone.
    await layTombstones(tx, request.subjectId, seeds.person.unique, request.id)
    await appointVerifications(tx, request, now)
    if (current?.state === state) return
    await setRequestState(tx.db, request, state, state === 'completed' ? now : null)
    if (state === 'completed') await oweCertificate(tx.db, request)
    await recordEvidence(tx, {
      subjectId: request.subjectId,
      requestId: request.id,
      kind: `requests.${state}`,
      facts: countStates(systems),
    })
  })
  const settled = await findRequest(ctx.db, request.id)
  if (settled?.state !== 'completed') return
  // A later look that finds nothing new leaves the certificate that was handed out as it is.
  const isNews = stage === 'at-once' || request.state !== 'completed'
  if (isNews || (await issuedCertificate(ctx, request.id)) === null) await certify(ctx, settled, seeds)
}

async function certify(ctx: Context, request: Request, seeds: PlanSeeds): Promise<void> {
  await issueCertificate(ctx, request, await systemsOf(ctx, request), seeds)
  await oweNoCertificate(ctx.db, request)
}

/** Writes the certificate of a complete erasure whose worker died before it could, by what was seen at its last look. */
export async function certifyAfterAll(ctx: Context, requestId: string): Promise<void> {
  const request = await findRequest(ctx.db, requestId)
  const plan = request && (await planInForce(ctx.db, request.subjectId, request.id))
  if (request?.state === 'completed' && plan) await certify(ctx, request, await openSeeds(ctx, plan))
}

const hour = 3_600_000
const appointments = [
  ['+1h', hour],
  ['+24h', 24 * hour],
  ['+30d', 30 * 24 * hour],
] as const // prettier-ignore

/** Copies come back by replicas and nightly loads: the second reader looks again later (security.md §4). */
async function appointVerifications(tx: Context, request: Request, now: Date): Promise<void> {
  const looks = await verificationsOf(tx.db, request.subjectId, request.id)
  if (looks.some(({ stage }) => stage === '+30d')) return
  for (const look of looksToCome(request, now)) await insertVerification(tx.db, look)
}

/** Looks that a clock which was ahead put off, for 400 days say, are appointed anew by one that is right. */
export async function reappointLooks(ctx: Context): Promise<void> {
  for (const [stage, after] of appointments)
    for (const look of await verificationsPutOff(ctx.db, stage, ctx.now(), after, mostReappointed))
      await moveVerification(ctx.db, look, look.furthest)
}

const mostReappointed = 1_000

/** When the second reader looks again. */
export const looksToCome = (
  request: Pick<Request, 'subjectId' | 'id'>,
  now: Date,
): readonly VerificationRecord[] =>
  appointments.map(([stage, after]) => ({
    subjectId: request.subjectId,
    id: uuidv7(now),
    requestId: request.id,
    stage,
    dueAt: new Date(now.getTime() + after),
    doneAt: null,
    report: null,
  }))

export function countStates(systems: readonly SystemOutcome[]) {
  const count = (state: SystemOutcome['state']) => systems.filter((system) => system.state === state).length
  return {
    absent: count('verified-absent'),
    kept: count('kept'),
    unreachable: count('unreachable'),
    residue: count('residue'),
  }
}

export async function systemsOf(ctx: Context, request: Request): Promise<readonly SystemOutcome[]> {
  const steps = await stepsOf(ctx.db, request.subjectId, request.id)
  const looks = await verificationsOf(ctx.db, request.subjectId, request.id)
  const done = looks
    .filter((one) => one.doneAt !== null)
    .toSorted((a, b) => Number(a.doneAt) - Number(b.doneAt))
  return outcomes(steps, await keptOf(ctx.db, request.subjectId, request.id), done.at(-1))
}
