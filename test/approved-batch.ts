import type { Context } from '../src/platform/context.ts'
import { approveBatch, askedIdentifiers, planBatch, receiveBatch } from '../src/requests/public.ts'

/** A batch of these people, planned and approved, and not carried out. Returns its id. */
export async function approvedBatch(ctx: Context, ...identifiers: readonly string[]): Promise<string> {
  const people = []
  for (const [i, one] of identifiers.entries())
    people.push({ line: i + 1, asked: await askedIdentifiers(ctx, one) })
  const { batch } = await receiveBatch(ctx, {
    people,
    count: people.length,
    identityProof: 'operator-attested',
  })
  const plan = await planBatch(ctx, batch.id)
  await approveBatch(ctx, plan?.planId ?? '')
  return batch.id
}
