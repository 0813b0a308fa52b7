import { constraintsOf } from './link-keys.ts'
import { nothing } from './name-affinity.ts'
import type { Weighed } from './weigh-link.ts'

/** Odds at which two targets count as alike. */
const alike = 0.3
/** Odds from which a key's own link makes its collection an extension of another. */
const settled = 1.4
const extensionMargin = 1

/**
 * One target for each field: the likeliest. A child of the same parent gives way to the parent, a key's own name is no
 * link, and of two collections that extend each other one leads. What several targets fit alike loses confidence.
 */
export function chooseLinks(weighed: readonly Weighed[]): readonly Weighed[] {
  const byField = Map.groupBy(weighed, fieldId)
  const best = new Map<string, Weighed>()
  for (const [id, all] of byField) {
    const first = ranked(all)[0]
    if (first !== undefined && isKey(first) && first.odds > settled) best.set(id, first)
  }
  const chosen = [...byField.values()].flatMap((all) => {
    const [first, ...others] = ranked(all)
    if (first === undefined) return []
    const root = rootOf(first, others, best)
    if (root !== first) return [root]
    const rivals = others.filter(
      (one) =>
        first.odds - one.odds < alike && !sameCollection(one, first) && rootOf(one, [first], best) === one,
    )
    return [rivals.length === 0 ? first : { ...first, odds: first.odds - 2 }]
  })
  const byId = new Map(chosen.map((one) => [fieldId(one), one]))
  return chosen.filter((one) => {
    const back = byId.get(targetId(one))
    return back === undefined || targetId(back) !== fieldId(one) || !beats(back, one)
  })
}

const fieldId = ({ candidate }: Weighed): string =>
  JSON.stringify([candidate.from.name, candidate.field.name])
const targetId = ({ candidate }: Weighed): string =>
  JSON.stringify([candidate.to.collection.name, candidate.to.field.name])

const ranked = (all: readonly Weighed[]): readonly Weighed[] =>
  all.toSorted(
    (a, b) =>
      b.odds - a.odds ||
      b.candidate.affinity.weight - a.candidate.affinity.weight ||
      isPrimary(b) - isPrimary(a),
  )

const isPrimary = ({ candidate: { to } }: Weighed): number =>
  to.collection.key.length === 1 && to.collection.key[0] === to.field.name ? 1 : 0

const isKey = ({ candidate: { from, field } }: Weighed): boolean =>
  constraintsOf(from).some((fields) => fields.length === 1 && fields[0] === field.name)

const sameCollection = (one: Weighed, other: Weighed): boolean =>
  one.candidate.to.collection.name === other.candidate.to.collection.name

/** Where the best target's key itself leads to another that fits about as well, that one. */
function rootOf(first: Weighed, others: readonly Weighed[], best: ReadonlyMap<string, Weighed>): Weighed {
  const above = best.get(targetId(first))
  if (above === undefined) return first
  const root = others.find(
    (one) =>
      targetId(one) === targetId(above) &&
      one.candidate.affinity.weight >= first.candidate.affinity.weight - extensionMargin &&
      one.candidate.affinity !== nothing,
  )
  return root ?? first
}

/** The smaller collection extends the larger one. */
function beats(one: Weighed, other: Weighed): boolean {
  if (one.odds !== other.odds) return one.odds > other.odds
  const rows = one.candidate.from.rows - other.candidate.from.rows
  return rows === 0 ? fieldId(one) < fieldId(other) : rows < 0
}
