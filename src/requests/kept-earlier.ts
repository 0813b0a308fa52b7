import type { FindInput, Identifier } from '../holdings/public.ts'
import type { Context } from '../platform/context.ts'
import { tombstonesOf } from '../subjects/public.ts'
import { findRequest, keptOf } from './queries.ts'
import { openPlaces } from './sealed.ts'

/**
 * Rows that earlier erasures of the same person kept on a ground, by system. Nothing in them leads to the person any
 * more: unknown, their texts would be taken for somebody else's and lose what the law wants kept.
 */
export async function keptEarlier(
  ctx: Context,
  asked: readonly Identifier[],
): Promise<NonNullable<FindInput['known']>> {
  const requests = new Set((await tombstonesOf(ctx, asked)).map(({ requestId }) => requestId))
  const known: Record<string, NonNullable<FindInput['known']>[string]> = {}
  for (const requestId of requests) {
    const request = await findRequest(ctx.db, requestId)
    for (const kept of request ? await keptOf(ctx.db, request.subjectId, request.id) : []) {
      const { collection, system, rule } = kept
      const { rows } = await openPlaces(ctx, kept)
      const places = rows.map(({ key, digest }) => ({ collection, key, still: { digest, rule } }))
      known[system] = [...(known[system] ?? []), ...places]
    }
  }
  return known
}
