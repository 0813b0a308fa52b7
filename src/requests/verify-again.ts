import type { Context } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { outcomeOf, type RequestOutcome } from './carry-out.ts'
import { problem } from './problems.ts'
import { findRequest, planInForce } from './queries.ts'
import { refuseBadId } from './refuse-bad-id.ts'
import { openSeeds } from './sealed.ts'
import { settle } from './settle.ts'

/**
 * Repeats the independent check of an erasure. Throws `requests.search-terms-gone` once the person's key is destroyed:
 * then only their tombstones are left, which the sweep compares.
 */
export async function verifyAgain(
  ctx: Context,
  requestId: string,
  onProgress?: (system: string, collection: string, done: number, total: number) => void,
): Promise<RequestOutcome> {
  refuseBadId(requestId)
  const request = await findRequest(ctx.db, requestId)
  if (!request) throw problem('requests.unknown', { request: requestId })
  const plan = await planInForce(ctx.db, request.subjectId, request.id)
  if (!plan || request.approvedAt === null)
    throw problem('requests.not-yet-carried-out', { request: request.id })
  const seeds = await openSeeds(ctx, plan).catch((error: unknown) => {
    if (isProblem(error, 'subjects.key-destroyed'))
      throw problem('requests.search-terms-gone', { request: request.id }, error)
    throw error
  })
  await settle(ctx, request, seeds, 'asked', onProgress)
  return outcomeOf(ctx, request.id)
}
