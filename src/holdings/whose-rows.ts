import type { RowKey } from '../connectors/public.ts'
import { tupleOf } from './cells.ts'
import { valuesOf } from './elements.ts'
import type { Seeds } from './find-in-system.ts'
import type { CollectionHoldings, HeldRow, SystemHoldings } from './holdings.ts'
import { cellLabel, identifierLabels } from './identifier-labels.ts'
import { isStill } from './known-again.ts'
import type { MappedCollection, MappedSystem, ResolvedLink } from './mapped-system.ts'
import { identifiersIn } from './person.ts'

/** How a row is a person's: theirs, or somebody else's that mentions them in fields of its own. */
export type Tie = 'owner' | 'party'

/** Whose rows are that were found for several people in one search; people by their places in the list. */
export interface Whose {
  of(system: string, collection: string, key: RowKey): ReadonlyMap<number, Tie>
  /** False where a row was found that is none of theirs. */
  readonly isComplete: boolean
  /** What was found in a system, as a search for this person alone would have it. */
  holdings(person: number): readonly SystemHoldings[]
}

/** Where the search for one person began, by system. */
export type Starts = Readonly<Record<string, Seeds>>

interface Node {
  readonly system: MappedSystem
  readonly collection: MappedCollection
  readonly row: HeldRow
  readonly ties: Map<number, Tie>
}

type Reached = readonly (readonly [Node, Tie])[]

/**
 * Says of each row that a search for several people found, whose it is: the search is walked again for each of them, over
 * the rows found and without the target. A row may be several people's; then it is each one's as it would be alone.
 */
export function whoseRows(
  searched: readonly { readonly system: MappedSystem; readonly found: SystemHoldings }[],
  people: readonly Starts[],
): Whose {
  const nodes = nodesOf(searched)
  const byIdentifier = identifierIndex(nodes)
  const byKey = new Map(
    nodes.map((node) => [labelOf(node.system.name, node.collection.name, node.row.key), node]),
  )
  const keyless = Map.groupBy(
    nodes.filter(({ collection }) => collection.description.key.length === 0),
    ({ system, collection }) => JSON.stringify([system.name, collection.name]),
  )
  const withoutKey = (system: string, collection: string) =>
    keyless.get(JSON.stringify([system, collection])) ?? []
  const linked = linkIndex(nodes)
  for (const [person, starts] of people.entries()) {
    const waiting: Node[] = []
    const reach = (reached: Reached) => {
      for (const [node, tie] of reached) {
        const known = node.ties.get(person)
        if (known === 'owner' || known === tie) continue
        node.ties.set(person, tie)
        if (tie === 'owner') waiting.push(node)
      }
    }
    for (const [system, { identifiers, rows, across }] of Object.entries(starts)) {
      for (const one of identifiers)
        reach(identifierLabels(one).flatMap((label) => byIdentifier.get(label) ?? []))
      for (const { collection, key, still } of rows)
        reach(
          knownNodes(
            byKey.get(labelOf(system, collection, key)),
            still?.digest,
            withoutKey(system, collection),
          ),
        )
      for (const { collection, link, values } of across)
        reach(values.flatMap((tuple) => linked.at(system, collection, link, tuple)))
    }
    // An array hands out what is added while it is walked.
    for (const node of waiting) {
      reach(linked.below(node))
      // A row shared with a stranger says nothing that leads on (`personIn`).
      if (node.row.role === 'shared') continue
      for (const { kind, value, unique } of identifiersIn(node.system, node.collection, node.row.cells))
        if (unique) reach(identifierLabels({ kind, value }).flatMap((label) => byIdentifier.get(label) ?? []))
    }
  }
  const rows = rowsOfEach(nodes)
  return {
    of: (system, collection, key) => byKey.get(labelOf(system, collection, key))?.ties ?? new Map(),
    isComplete: nodes.every(({ ties }) => ties.size > 0),
    holdings: (person) =>
      searched.map(({ system, found }) => ({
        name: found.name,
        collections: system.collections.map((collection) => {
          const own = rows.get(person)?.get(collection)
          return own === undefined ? emptyOf(collection) : { ...emptyOf(collection), rows: own }
        }),
      })),
  }
}

/** Most people have nothing in most collections: one object says so for all of them. */
const empty = new WeakMap<MappedCollection, CollectionHoldings>()

function emptyOf(collection: MappedCollection): CollectionHoldings {
  const { name, fields } = collection
  const known = empty.get(collection) ?? { name, fields, rows: [], mentions: [] }
  empty.set(collection, known)
  return known
}

const labelOf = (system: string, collection: string, key: RowKey): string =>
  JSON.stringify([system, collection, key])

