import { setTimeout as sleep } from 'node:timers/promises'
import { recordEvidence } from '../evidence/public.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { layTombstones } from '../subjects/public.ts'
import { type IssuedCertificate, issueCertificate, issuedCertificate } from './issue-certificate.ts'
import { isComplete, outcomes } from './outcome.ts'
import { problem } from './problems.ts'
import {
  findRequest,
  insertVerification,
  keptOf,
  lockRequest,
  planInForce,
  setRequestState,
  stepsOf,
  verificationsOf,
} from './queries.ts'
import type { PlanSeeds, Request, StoredPlan, SystemOutcome } from './request.ts'
import { runStep } from './run-step.ts'
import { openSeeds } from './sealed.ts'
import { lookAgain } from './verify-request.ts'

export interface RequestOutcome {
  readonly request: string
  readonly state: Request['state']
  readonly systems: readonly SystemOutcome[]
  /** Only for an erasure that is complete: nothing else is certified. */
  readonly certificate: IssuedCertificate | null
}

export interface CarryOutOptions {
  readonly onStep?: (system: string, done: number, total: number) => void
  readonly onVerify?: (system: string, collection: string, done: number, total: number) => void
  /** How long to wait for another worker that has a step, before telling how things stand; default not at all. */
  readonly patienceMs?: number
}

/**
 * Carries out an approved erasure: every step that is not done, then the second reader, then the result. May be called
 * again, and by several workers: a step is done once, and whoever finds all of them done draws the result.
 */
export async function carryOut(
  ctx: Context,
  requestId: string,
  options: CarryOutOptions = {},
): Promise<RequestOutcome> {
  const request = await findRequest(ctx.db, requestId)
  if (!request) throw problem('requests.unknown', { request: requestId })
  const plan = await planInForce(ctx.db, request.subjectId, request.id)
  if (!plan) throw problem('requests.not-yet-carried-out', { request: requestId })
  const seeds = await openSeeds(ctx, plan)
  const deadline = Date.now() + (options.patienceMs ?? 0)
  for (;;) {
    const ran = await runOpenSteps(ctx, request, plan, seeds, options)
    if (ran === 'busy' && Date.now() < deadline) {
      await sleep(250)
      continue
    }
    const { state } = (await findRequest(ctx.db, requestId)) ?? request
    // Whoever has a step goes on to look and to settle: the result must not be drawn under its feet.
    const lacksResult = state !== 'completed' || (await issuedCertificate(ctx, requestId)) === null
    if (ran !== 'busy' && (ran === 'ran' || lacksResult)) await settle(ctx, request, seeds, options)
    return outcomeOf(ctx, requestId)
  }
}

async function runOpenSteps(
  ctx: Context,
  request: Request,
  plan: StoredPlan,
  seeds: PlanSeeds,
  { onStep }: CarryOutOptions,
): Promise<'ran' | 'nothing-open' | 'busy'> {
  const open = (await stepsOf(ctx.db, request.subjectId, request.id)).filter((step) => step.state !== 'done')
  let busy = false
  for (const [i, step] of open.entries()) {
    onStep?.(step.system, i, open.length)
    if ((await runStep(ctx, step, plan, seeds)) === 'busy') busy = true
  }
  return busy ? 'busy' : open.length > 0 ? 'ran' : 'nothing-open'
}

/** Looks at every system with the second reader and settles the request by what it says. */
export async function settle(
  ctx: Context,
  request: Request,
  seeds: PlanSeeds,
  options: CarryOutOptions = {},
): Promise<void> {
  await lookAgain(ctx, request, seeds, 'at-once', undefined, options.onVerify)
  const now = ctx.now()
  await inTransaction(ctx, async (tx) => {
    const current = await lockRequest(tx.db, request.subjectId, request.id)
    const systems = await systemsOf(tx, request)
    const state = isComplete(systems) ? 'completed' : 'incomplete'
    // From here on nothing leads to the person: whoever brings them back meets the tombstone.
    await layTombstones(tx, request.subjectId, seeds.identifiers, request.id)
    await appointVerifications(tx, request, now)
    if (current?.state === state) return
    await setRequestState(tx.db, request, state, state === 'completed' ? now : null)
    await recordEvidence(tx, {
      subjectId: request.subjectId,
      requestId: request.id,
      kind: `requests.${state}`,
      facts: countStates(systems),
    })
  })
  const settled = await findRequest(ctx.db, request.id)
  if (settled?.state === 'completed')
    await issueCertificate(ctx, settled, await systemsOf(ctx, settled), seeds)
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
  for (const [stage, after] of appointments)
    await insertVerification(tx.db, {
      subjectId: request.subjectId,
      id: uuidv7(now),
      requestId: request.id,
      stage,
      dueAt: new Date(now.getTime() + after),
      doneAt: null,
      report: null,
    })
}

function countStates(systems: readonly SystemOutcome[]) {
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

/** How a request stands, with its certificate when it is complete. */
export async function outcomeOf(ctx: Context, requestId: string): Promise<RequestOutcome> {
  const request = await findRequest(ctx.db, requestId)
  if (!request) throw problem('requests.unknown', { request: requestId })
  const systems = await systemsOf(ctx, request)
  const certificate = request.state === 'completed' ? await issuedCertificate(ctx, request.id) : null
  return { request: request.id, state: request.state, systems, certificate }
}
