import type { RowKey } from '../connectors/public.ts'
import { tupleOf } from './cells.ts'
import type { SystemHoldings } from './holdings.ts'
import { collectionOf, type MappedSystem } from './mapped-system.ts'
import type { CollectionOperations, SystemOperations } from './plan.ts'
import { ringsInOrder } from './rings-in-order.ts'

/** For whose sake something is done to a row, or whose it is, by the people's places in the list. */
export type TouchedBy = (collection: string, key: RowKey) => ReadonlySet<number>

/** Which people were planned together and can still be written apart. */
export interface PeopleApart {
  /** All of them together everybody; in an order in which nobody needs what is done for a later one. */
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
 * Who share no row of which something is done, and no reference to one but from a row that lets go of it: whose that is goes
 * first, and then nobody refers to the other's. In that order what is written for one group does not hinder another; out of it the
 * reference is seen under lock, and whoever it hinders is found anew.
 */
export function peopleApart(planned: PlannedRows, people: number): PeopleApart {
  const { touched } = planned
  const together = unions(people)
  const orders: Order[] = []
  for (const bond of bonds(planned)) {
    if (bond === 'unknown') return allTogether(people)
    if ('first' in bond) orders.push(bond)
    else together.join([...bond])
  }
  const groups = inOrder(people, together.rootOf, orders)
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

type OwnersOf = (collection: string, key: RowKey) => readonly number[]

export interface TakenApart {
  readonly groups: readonly (readonly number[])[]
  /** Who stand in the rows of more people than may go together, as an agent does in her customers' tickets: best done last, each alone. */
  readonly hubs: readonly (readonly number[])[]
}

/**
 * Too many who can only go together, taken apart: who own a row with each other stay together as far as they are few, for what
 * they share goes with them all, and is said to stay of none. Who own the very same rows are one person and stay together
 * anyway: the first to go would leave the others nothing to find, and what a ground keeps would be their residue.
 */
export function closestOf(
  { collections }: SystemHoldings,
  { ownersOf, touched }: { readonly ownersOf: OwnersOf; readonly touched: TouchedBy },
  people: readonly number[],
  most: number,
): TakenApart {
  const owned = new Map(people.map((one) => [one, [] as string[]]))
  const beside = new Map(people.map((one) => [one, new Set<number>()]))
  for (const { name, rows, mentions } of collections)
    for (const { key } of [...rows, ...mentions]) {
      const some = [...touched(name, key)]
      // Many in one row are a crowd, and none of them stands in the rows of the others.
      for (const one of some.length > 1 && some.length <= most ? some : [])
        for (const other of some) if (other !== one) beside.get(one)?.add(other)
    }
  const isHub = (one: number) => (beside.get(one)?.size ?? 0) > most
  const together = unions(Math.max(-1, ...people) + 1)
  for (const { name, rows } of collections)
    for (const { key, role } of rows) {
      if (role !== 'owner') continue
      const owners = ownersOf(name, key).filter((one) => owned.has(one))
      together.join(owners.filter((one) => !isHub(one)))
      for (const one of owners) owned.get(one)?.push(`${name} ${key}`)
    }
  const bySameRows = (some: readonly number[]) => [
    ...Map.groupBy(some, (one) => owned.get(one)?.join('\n')).values(),
  ]
  const others = people.filter((one) => !isHub(one))
  const groups = [...Map.groupBy(others, together.rootOf).values()].flatMap((some) =>
    some.length > most ? bySameRows(some) : [some],
  )
  return { groups, hubs: bySameRows(people.filter(isHub)) }
}

/** People by the root of their group, and whose root needs another's work done before. */
function inOrder(people: number, rootOf: (one: number) => number, orders: readonly Order[]): Groups {
  const members = Map.groupBy(
    Array.from({ length: people }, (_, i) => i),
    rootOf,
  )
  const needs = new Map<number, Set<number>>()
  for (const { first, then } of orders)
    for (const one of then)
      for (const other of first) {
        const known = needs.get(rootOf(one)) ?? new Set()
        needs.set(rootOf(one), known.add(rootOf(other)))
      }
  return ringsInOrder(people, (one) => [...(needs.get(one) ?? [])]).flatMap((ring) => {
    const group = ring.flatMap((one) => members.get(one) ?? []).toSorted((a, b) => a - b)
    return group.length > 0 ? [group] : []
  })
}

type Groups = PeopleApart['groups']

const allTogether = (people: number): PeopleApart => ({
  groups: [Array.from({ length: people }, (_, i) => i)],
  groupOf: () => 0,
})

/** Of people the first, whose rows refer to those of the others until their turn. */
interface Order {
  readonly first: ReadonlySet<number>
  readonly then: ReadonlySet<number>
}

/** People of whom none can be written without the others, or before them; `unknown` where nobody can tell for whose sake it is. */
type Bond = ReadonlySet<number> | Order | 'unknown'

function* bonds(planned: PlannedRows): Iterable<Bond> {
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
function* acrossReferences({ system, found, operations, touched }: PlannedRows): Iterable<Bond> {
  for (const { name, description, fields } of system.collections)
    for (const foreignKey of description.foreignKeys) {
      const goes = operations.collections.find((one) => one.name === foreignKey.to)
      const letsGo = lettingGo(operations, name, foreignKey.fields)
      const rows = found.collections.find((one) => one.name === name)?.rows ?? []
      if (!goes || rows.length === 0) continue
      const referred = rowsReferredTo(system, found, goes, foreignKey.toFields)
      if (referred === 'unknown') {
        yield 'unknown'
        continue
      }
      for (const { key, cells } of rows) {
        const tuple = tupleOf({ fields }, cells, foreignKey.fields)
        for (const to of tuple ? (referred.get(JSON.stringify(tuple)) ?? []) : []) {
          const [first, then] = [touched(name, key), touched(foreignKey.to, to)]
          yield letsGo(key) ? { first, then } : new Set([...first, ...then])
        }
      }
    }
}

/** Whether a row no longer refers to anything by these fields once it was its turn. */
function lettingGo(
  { collections }: SystemOperations,
  name: string,
  fields: readonly string[],
): (key: RowKey) => boolean {
  const own = collections.find((one) => one.name === name)
  const untied = (own?.change ?? []).filter(({ set }) => fields.some((field) => set.has(field)))
  const gone = new Set([...(own?.remove ?? []), ...untied.map(({ key }) => key)])
  return (key) => gone.has(key)
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
