import type { ForeignKey, SystemDescription } from '../connectors/public.ts'

/**
 * Collections in an order in which their rows can be removed: whoever refers to another comes first. In a cycle of
 * foreign keys no order is right; it is cut where a reference can be emptied or checked late, see `cyclicFields`.
 */
export function removalOrder(description: SystemDescription, names: readonly string[]): readonly string[] {
  const waiting = new Set(names)
  const referrers = (name: string, soft: boolean): boolean =>
    description.collections.some(
      (other) =>
        other.name !== name &&
        waiting.has(other.name) &&
        other.foreignKeys.some((key) => key.to === name && (soft || !isSoft(other, key.fields))),
    )
  const order: string[] = []
  while (waiting.size > 0) {
    const left = [...waiting]
    // Nobody refers to it; or only by references that can be emptied; or, in a hard cycle, whoever is next.
    const next =
      left.find((name) => !referrers(name, true)) ?? left.find((name) => !referrers(name, false)) ?? left[0]
    if (next === undefined) break
    waiting.delete(next)
    order.push(next)
  }
  return order
}

type Collection = SystemDescription['collections'][number]

const isSoft = (collection: Collection, fields: readonly string[]): boolean =>
  fields.some(
    (field) =>
      collection.fields.find((one) => one.name === field)?.nullable === true &&
      !collection.key.includes(field),
  )

/** Whether a removal of what it refers to may be made good later: CASCADE and SET NULL act at once, even where the check can wait. */
const waits = ({ deferrable, onDelete }: ForeignKey): boolean => deferrable && onDelete === 'restrict'

/** References that still point forward in that order and can be emptied first, by collection. */
export function cyclicFields(
  description: SystemDescription,
  order: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const place = new Map(order.map((name, i) => [name, i]))
  const fields = new Map<string, readonly string[]>()
  for (const collection of description.collections) {
    const own = place.get(collection.name)
    if (own === undefined) continue
    const forward = collection.foreignKeys.filter((key) => {
      const target = place.get(key.to)
      return target !== undefined && target < own && !waits(key) && isSoft(collection, key.fields)
    })
    const empty = forward.flatMap((key) => key.fields.filter((field) => isSoft(collection, [field])))
    if (empty.length > 0) fields.set(collection.name, [...new Set(empty)])
  }
  return fields
}
