import { recordEvidence } from '../evidence/public.ts'
import { createdAfter, creationFields, findHoldings, type Identifier } from '../holdings/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { renewSubjectKey } from '../subjects/public.ts'
import { approvePlan } from './approve-plan.ts'
import { carryOut } from './carry-out.ts'
import { planRequest } from './plan-request.ts'
import { findRequest, insertVerification, lockRequest, planInForce, verificationsOf } from './queries.ts'
import type { Request } from './request.ts'
import { openAsked, sealAsked } from './sealed.ts'
import { looksToCome } from './settle.ts'
import type { Gathered } from './sweep-found.ts'
import { reopenRequest } from './sweep-queries.ts'
import { type FoundAgain, verdictOf } from './sweep-report.ts'

export interface SweptBack {
  readonly sweep: string
  readonly gathered: Gathered
  readonly timeZone: string
}

/**
 * Opens an erasure again whose person is back: incomplete, with evidence, in one transaction. What names them is sealed
 * under their key; where that was destroyed they get a new one, which goes the same way after the last look
 * (decision 7). Undefined when a worker has the request in hand.
 */
export async function reopen(ctx: Context, { sweep, gathered }: SweptBack): Promise<Request | undefined> {
  const { request } = gathered
  const hasNewKey = await renewSubjectKey(ctx, request.subjectId)
  const asked = await sealAsked(ctx, request.subjectId, request.id, await namesOf(ctx, gathered))
  const plan = await planInForce(ctx.db, request.subjectId, request.id)
  return inTransaction(ctx, async (tx) => {
    const current = await lockRequest(tx.db, request.subjectId, request.id)
    if (!current || current.state === 'approved') return undefined
    await reopenRequest(tx.db, request, asked)
    await noteReturn(tx, sweep, gathered, { hasNewKey, approvedPlan: plan?.id ?? null })
    return { ...current, state: 'incomplete', completedAt: null, asked }
  })
}

/** What the rows say, and what was asked for then, where that still opens. */
async function namesOf(ctx: Context, { request, identifiers }: Gathered): Promise<readonly Identifier[]> {
  const before = await openAsked(ctx, request).catch((error: unknown) => {
    if (isProblem(error, 'subjects.key-destroyed') || isProblem(error, 'platform.sealed-mismatch')) return []
    throw error
  })
  const known = new Map<string, Identifier>(before.map((one) => [`${one.kind} ${one.value}`, one]))
  for (const [label, one] of identifiers) known.set(label, one)
  return [...known.values()]
}

/** Says in the log who was found where, in numbers. */
export async function noteReturn(
  ctx: Context,
  sweep: string,
  { request, places }: Gathered,
  more: {
    readonly verdict?: FoundAgain['verdict']
    readonly hasNewKey?: boolean
    readonly approvedPlan?: string | null
  } = {},
): Promise<void> {
  const all = [...places.values()]
  const rows = (state: string) =>
    all.filter((place) => place.state === state).reduce((sum, place) => sum + place.rows, 0)
  await recordEvidence(ctx, {
    subjectId: request.subjectId,
    requestId: request.id,
    kind: 'requests.returned',
    facts: {
      sweep,
      verdict: verdictOf(all),
      systems: new Set(all.map(({ system }) => system)).size,
      returned: rows('returned'),
      fresh: rows('fresh'),
      ...more,
    },
  })
}

/** Plans an opened request anew, and with `erase` carries it out under the approval it once had. */
export async function eraseAgain(
  ctx: Context,
  request: Request,
  back: SweptBack & { readonly looked: boolean },
  erase: boolean,
): Promise<Pick<FoundAgain, 'verdict' | 'plan' | 'state' | 'systems' | 'problem'>> {
  const stay = { verdict: 'returned', plan: null, state: request.state, systems: [], problem: null } as const
  try {
    if (!back.looked && (await cameAnew(ctx, back))) return { ...stay, verdict: 'contested' }
    const { plan } = await planRequest(ctx, request)
    if (!erase) return { ...stay, plan: plan.id }
    // A system that does not answer may hold the registration of somebody who came again: the next sweep asks it.
    const [silent] = plan.summary.unreachable
    if (silent) return { ...stay, plan: plan.id, problem: { code: silent.code, params: silent.params } }
    const asSystem: Context = { ...ctx, actor: { kind: 'system', id: 'sweep' } }
    await approvePlan(asSystem, plan.id)
    await appointLooks(ctx, request)
    const { state, systems } = await carryOut(asSystem, request.id)
    const short = systems.map((one) => ({ name: one.name, state: one.state }))
    return { ...stay, plan: plan.id, state, systems: short }
  } catch (error) {
    if (!isProblem(error)) throw error
    const now = await findRequest(ctx.db, request.id)
    return {
      ...stay,
      state: now?.state ?? request.state,
      problem: { code: error.code, params: error.params },
    }
  }
}

/** One row made after the erasure, in whatever system, and the person is somebody's customer again. */
export async function cameAnew(ctx: Context, { gathered, timeZone }: SweptBack): Promise<boolean> {
  const { systems } = await findHoldings(ctx, { asked: await namesOf(ctx, gathered) })
  for (const { collections } of systems)
    for (const { fields, rows } of collections) {
      const creation = creationFields(fields)
      const places = creation.map((field) => fields.indexOf(field))
      for (const { cells, role } of rows) {
        if (role !== 'owner') continue
        const own = places.map((place) => cells[place] ?? null)
        if (createdAfter(creation, own, gathered.erasedAt, timeZone).isLater) return true
      }
    }
  return false
}

/** The looks of the first erasure are over: the second is looked after as long. */
async function appointLooks(ctx: Context, request: Request): Promise<void> {
  const appointed = await verificationsOf(ctx.db, request.subjectId, request.id)
  if (appointed.some(({ doneAt }) => doneAt === null)) return
  await inTransaction(ctx, async (tx) => {
    for (const look of looksToCome(request, tx.now())) await insertVerification(tx.db, look)
  })
}
