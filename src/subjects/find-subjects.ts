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

/** The subjects that the unique identifiers of each of many people lead to, in their order. */
export async function findSubjectsOfEach(
  ctx: Context,
  people: readonly (readonly Identifier[])[],
): Promise<readonly (readonly string[])[]> {
  const indexed = people.map((ids) => ids.filter(isUnique).map((id) => asIndexed(ctx, id)))
  const labelOf = ({ kind, bidx }: Indexed) => `${kind} ${bidx.toString('base64')}`
  const found = Map.groupBy(
    (await lookUp(ctx.db, indexed.flat())).filter(({ shared }) => !shared),
    labelOf,
  )
  return indexed.map((ids) => [
    ...new Set(ids.flatMap((id) => (found.get(labelOf(id)) ?? []).map(({ subjectId }) => subjectId))),
  ])
}
