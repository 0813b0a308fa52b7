import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../platform/context.ts'
import { type ShredState, shredState } from '../subjects/public.ts'
import { type IssuedCertificate, issuedCertificate } from './issue-certificate.ts'
import { problem } from './problems.ts'
import { findRequest, planInForce, stepsOf } from './queries.ts'
import type { PlanSeeds, Request, StoredPlan, SystemOutcome } from './request.ts'
import { runStep } from './run-step.ts'
import { openSeeds } from './sealed.ts'
import { settle, systemsOf } from './settle.ts'

export interface RequestOutcome {
  readonly request: string
  readonly state: Request['state']
  readonly systems: readonly SystemOutcome[]
  /** Only for an erasure that is complete: nothing else is certified. */
  readonly certificate: IssuedCertificate | null
  /** How far the person's deleted key is from being unreadable in every copy; null while they have one. */
  readonly shredding: ShredState | null
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
    if (ran !== 'busy' && (ran === 'ran' || lacksResult))
      await settle(ctx, request, seeds, 'at-once', options.onVerify)
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

/** How a request stands, with its certificate when it is complete. */
export async function outcomeOf(ctx: Context, requestId: string): Promise<RequestOutcome> {
  const request = await findRequest(ctx.db, requestId)
  if (!request) throw problem('requests.unknown', { request: requestId })
  const systems = await systemsOf(ctx, request)
  const certificate = request.state === 'completed' ? await issuedCertificate(ctx, request.id) : null
  const shredding = request.kind === 'erasure' ? await shredState(ctx, request.subjectId) : null
  return { request: request.id, state: request.state, systems, certificate, shredding }
}
