import type { Context } from '../platform/context.ts'
import { type Identifier, tombstone } from './identifier.ts'
import { tombstoneRows } from './queries.ts'

/** An identifier that belongs to somebody erased, and the request that did it. */
export interface Erased<Id extends Identifier = Identifier> {
  readonly identifier: Id
  readonly requestId: string
  readonly erasedAt: Date
}

/** Which of these identifiers were erased, for a sweep: thousands in one call. No plaintext is kept to answer. */
export async function tombstonesOf<Id extends Identifier>(
  ctx: Context,
  ids: readonly Id[],
): Promise<readonly Erased<Id>[]> {
  if (ids.length === 0) return []
  const asked = ids.map((identifier) => ({
    identifier,
    kind: identifier.kind,
    tombstone: tombstone(ctx, identifier.kind, identifier.value),
  }))
  const rows = await tombstoneRows(ctx.db, asked)
  const found = Map.groupBy(rows, (row) => label(row.kind, row.tombstone))
  return asked.flatMap((one) =>
    (found.get(label(one.kind, one.tombstone)) ?? []).map(({ requestId, erasedAt }) => ({
      identifier: one.identifier,
      requestId,
      erasedAt,
    })),
  )
}

/** Whether any of these identifiers belongs to somebody erased. */
export const isTombstoned = async (ctx: Context, ids: readonly Identifier[]): Promise<boolean> =>
  (await tombstonesOf(ctx, ids)).length > 0

const label = (kind: string, hash: Buffer): string => `${kind} ${hash.toString('base64')}`
