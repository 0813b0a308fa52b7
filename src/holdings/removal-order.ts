import type { SystemDescription } from '../connectors/public.ts'

/**
 * Collections in an order in which their rows can be removed: whoever refers to another comes first. In a cycle of
 * foreign keys no order is right; it is cut where a reference can be emptied or checked late, see `cyclicFields`.
 */
export function removalOrder(description: SystemDescription, names: readonly string[]): readonly string[] {
  const wanted = new Set(names)
  const order: string[] = []
  const visiting = new Set<string>()
  const visit = (name: string) => {
    if (order.includes(name) || visiting.has(name)) return
    visiting.add(name)
    for (const other of description.collections)
      if (
        wanted.has(other.name) &&
        other.name !== name &&
        other.foreignKeys.some((key) => key.to === name && !isSoft(other, key.fields))
      )
        visit(other.name)
    for (const other of description.collections)
      if (wanted.has(other.name) && other.name !== name && other.foreignKeys.some((key) => key.to === name))
        visit(other.name)
    visiting.delete(name)
    order.push(name)
  }
  for (const name of names) visit(name)
  return order
}

type Collection = SystemDescription['collections'][number]

const isSoft = (collection: Collection, fields: readonly string[]): boolean =>
  fields.some(
    (field) =>
      collection.fields.find((one) => one.name === field)?.nullable === true &&
      !collection.key.includes(field),
  )

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
      return target !== undefined && target < own && !key.deferrable && isSoft(collection, key.fields)
    })
    const empty = forward.flatMap((key) => key.fields.filter((field) => isSoft(collection, [field])))
    if (empty.length > 0) fields.set(collection.name, [...new Set(empty)])
  }
  return fields
}
