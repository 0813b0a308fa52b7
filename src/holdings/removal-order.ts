import type {
  CollectionDescription,
  ForeignKey,
  FoundRow,
  RowKey,
  SystemDescription,
} from '../connectors/public.ts'
import { tuplesOf } from './cells.ts'

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

/** The rows of one collection, each before those it refers to: targets that look at a row at a time refuse another order. */
export function leavesFirst(
  collection: Pick<CollectionDescription, 'name' | 'foreignKeys'> & { readonly fields: readonly string[] },
  rows: readonly FoundRow[],
): readonly RowKey[] {
  const keys = collection.foreignKeys.filter(({ to }) => to === collection.name)
  if (keys.length === 0 || rows.length < 2) return rows.map(({ key }) => key)
  const above = keys.map(({ fields, toFields }) => {
    const byTuple = Map.groupBy(rows, ({ cells }) =>
      JSON.stringify(tuplesOf(collection, [cells], toFields)[0]),
    )
    return ({ cells }: FoundRow) => {
      const [tuple] = tuplesOf(collection, [cells], fields)
      return tuple ? (byTuple.get(JSON.stringify(tuple)) ?? []) : []
    }
  })
  const waitsFor = new Map<FoundRow, number>(rows.map((row) => [row, 0]))
  const targets = (row: FoundRow) => above.flatMap((of) => of(row)).filter((one) => one !== row)
  for (const row of rows) for (const one of targets(row)) waitsFor.set(one, (waitsFor.get(one) ?? 0) + 1)
  const ordered = new Set(rows.filter((row) => waitsFor.get(row) === 0))
  // A Set hands out what is added while it is walked.
  for (const row of ordered)
    for (const one of targets(row)) {
      const left = (waitsFor.get(one) ?? 0) - 1
      waitsFor.set(one, left)
      if (left === 0) ordered.add(one)
    }
  return [...ordered, ...rows.filter((row) => !ordered.has(row))].map(({ key }) => key)
}
