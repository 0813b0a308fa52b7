import type { Context } from '../src/platform/context.ts'
import {
  approvePlan,
  askedIdentifiers,
  carryOut,
  planRequest,
  type RequestOutcome,
  receiveRequest,
} from '../src/requests/public.ts' // prettier-ignore

/** Plans, approves and carries out, as `dossier erase --yes` does. */
export async function eraseNow(ctx: Context, identifier: string): Promise<RequestOutcome> {
  const asked = await askedIdentifiers(ctx, identifier)
  const request = await receiveRequest(ctx, { kind: 'erasure', asked, identityProof: 'operator-attested' })
  const { plan } = await planRequest(ctx, request)
  await approvePlan(ctx, plan.id)
  return carryOut(ctx, request.id)
}
