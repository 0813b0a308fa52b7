import type { RowKey } from '../connectors/public.ts'
import { tupleOf } from './cells.ts'
import { valuesOf } from './elements.ts'
import type { Seeds } from './find-in-system.ts'
import type { CollectionHoldings, HeldRow, SystemHoldings } from './holdings.ts'
import { cellLabel, identifierLabels } from './identifier-labels.ts'
import type { Steps } from './in-steps.ts'
import { isStill } from './known-again.ts'
import { type Hers, hersOf, isAlive } from './living-rows.ts'
import type { MappedCollection, MappedSystem, ResolvedLink } from './mapped-system.ts'
import { identifiersIn } from './person.ts'
import type { Term } from './spans.ts'

/** How a row is a person's: theirs, or somebody else's that mentions them in fields of its own. */
export type Tie = 'owner' | 'party'

/** Whose rows are that were found for several people in one search; people by their places in the list. */
export interface Whose {
  of(system: string, collection: string, key: RowKey): ReadonlyMap<number, Tie>
  /** False where a row was found that is none of theirs. */
  readonly isComplete: boolean
  /** What was found in each system, as a search for this person alone would have it. */
  holdings(person: number): readonly SystemHoldings[]
  /** The same when all of them go: what this person shares with the others alone is theirs then, and leads on. */
  whenAllGo(person: number): readonly SystemHoldings[]
}

/** Where the search for one person began, by system. */
export type Starts = Readonly<Record<string, Seeds>>

interface Node {
  readonly system: MappedSystem
  readonly collection: MappedCollection
  readonly row: HeldRow
  readonly ties: Map<number, Tie>
  /** What of it is whose, of those who are named in it. */
  readonly clears: Map<number, readonly string[]>
}

/** What a row is to one person. */
type Held = Pick<HeldRow, 'role' | 'clears'>

/** Rows, how they are somebody's, and what of them is theirs where they are somebody else's. */
type Reached = readonly (readonly [Node, Tie, readonly string[]])[]
type Ties = ReadonlyMap<Node, { readonly tie: Tie; readonly clears: readonly string[] }>
type IsShared = (node: Node) => boolean

/**
 * Says of each row that a search for several people found, whose it is: the search is walked again for each of them, over
 * the rows found and without the target. A row may be several people's; then it is each one's as it would be alone.
 * `terms`: what is known to name each of them and nobody else.
 */