/** A row known from before, unless its key was given to somebody else since; where rows have none, those that are like it. */
function knownNodes(node: Node | undefined, digest: string | undefined, others: readonly Node[]): Reached {
  const isMeant = (one: Node) => digest === undefined || isStill(one.collection, one.row.cells, digest)
  if (node && isMeant(node)) return [[node, 'owner']]
  return digest === undefined ? [] : others.filter(isMeant).map((one) => [one, 'owner'])
}

const nodesOf = (
  searched: readonly { readonly system: MappedSystem; readonly found: SystemHoldings }[],
): readonly Node[] =>
  searched.flatMap(({ system, found }) =>
    system.collections.flatMap((collection) => {
      const rows = found.collections.find(({ name }) => name === collection.name)?.rows ?? []
      return rows.map((row): Node => ({ system, collection, row, ties: new Map() }))
    }),
  )

/** By what a cell is compared by; the owner's fields count before a party's, as `matchedField` has it. */
function identifierIndex(nodes: readonly Node[]): ReadonlyMap<string, Reached> {
  const index = new Map<string, [Node, Tie][]>()
  for (const node of nodes) {
    const { collection, system, row } = node
    for (const { field, kind } of collection.identifiers) {
      const place = collection.fields.indexOf(field)
      const tie: Tie = collection.partyFields.has(field) ? 'party' : 'owner'
      for (const value of valuesOf(collection.description.fields[place], row.cells[place] ?? null)) {
        const label = value === null ? null : cellLabel(system, kind, value)
        if (label === null) continue
        const known = index.get(label)
        if (known) known.push([node, tie])
        else index.set(label, [[node, tie]])
      }
    }
  }
  return index
}

interface Linked {
  /** The rows that hold these values in the fields of a link. */
  at(system: string, collection: string, link: ResolvedLink, tuple: readonly string[]): Reached
  /** The rows that hang on a row, by the map's links. */
  below(node: Node): Reached
}

function linkIndex(nodes: readonly Node[]): Linked {
  const bySystem = new Map<MappedSystem, Map<MappedCollection, readonly Node[]>>()
  for (const [collection, some] of Map.groupBy(nodes, (node) => node.collection)) {
    const [first] = some
    if (!first) continue
    const known = bySystem.get(first.system) ?? new Map<MappedCollection, readonly Node[]>()
    bySystem.set(first.system, known.set(collection, some))
  }
  const children = [...bySystem].flatMap(([system, collections]) =>
    [...collections.keys()].flatMap((collection) =>
      collection.links
        .filter(({ role }) => role !== 'none')
        .map((link) => ({ system, collection, link, index: undefined as Index | undefined })),
    ),
  )
  const indexOf = (child: (typeof children)[number]): Index => {
    child.index ??= Map.groupBy(bySystem.get(child.system)?.get(child.collection) ?? [], ({ row }) =>
      JSON.stringify(tupleOf(child.collection, row.cells, child.link.fields)),
    )
    return child.index
  }
  const at = (child: (typeof children)[number], tuple: readonly string[]): Reached =>
    (indexOf(child).get(JSON.stringify(tuple)) ?? []).map((node) => [
      node,
      child.link.role === 'party' ? 'party' : 'owner',
    ])
  return {
    at: (system, collection, link, tuple) =>
      children
        .filter(
          (one) => one.system.name === system && one.collection.name === collection && isSame(one.link, link),
        )
        .flatMap((child) => at(child, tuple)),
    below: ({ system, collection, row }) =>
      children.flatMap((child) => {
        const { link } = child
        if (link.system !== system.name || link.collection !== collection.name) return []
        // From a row that is shared no party is reached, and nothing in another system.
        if (row.role === 'shared' && (link.role === 'party' || child.system !== system)) return []
        const tuple = tupleOf(collection, row.cells, link.toFields)
        return tuple ? at(child, tuple) : []
      }),
  }
}

type Index = ReadonlyMap<string, readonly Node[]>

/** Links are read anew for every session: two that say the same are the same. */
const isSame = (a: ResolvedLink, b: ResolvedLink): boolean =>
  a.system === b.system &&
  a.collection === b.collection &&
  a.role === b.role &&
  a.fields.join('\0') === b.fields.join('\0') &&
  a.toFields.join('\0') === b.toFields.join('\0')

/** Each person's rows, by their place in the list: one walk over all rows, whatever the number of people. */
function rowsOfEach(
  nodes: readonly Node[],
): ReadonlyMap<number, ReadonlyMap<MappedCollection, readonly HeldRow[]>> {
  const people = new Map<number, Map<MappedCollection, HeldRow[]>>()
  for (const { collection, row, ties } of nodes)
    for (const [person, tie] of ties) {
      const own = people.get(person) ?? new Map<MappedCollection, HeldRow[]>()
      people.set(person, own)
      const held: HeldRow = tie === 'party' ? { ...row, role: 'party' } : row
      const rows = own.get(collection)
      if (rows) rows.push(held)
      else own.set(collection, [held])
    }
  return people
}
