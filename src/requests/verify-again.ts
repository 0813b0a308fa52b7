import type { Context } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { outcomeOf, type RequestOutcome } from './carry-out.ts'
import { problem } from './problems.ts'
import { findRequest, planInForce, setRequestState } from './queries.ts'
import { openSeeds } from './sealed.ts'
import { lookAgain } from './verify-request.ts'

/**
 * Repeats the independent check of an erasure. Throws `requests.search-terms-gone` once the person's key is destroyed:
 * then only their tombstones are left, which the sweep compares.
 */
export async function verifyAgain(
  ctx: Context,
  requestId: string,
  onProgress?: (system: string, collection: string, done: number, total: number) => void,
): Promise<RequestOutcome> {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(requestId)
  const request = isId ? await findRequest(ctx.db, requestId) : undefined
  if (!request) throw problem('requests.unknown', { request: requestId })
  const plan = await planInForce(ctx.db, request.subjectId, request.id)
  if (!plan || request.approvedAt === null)
    throw problem('requests.not-yet-carried-out', { request: request.id })
  const seeds = await openSeeds(ctx, plan).catch((error: unknown) => {
    if (isProblem(error, 'subjects.key-destroyed'))
      throw problem('requests.search-terms-gone', { request: request.id }, error)
    throw error
  })
  await lookAgain(ctx, request, seeds, 'asked', undefined, onProgress)
  const outcome = await outcomeOf(ctx, request.id)
  if (
    request.state !== 'completed' ||
    outcome.systems.every(({ state }) => state === 'verified-absent' || state === 'kept')
  )
    return outcome
  // The person is back, or was never gone: a request that was complete is open again, and no certificate stands for it.
  await setRequestState(ctx.db, request, 'incomplete', null)
  return outcomeOf(ctx, request.id)
}
