import { recordEvidence } from '../evidence/public.ts'
import { findHoldings, type Identifier } from '../holdings/public.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { ensureSubject, renewSubjectKey, tombstonesOf } from '../subjects/public.ts'
import { type DueDate, dueDate } from './due-date.ts'
import { legalSeat } from './legal-seat.ts'
import { findOpenErasure, findRequest, insertRequest } from './queries.ts'
import type { IdentityProof, Request } from './request.ts'
import { sealAsked } from './sealed.ts'
import { reopenRequest } from './sweep-queries.ts'

export interface NewRequest {
  readonly kind: Request['kind']
  readonly asked: readonly Identifier[]
  readonly identityProof: IdentityProof
  /** When it reached the controller; now, unless it came on paper before. */
  readonly receivedAt?: Date
}

/**
 * Takes in a request and starts its clock (DSR-01, DSR-02). An erasure that is still open for the same person is
 * returned instead of a second one: asking again renews its plan.
 */
export async function receiveRequest(ctx: Context, input: NewRequest): Promise<Request> {
  if (input.kind === 'erasure') {
    const unfinished = await unfinishedErasure(ctx, input.asked)
    if (unfinished) return unfinished.asked.length > 0 ? unfinished : nameAgain(ctx, unfinished, input.asked)
  }
  const subjectId = await subjectOf(ctx, input.asked)
  const open = input.kind === 'erasure' ? await findOpenErasure(ctx.db, subjectId) : undefined
  if (open) return open
  const now = ctx.now()
  const id = uuidv7(now)
  const receivedAt = input.receivedAt ?? now
  const due = dueDate(receivedAt, await legalSeat(ctx))
  const request: Request = {
    subjectId,
    id,
    kind: input.kind,
    state: 'received',
    receivedAt,
    dueOn: due.due,
    extendedDueOn: due.extended,
    calendar: due.calendar,
    identityProof: input.identityProof,
    asked: await sealAsked(ctx, subjectId, id, input.asked),
    approvedAt: null,
    approvedBy: null,
    completedAt: null,
  }
  await inTransaction(ctx, async (tx) => {
    await insertRequest(tx.db, request, now)
    await recordEvidence(tx, {
      subjectId,
      requestId: id,
      kind: 'requests.received',
      facts: receivedFacts(request, due.rule),
    })
  })
  return request
}

/** What the log says of a request that came in. */
export const receivedFacts = (request: Request, rule: DueDate['rule']) => ({
  kind: request.kind,
  dueOn: request.dueOn,
  rule,
  calendar: request.calendar,
  identityProof: request.identityProof,
})

/** A restore lost what was asked for: whoever asks again says it once more. */
async function nameAgain(ctx: Context, request: Request, names: readonly Identifier[]): Promise<Request> {
  await renewSubjectKey(ctx, request.subjectId)
  const asked = await sealAsked(ctx, request.subjectId, request.id, names)
  await reopenRequest(ctx.db, request, asked)
  return { ...request, asked }
}

/** A phone may be a household's: the person is who their rows say, by identifiers of their own. */
async function subjectOf(ctx: Context, asked: readonly Identifier[]): Promise<string> {
  if (asked.some(({ kind }) => kind !== 'phone')) return ensureSubject(ctx, asked)
  const { identifiers } = await findHoldings(ctx, { asked })
  return identifiers.length > 0
    ? ensureSubject(ctx, identifiers)
    : ensureSubject(ctx, asked, { uniqueOnly: false })
}

/** The erasure of somebody already erased in some systems while another was out of reach: their tombstone leads to it. */
async function unfinishedErasure(ctx: Context, asked: readonly Identifier[]): Promise<Request | undefined> {
  for (const { requestId } of await tombstonesOf(ctx, asked)) {
    const request = await findRequest(ctx.db, requestId)
    if (request?.state === 'incomplete') return request
  }
  return undefined
}
