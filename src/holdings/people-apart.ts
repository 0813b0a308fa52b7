import type { RowKey } from '../connectors/public.ts'
import { tupleOf } from './cells.ts'
import type { SystemHoldings } from './holdings.ts'
import { collectionOf, type MappedSystem } from './mapped-system.ts'
import type { CollectionOperations, SystemOperations } from './plan.ts'

/** For whose sake something is done to a row, or whose it is, by the people's places in the list. */
export type TouchedBy = (collection: string, key: RowKey) => ReadonlySet<number>

/** Which people were planned together and can still be written apart. */
export interface PeopleApart {
  /** Each in the order of the list, and all of them together everybody. */
  readonly groups: readonly (readonly number[])[]
  /** The group of a row; undefined for one that is nobody's among them. */
  groupOf(collection: string, key: RowKey): number | undefined
}

export interface PlannedRows {
  readonly system: MappedSystem
  readonly found: SystemHoldings
  readonly operations: SystemOperations
  readonly touched: TouchedBy
}

/**
 * Who share no row of which something is done, and no reference to one: what is written for one group neither needs what is
 * written for another nor hinders it, in whatever order they go.
 */
export function peopleApart(planned: PlannedRows, people: number): PeopleApart {
  const { touched } = planned
  const together = unions(people)
  for (const some of belongingTogether(planned)) {
    if (some === 'unknown') return allTogether(people)
    together.join([...some])
  }
  const places = Array.from({ length: people }, (_, i) => i)
  const groups = [...Map.groupBy(places, together.rootOf).values()]
  const groupOfPerson = new Map(groups.flatMap((group, i) => group.map((person) => [person, i] as const)))
  const known = new Map<string, Map<RowKey, number | undefined>>()
  return {
    groups,
    groupOf(collection, key) {
      const ofCollection = known.get(collection) ?? new Map<RowKey, number | undefined>()
      known.set(collection, ofCollection)
      if (!ofCollection.has(key)) {
        const [first] = touched(collection, key)
        ofCollection.set(key, first === undefined ? undefined : groupOfPerson.get(first))
      }
      return ofCollection.get(key)
    },
  }
}

/**
 * Too many who can only go together, taken apart: who own a row with each other stay together as far as they are few, for what
 * they share goes with them all, and is said to stay of none. Who own the very same rows are one person and stay together
 * anyway: the first to go would leave the others nothing to find, and what a ground keeps would be their residue.
 */
export function closestOf(
  { collections }: SystemHoldings,
  ownersOf: (collection: string, key: RowKey) => readonly number[],
  people: readonly number[],
  most: number,
): readonly (readonly number[])[] {
  const together = unions(Math.max(-1, ...people) + 1)
  const owned = new Map(people.map((one) => [one, [] as string[]]))
  for (const { name, rows } of collections)
    for (const { key, role } of rows) {
      if (role !== 'owner') continue
      const owners = ownersOf(name, key).filter((one) => owned.has(one))
      together.join(owners)
      for (const one of owners) owned.get(one)?.push(`${name} ${key}`)
    }
  return [...Map.groupBy(people, together.rootOf).values()].flatMap((some) =>
    some.length > most ? [...Map.groupBy(some, (one) => owned.get(one)?.join('\n')).values()] : [some],
  )
}

const allTogether = (people: number): PeopleApart => ({
  groups: [Array.from({ length: people }, (_, i) => i)],
  groupOf: () => 0,
})

/** Sets of people of whom none can be written without the others; `unknown` where nobody can tell for whose sake it is. */
function* belongingTogether(planned: PlannedRows): Iterable<ReadonlySet<number> | 'unknown'> {
  const { found, operations, touched } = planned
  for (const { name, rows, mentions } of found.collections)
    for (const { key } of [...rows, ...mentions]) yield touched(name, key)
  for (const { name, remove, change } of operations.collections)
    for (const key of [...remove, ...change.map((row) => row.key)]) {
      const some = touched(name, key)
      yield some.size === 0 ? 'unknown' : some
    }
  yield* acrossReferences(planned)
}

/** A row that is found and whoever loses what it refers to: the target would refuse one, or carry it on to the other. */
function* acrossReferences({
  system,
  found,
  operations,
  touched,
}: PlannedRows): Iterable<ReadonlySet<number> | 'unknown'> {
  for (const { name, description, fields } of system.collections)
    for (const foreignKey of description.foreignKeys) {
      const goes = operations.collections.find((one) => one.name === foreignKey.to)
      const rows = found.collections.find((one) => one.name === name)?.rows ?? []
      if (!goes || rows.length === 0) continue
      const referred = rowsReferredTo(system, found, goes, foreignKey.toFields)
      if (referred === 'unknown') {
        yield 'unknown'
        continue
      }
      for (const { key, cells } of rows) {
        const tuple = tupleOf({ fields }, cells, foreignKey.fields)
        for (const to of tuple ? (referred.get(JSON.stringify(tuple)) ?? []) : [])
          yield new Set([...touched(name, key), ...touched(foreignKey.to, to)])
      }
    }
}

/** Rows that are removed, or change in what others refer to, by what they are referred to by. */
function rowsReferredTo(
  system: MappedSystem,
  found: SystemHoldings,
  { name, remove, change }: CollectionOperations,
  fields: readonly string[],
): ReadonlyMap<string, readonly RowKey[]> | 'unknown' {
  const collection = collectionOf(system, name)
  const changing = change.filter(({ set }) => fields.some((field) => set.has(field))).map(({ key }) => key)
  const goes = new Set([...remove, ...changing])
  const rows = (found.collections.find((one) => one.name === name)?.rows ?? []).filter(({ key }) =>
    goes.has(key),
  )
  if (!collection || rows.length < goes.size) return goes.size === 0 ? new Map() : 'unknown'
  const referred = new Map<string, RowKey[]>()
  for (const { key, cells } of rows) {
    const tuple = tupleOf(collection, cells, fields)
    const label = JSON.stringify(tuple)
    if (tuple) referred.set(label, [...(referred.get(label) ?? []), key])
  }
  return referred
}

/** Sets that grow together, by the smallest of each. */
function unions(size: number) {
  const parent = Array.from({ length: size }, (_, i) => i)
  const rootOf = (one: number): number => {
    let root = one
    while (parent[root] !== root) root = parent[root] ?? root
    for (let at = one; at !== root; ) [at, parent[at]] = [parent[at] ?? root, root]
    return root
  }
  return {
    rootOf,
    join(some: readonly number[]): void {
      const roots = some.map(rootOf)
      const smallest = Math.min(...roots)
      for (const root of roots) parent[root] = smallest
    },
  }
}
