import { actionFor, type KeepMap } from '../inventory/public.ts'
import { tuplesOf } from './cells.ts'
import type { HeldRow, SystemHoldings } from './holdings.ts'
import { collectionOf, type MappedCollection, type MappedSystem, type ResolvedLink } from './mapped-system.ts'

/** A row that stays because of another one that hangs on it, and what of it. */
export interface HeldAbove {
  readonly collection: MappedCollection
  readonly row: HeldRow
  readonly fields: readonly string[]
}

interface Place {
  readonly collection: MappedCollection
  readonly row: HeldRow
}

interface Step {
  readonly from: Place
  readonly to: Place
  readonly link: ResolvedLink
}

/**
 * What a kept row holds on to above it, over any number of owner links: the fields that its ground names `also`, and the
 * rows and links on the way, without which nothing would say any more whose row it is. The row itself is among them
 * where its own link would go.
 */
export function rowsAbove(
  system: MappedSystem,
  own: OwnRows,
  start: Place,
  also: NonNullable<KeepMap['also']>,
): readonly HeldAbove[] {
  const fieldsOf = ({ collection: { name } }: Place) => also[name] ?? also[`${system.name}/${name}`]
  const steps = onWays(stepsUp(system, own, start), start, (place) => fieldsOf(place) !== undefined)
  const held = new Map<string, HeldAbove & { readonly fields: string[] }>()
  const hold = (place: Place, fields: readonly string[]) => {
    const known = held.get(labelOf(place)) ?? { ...place, fields: [] }
    held.set(labelOf(place), known)
    for (const field of fields) if (!known.fields.includes(field)) known.fields.push(field)
  }
  for (const { to } of steps) {
    const fields = fieldsOf(to)
    if (fields) hold(to, fields)
  }
  for (let before = -1; before !== held.size; ) {
    before = held.size
    for (const step of steps) if (held.has(labelOf(step.to))) hold(step.from, [])
  }
  for (const { from, to, link } of steps) {
    const mayBreak =
      link.fields.some((field) => wouldGo(from.collection, field)) ||
      link.toFields.some((field) => wouldGo(to.collection, field))
    if (!mayBreak || !held.has(labelOf(to))) continue
    hold(from, link.fields)
    hold(to, link.toFields)
  }
  return [...held.values()]
}

const labelOf = ({ collection, row }: Place): string => JSON.stringify([collection.name, row.key])

/** A link by customer number or address breaks when one of them is erased; one by the keys of rows does not. */
function wouldGo({ description, map, fields }: MappedCollection, field: string): boolean {
  const mapped = map.fields[field]
  const seen = description.fields[fields.indexOf(field)]
  return (
    mapped !== undefined && seen !== undefined && actionFor(description, seen, mapped, map).action !== 'keep'
  )
}

function stepsUp(system: MappedSystem, own: OwnRows, start: Place): readonly Step[] {
  const depths = new Map([[start, 0]])
  const places = new Map([[labelOf(start), start]])
  const steps: Step[] = []
  for (const [from, depth] of depths)
    for (const link of from.collection.links) {
      const isAbove = link.system === system.name && link.role === 'owner'
      const parent = isAbove ? collectionOf(system, link.collection) : undefined
      const [tuple] = tuplesOf(from.collection, [from.row.cells], link.fields)
      if (!parent || !tuple) continue
      for (const row of own.byTuple(parent, link.toFields, tuple)) {
        const label = labelOf({ collection: parent, row })
        const to = places.get(label) ?? { collection: parent, row }
        places.set(label, to)
        steps.push({ from, to, link })
        if (!depths.has(to)) depths.set(to, depth + 1)
      }
    }
  return withoutReturns(steps, start, depths)
}

/** Without steps back to a place that every way has passed before: what only they lead over, nobody needs. */
function withoutReturns(
  steps: readonly Step[],
  start: Place,
  depths: ReadonlyMap<Place, number>,
): readonly Step[] {
  const further = Map.groupBy(steps, ({ from }) => from)
  const reachedWithout = new Map<Place, ReadonlySet<Place>>()
  const walkWithout = (avoided: Place): ReadonlySet<Place> => {
    const reached = new Set(avoided === start ? [] : [start])
    for (const place of reached)
      for (const { to } of further.get(place) ?? []) if (to !== avoided) reached.add(to)
    return reached
  }
  return steps.filter(({ from, to }) => {
    // What every way has passed is nearer: most steps need no walk to tell.
    if (from !== to && (depths.get(to) ?? 0) >= (depths.get(from) ?? 0)) return true
    const reached = reachedWithout.get(to) ?? walkWithout(to)
    reachedWithout.set(to, reached)
    return reached.has(from)
  })
}

/** More than any ring that people tie takes to try out. */
const longestSearch = 20_000

/**
 * Without the places over which no way leads to a wanted one but by passing another twice. Rings alone have them, and there
 * ways are tried out, for no quicker method is known; what is not refuted in time stays.
 */
function onWays(steps: readonly Step[], start: Place, isWanted: (place: Place) => boolean): readonly Step[] {
  const further = Map.groupBy(steps, ({ from }) => from)
  const places = new Set(steps.flatMap(({ from, to }) => [from, to]))
  if (!hasRing(places, further)) return steps
  let patience = longestSearch
  const leadsOver = (over: Place, way: Set<Place>, at: Place): boolean => {
    patience -= 1
    if (patience < 0 || (way.has(over) && isWanted(at))) return true
    for (const { to } of further.get(at) ?? []) {
      if (way.has(to)) continue
      way.add(to)
      if (leadsOver(over, way, to)) return true
      way.delete(to)
    }
    return false
  }
  const needed = new Set([...places].filter((place) => leadsOver(place, new Set([start]), start)))
  return steps.filter(({ from, to }) => needed.has(from) && needed.has(to))
}

/** Whether some places cannot be put in an order in which every step leads onwards. */
function hasRing(places: ReadonlySet<Place>, further: ReadonlyMap<Place, readonly Step[]>): boolean {
  const leadingTo = new Map([...places].map((place) => [place, 0]))
  const count = (place: Place, by: number) => {
    const left = (leadingTo.get(place) ?? 0) + by
    leadingTo.set(place, left)
    return left
  }
  for (const { to } of [...further.values()].flat()) count(to, 1)
  const inOrder = [...places].filter((place) => leadingTo.get(place) === 0)
  for (const place of inOrder)
    for (const { to } of further.get(place) ?? []) if (count(to, -1) === 0) inOrder.push(to)
  return inOrder.length < places.size
}

export interface OwnRows {
  of(collection: string): readonly HeldRow[]
  byTuple(
    collection: MappedCollection,
    fields: readonly string[],
    tuple: readonly string[],
  ): readonly HeldRow[]
}

/** The person's own rows, indexed once per set of fields: a person may have a hundred thousand. */
export function ownRows(found: SystemHoldings): OwnRows {
  const indexes = new Map<string, ReadonlyMap<string, readonly HeldRow[]>>()
  const of = (collection: string) =>
    (found.collections.find((one) => one.name === collection)?.rows ?? []).filter(
      (row) => row.role === 'owner',
    )
  const indexed = (collection: MappedCollection, fields: readonly string[]) => {
    const label = JSON.stringify([collection.name, fields])
    const index =
      indexes.get(label) ??
      Map.groupBy(of(collection.name), (row) => JSON.stringify(tuplesOf(collection, [row.cells], fields)[0]))
    indexes.set(label, index)
    return index
  }
  return {
    of,
    byTuple: (collection, fields, tuple) => indexed(collection, fields).get(JSON.stringify(tuple)) ?? [],
  }
}