export function* whoseRows(
  searched: readonly { readonly system: MappedSystem; readonly found: SystemHoldings }[],
  people: readonly Starts[],
  terms: readonly (readonly Term[])[],
): Steps<Whose> {
  const nodes = nodesOf(searched)
  yield
  const byIdentifier = identifierIndex(nodes)
  yield
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
  const walk = (starts: Starts, isShared: IsShared): Ties => {
    const ties = new Map<Node, { tie: Tie; clears: readonly string[] }>()
    const waiting: Node[] = []
    const reach = (reached: Reached) => {
      for (const [node, tie, clears] of reached) {
        const known = ties.get(node)
        if (known && clears.length > 0) known.clears = [...known.clears, ...clears]
        if (known?.tie === 'owner' || known?.tie === tie) continue
        if (known) known.tie = tie
        else ties.set(node, { tie, clears })
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
      reach(linked.below(node, isShared(node)))
      // A row shared with a stranger says nothing that leads on (`personIn`).
      if (isShared(node)) continue
      for (const { kind, value, unique } of identifiersIn(node.system, node.collection, node.row.cells))
        if (unique) reach(identifierLabels({ kind, value }).flatMap((label) => byIdentifier.get(label) ?? []))
    }
    return ties
  }
  for (const [person, starts] of people.entries()) {
    for (const [node, { tie, clears }] of walk(starts, isSharedByAll)) {
      node.ties.set(person, tie)
      if (clears.length > 0) node.clears.set(person, clears)
    }
    yield
  }
  const alone = new Map<number, ReadonlyMap<Node, Held>>()
  for (const [person, open] of sharedAmongThem(nodes)) {
    const own = (isShared: IsShared) => walk(people[person] ?? {}, isShared)
    alone.set(person, rolesAlone(own, open, linked, hersOf(terms[person] ?? [])))
    yield
  }
  const rows = rowsOfEach(nodes, (node, person) => {
    const own = alone.get(person)
    return own ? own.get(node) : heldOf(node, person)
  })
  let rowsWhenAllGo: typeof rows | undefined
  const holdingsIn = (all: typeof rows, person: number) =>
    searched.map(({ system, found }) => ({
      name: found.name,
      collections: system.collections.map((collection) => {
        const own = all.get(person)?.get(collection)
        return own === undefined ? emptyOf(collection) : { ...emptyOf(collection), rows: own }
      }),
    }))
  return {
    of: (system, collection, key) => byKey.get(labelOf(system, collection, key))?.ties ?? new Map(),
    isComplete: nodes.every(({ ties }) => ties.size > 0),
    holdings: (person) => holdingsIn(rows, person),
    whenAllGo(person) {
      if (!alone.has(person)) return holdingsIn(rows, person)
      rowsWhenAllGo ??= rowsOfEach(nodes, (node, one) => (alone.has(one) ? heldOf(node, one) : undefined))
      return holdingsIn(rowsWhenAllGo, person)
    },
  }
}

const isSharedByAll: IsShared = ({ row }) => row.role === 'shared'

/** By person, the rows that nobody but several of these people has. */
function sharedAmongThem(nodes: readonly Node[]): ReadonlyMap<number, ReadonlySet<Node>> {
  const shared = new Map<number, Set<Node>>()
  for (const node of nodes) {
    if (node.ties.size < 2 || node.row.role !== 'owner') continue
    const owners = [...node.ties].flatMap(([person, tie]) => (tie === 'owner' ? [person] : []))
    for (const person of owners.length > 1 ? owners : []) {
      const known = shared.get(person)
      if (known) known.add(node)
      else shared.set(person, new Set([node]))
    }
  }
  return shared
}

/**
 * What each row is to one of several people for whom the others stay: a household that two of them share says nothing of
 * either, and leads nowhere. What is shared at the most is known first; what turns out to be this person's alone may lead to more.
 */
function rolesAlone(
  walk: (isShared: IsShared) => Ties,
  open: ReadonlySet<Node>,
  linked: Linked,
  hers: Hers,
): ReadonlyMap<Node, Held> {
  for (let shared = open; ; ) {
    const isShared: IsShared = (node) => isSharedByAll(node) || shared.has(node)
    const ties = walk(isShared)
    const still = withOthers(ties, shared, linked, hers)
    if (still.size === shared.size)
      return new Map(
        [...ties].map(([node, { tie, clears }]) => {
          const role = tie === 'party' ? 'party' : isShared(node) ? 'shared' : node.row.role
          return [node, { role, clears: clearedOf(node, clears) }]
        }),
      )
    shared = still
  }
}

/** Those of some rows that hang on another's living row, or on one that does (`markShared`). */
function withOthers(ties: Ties, open: ReadonlySet<Node>, linked: Linked, hers: Hers): ReadonlySet<Node> {
  const isForeign = (node: Node) => ties.get(node)?.tie !== 'owner' && lives(node, linked, hers)
  const shared = new Set([...open].filter((node) => linked.above(node).some(isForeign)))
  // A Set hands out what is added while it is walked.
  for (const node of shared)
    for (const [child, tie] of linked.below(node, true))
      if (tie === 'owner' && open.has(child)) shared.add(child)
  return shared
}

/** As `livingRows` says it, over the rows in hand. */
function lives(node: Node, linked: Linked, hers: Hers): boolean {
  const waiting = new Set([node])
  for (const one of waiting) {
    if (isAlive(one, one.system, hers)) return true
    for (const owner of linked.above(one)) waiting.add(owner)
  }
  return false
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
  if (node && isMeant(node)) return [[node, 'owner', []]]
  return digest === undefined ? [] : others.filter(isMeant).map((one) => [one, 'owner', []])
}

const nodesOf = (
  searched: readonly { readonly system: MappedSystem; readonly found: SystemHoldings }[],
): readonly Node[] =>
  searched.flatMap(({ system, found }) =>
    system.collections.flatMap((collection) => {
      const rows = found.collections.find(({ name }) => name === collection.name)?.rows ?? []
      return rows.map((row): Node => ({ system, collection, row, ties: new Map(), clears: new Map() }))
    }),
  )

/** By what a cell is compared by; the owner's fields count before a party's, as `matchedField` has it. */
function identifierIndex(nodes: readonly Node[]): ReadonlyMap<string, Reached> {
  const index = new Map<string, [Node, Tie, readonly string[]][]>()
  for (const node of nodes) {
    const { collection, system, row } = node
    for (const { field, kind } of collection.identifiers) {
      const place = collection.fields.indexOf(field)
      const clears = collection.partyFields.get(field)
      const tie: Tie = clears ? 'party' : 'owner'
      for (const value of valuesOf(collection.description.fields[place], row.cells[place] ?? null)) {
        const label = value === null ? null : cellLabel(system, kind, value)
        if (label === null) continue
        const known = index.get(label)
        const reached: [Node, Tie, readonly string[]] = [node, tie, clears ?? []]
        if (known) known.push(reached)
        else index.set(label, [reached])
      }
    }
  }
  return index
}

interface Linked {
  /** The rows that hold these values in the fields of a link. */
  at(system: string, collection: string, link: ResolvedLink, tuple: readonly string[]): Reached
  /** The rows that hang on a row, by the map's links. */
  below(node: Node, isShared: boolean): Reached
  /** The rows of its system on which a row hangs as their owner's. */
  above(node: Node): readonly Node[]
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
  const owners = new Map<ResolvedLink, Index>()
  const ownersBy = (system: MappedSystem, link: ResolvedLink): Index => {
    const some = [...(bySystem.get(system) ?? [])].find(([{ name }]) => name === link.collection)?.[1] ?? []
    const known =
      owners.get(link) ??
      Map.groupBy(some, ({ collection, row }) =>
        JSON.stringify(tupleOf(collection, row.cells, link.toFields)),
      )
    owners.set(link, known)
    return known
  }
  const at = (child: (typeof children)[number], tuple: readonly string[]): Reached =>
    (indexOf(child).get(JSON.stringify(tuple)) ?? []).map((node) => [
      node,
      child.link.role === 'party' ? 'party' : 'owner',
      child.link.clears,
    ])
  return {
    at: (system, collection, link, tuple) =>
      children
        .filter(
          (one) => one.system.name === system && one.collection.name === collection && isSame(one.link, link),
        )
        .flatMap((child) => at(child, tuple)),
    below: ({ system, collection, row }, isShared) =>
      children.flatMap((child) => {
        const { link } = child
        if (link.system !== system.name || link.collection !== collection.name) return []
        // From a row that is shared no party is reached, and nothing in another system.
        if (isShared && (link.role === 'party' || child.system !== system)) return []
        const tuple = tupleOf(collection, row.cells, link.toFields)
        return tuple ? at(child, tuple) : []
      }),
    above: ({ system, collection, row }) =>
      collection.links.flatMap((link) => {
        if (link.role !== 'owner' || link.system !== system.name) return []
        const tuple = tupleOf(collection, row.cells, link.fields)
        return tuple ? (ownersBy(system, link).get(JSON.stringify(tuple)) ?? []) : []
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

/** Of what is cleared of a row for all of them, what is cleared for one. */
const clearedOf = ({ row }: Node, clears: readonly string[]): readonly string[] =>
  row.clears.filter((field) => clears.includes(field))

/** Each person's rows, by their place in the list: one walk over all rows, whatever the number of people. */
function rowsOfEach(
  nodes: readonly Node[],
  heldBy: (node: Node, person: number) => Held | undefined,
): ReadonlyMap<number, ReadonlyMap<MappedCollection, readonly HeldRow[]>> {
  const people = new Map<number, Map<MappedCollection, HeldRow[]>>()
  for (const node of nodes)
    for (const person of node.ties.keys()) {
      const { collection, row } = node
      const held = heldBy(node, person)
      if (held === undefined) continue
      const own = people.get(person) ?? new Map<MappedCollection, HeldRow[]>()
      people.set(person, own)
      const isAsFound = held.role === row.role && held.clears.length === row.clears.length
      const one = isAsFound ? row : { ...row, ...held }
      const rows = own.get(collection)
      if (rows) rows.push(one)
      else own.set(collection, [one])
    }
  return people
}

function heldOf(node: Node, person: number): Held {
  const { row, ties, clears } = node
  return {
    role: ties.get(person) === 'party' ? 'party' : row.role,
    // Most rows are one person's, and what is cleared of them is theirs.
    clears: ties.size === 1 ? row.clears : clearedOf(node, clears.get(person) ?? []),
  }
}
