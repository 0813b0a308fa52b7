import type { Context } from '../platform/context.ts'
import { blindIndex, type Identifier, isUnique } from './identifier.ts'
import { type Indexed, lookUp } from './queries.ts'

export interface Reach {
  /** Default true: only identifiers that are one person's lead to a subject. */
  readonly uniqueOnly?: boolean
}

/** The subjects these identifiers lead to, each once. Identifiers as `normaliseIdentifier` writes them. */
export async function findSubjects(
  ctx: Context,
  ids: readonly Identifier[],
  reach: Reach = {},
): Promise<readonly string[]> {
  const leading = ids.filter((id) => reach.uniqueOnly === false || isUnique(id))
  if (leading.length === 0) return []
  const rows = await lookUp(
    ctx.db,
    leading.map((id) => asIndexed(ctx, id)),
  )
  return [
    ...new Set(rows.filter((row) => reach.uniqueOnly === false || !row.shared).map((row) => row.subjectId)),
  ]
}

export const asIndexed = (ctx: Context, id: Identifier): Indexed => ({
  bidx: blindIndex(ctx, id.kind, id.value),
  kind: id.kind,
  shared: !isUnique(id),
})
