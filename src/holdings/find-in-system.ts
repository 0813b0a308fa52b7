import type { Cell, Fold, FoundRow, Match, ReadSession, RowKey } from '../connectors/public.ts'
import { tuplesOf } from './cells.ts'
import { inEachCollection } from './each-collection.ts'
import { elementsOf, valuesOf } from './elements.ts'
import { findKnown, type KnownRow } from './find-known.ts'
import { type Find, findInSlices } from './finds.ts'
import type { HeldRow, Identifier, NotFollowed, SystemHoldings, Via } from './holdings.ts'
import { cellLabel, labelsOfAll } from './identifier-labels.ts'
import { hersOf } from './living-rows.ts'
import type { IdentifierField, MappedCollection, MappedSystem, ResolvedLink } from './mapped-system.ts'
import { markShared } from './shared-rows.ts'
import { inEach } from './side-by-side.ts'
import type { Term } from './spans.ts'

/** Where a search in one system begins. */
export interface Seeds {
  readonly identifiers: readonly Identifier[]
  /** Rows known from before: after an erasure their identifiers are gone. */
  readonly rows: readonly KnownRow[]
  /** Rows of theirs that stay by the map. Nothing is followed from them, but they make nobody else an owner. */
  readonly staying?: readonly Pick<KnownRow, 'collection' | 'key'>[]
  /** What rows of other systems hold in the fields that links of this one point at. */
  readonly across: readonly {
    readonly collection: string
    readonly link: ResolvedLink
    readonly values: readonly (readonly string[])[]
  }[]
}

export interface FoundInSystem {
  readonly holdings: SystemHoldings
  readonly notFollowed: readonly NotFollowed[]
}

/** A row of the person's while the search goes on. */
export interface Draft {
  readonly row: FoundRow
  readonly via: Via
  role: HeldRow['role']
  readonly clears: Set<string>
  readonly elements: Map<string, Set<number>>
}

/** By collection and key. */
export type Drafts = ReadonlyMap<string, Map<RowKey, Draft>>

/** How an identifier is compared in the target, before each hit is tested again here. */
const folds: Readonly<Record<Identifier['kind'], Fold>> = {
  email: 'lower',
  username: 'lower',
  number: 'lower',
  phone: 'digits',
  'national-id': 'digits',
  'bank-account': 'digits',
}

export interface HowToFind {
  /** Whether somebody will be told of what is not followed. */
  readonly isTold?: boolean
  /** How rows are asked for by what they hold. */
  readonly find?: Find
}

/**
 * What one system holds of a person: rows by identifier, then by the map's links, until nothing new appears. Set-based:
 * one query per link and round, whatever the number of rows. In a write session the rows found are locked. `terms`: what
 * is known to name this person and nobody else.
 */
export async function findInSystem(
  session: ReadSession,
  system: MappedSystem,
  seeds: Seeds,
  terms: readonly Term[],
  { isTold = true, find = findInSlices(session) }: HowToFind = {},
): Promise<FoundInSystem> {
  const drafts: Drafts = new Map(system.collections.map(({ name }) => [name, new Map()]))
  const notFollowed: NotFollowed[] = []
  let fresh: Fresh = await inEachCollection(
    system.collections,
    async (collection) =>
      [collection, await findSeeds(session, find, system, collection, seeds, drafts)] as const,
  )
  while (fresh.length > 0) {
    const parents = fresh.filter(([, rows]) => rows.length > 0)
    fresh = await followAll(find, system, parents, drafts, 'owner')
    for (const [parent, rows] of isTold ? parents : [])
      for (const [child, link] of linksTo(system, parent))
        if (link.role === 'none')
          await noteNotFollowed(session, system, parent, rows, child, link, notFollowed)
  }
  await markShared(session, find, system, drafts, hersOf(terms, seeds.staying))
  await followToParties(find, system, drafts)
  const collections = system.collections.map((collection) => ({
    name: collection.name,
    fields: collection.fields,
    rows: [...(drafts.get(collection.name)?.values() ?? [])].map(asHeld),
    mentions: [],
  }))
  return { holdings: { name: system.name, collections }, notFollowed }
}

type Fresh = readonly (readonly [MappedCollection, readonly Draft[]])[]

/**
 * What hangs on some rows and is new. Collections are asked side by side, which spares a target the beginnings and ends of
 * transactions; what leads to the same one goes in its order, so that a row is known by the first link that led to it.
 */
async function followAll(
  find: Find,
  system: MappedSystem,
  parents: Fresh,
  drafts: Drafts,
  role: 'owner' | 'party',
): Promise<Fresh> {
  const ways = parents.flatMap(([parent, rows]) =>
    linksTo(system, parent).flatMap(([child, link]) =>
      link.role === role ? [{ parent, rows, child, link }] : [],
    ),
  )
  const found = new Map<(typeof ways)[number], readonly Draft[]>()
  await inEach([...Map.groupBy(ways, ({ child }) => child).values()], async (some) => {
    for (const way of some)
      found.set(way, await follow(find, way.parent, way.rows, way.child, way.link, drafts))
  })
  return ways.map((way) => [way.child, found.get(way) ?? []] as const)
}

const asHeld = ({ row, role, clears, via, elements }: Draft): HeldRow => ({
  ...row,
  role,
  clears: [...clears],
  via,
  ...(elements.size > 0 && { elements }),
})

async function findSeeds(
  session: ReadSession,
  find: Find,
  system: MappedSystem,
  collection: MappedCollection,
  seeds: Seeds,
  drafts: Drafts,
): Promise<readonly Draft[]> {
  const owned: Draft[] = []
  await findKnown(
    session,
    collection,
    seeds.rows.filter((row) => row.collection === collection.name),
    (row, via) => add(drafts, collection, row, via, 'owner', [], owned),
  )
  for (const { link, values } of seeds.across.filter((one) => one.collection === collection.name))
    if (link.role !== 'none') await addLinked(find, collection, link, values, drafts, owned)
  const matches = identifierMatches(collection, seeds.identifiers)
  if (matches.length > 0)
    for await (const row of find({ collection: collection.name, matches, fields: collection.fields })) {
      const hits = matchedFields(system, collection, row, seeds.identifiers)
      const hit = ofOwner(collection, hits)
      if (!hit) continue
      const elements = ownElements(system, collection, row, seeds.identifiers)
      const via = { by: 'identifier', field: hit.field, kind: hit.kind } as const
      // An owner may be named as a party too, and where the row is also somebody else's only those fields are theirs.
      const cleared = [
        ...hits.flatMap(({ field }) => collection.partyFields.get(field) ?? []),
        ...elements.flatMap(({ fields }) => fields),
      ]
      const role = collection.partyFields.has(hit.field) ? 'party' : 'owner'
      const draft = add(drafts, collection, row, via, role, cleared, owned)
      for (const { name, places } of elements)
        draft.elements.set(name, new Set([...(draft.elements.get(name) ?? []), ...places]))
    }
  return owned
}

/** How the target is asked for rows with one of the identifiers; `matchedField` tests what comes back. */
export function identifierMatches(
  collection: MappedCollection,
  identifiers: readonly Identifier[],
): readonly Match[] {
  return collection.identifiers.flatMap(({ field, kind }) => {
    const values = identifiers
      .filter((one) => one.kind === kind)
      .map((one) => [foldValue(one.value, folds[kind])])
    return values.length === 0 ? [] : [{ fields: [field], fold: folds[kind], values }]
  })
}

const foldValue = (value: string, fold: Fold): string =>
  fold === 'digits' ? value.replace(/\D/g, '') : fold === 'lower' ? value.trim().toLowerCase() : value

/** The field by which a row really is this person's; the owner's fields before a party's. */
export const matchedField = (
  system: MappedSystem,
  collection: MappedCollection,
  row: FoundRow,
  identifiers: readonly Identifier[],
): IdentifierField | undefined => ofOwner(collection, matchedFields(system, collection, row, identifiers))

const ofOwner = ({ partyFields }: MappedCollection, hits: readonly IdentifierField[]) =>
  hits.find(({ field }) => !partyFields.has(field)) ?? hits[0]

/** All fields in which a row really holds one of the identifiers. */
function matchedFields(
  system: MappedSystem,
  collection: MappedCollection,
  row: FoundRow,
  identifiers: readonly Identifier[],
): readonly IdentifierField[] {
  return collection.identifiers.filter(({ field, kind }) => {
    const place = collection.fields.indexOf(field)
    return valuesOf(collection.description.fields[place], row.cells[place] ?? null).some((value) =>
      isOneOf(system, kind, value, identifiers),
    )
  })
}

/** The elements of a row's documents that an identifier in them says are this person's, with all their fields. */
function ownElements(
  system: MappedSystem,
  collection: MappedCollection,
  row: FoundRow,
  identifiers: readonly Identifier[],
): readonly {
  readonly name: string
  readonly fields: readonly string[]
  readonly places: readonly number[]
}[] {
  return collection.identifiers.flatMap(({ field, kind }) => {
    const place = collection.fields.indexOf(field)
    const description = collection.description.fields[place]
    const [name, fields] = [description && elementsOf(description), collection.partyFields.get(field)]
    if (!name || !fields) return []
    const places = valuesOf(description, row.cells[place] ?? null).flatMap((value, i) =>
      isOneOf(system, kind, value, identifiers) ? [i] : [],
    )
    return places.length === 0 ? [] : [{ name, fields, places }]
  })
}

function isOneOf(
  system: MappedSystem,
  kind: Identifier['kind'],
  value: Cell,
  identifiers: readonly Identifier[],
): boolean {
  const label = value === null ? null : cellLabel(system, kind, value)
  return label !== null && labelsOfAll(identifiers).has(label)
}

/** Notes a row once; somebody else's row that turns out to be the person's own becomes theirs. */
function add(
  drafts: Drafts,
  collection: MappedCollection,
  row: FoundRow,
  via: Via,
  role: 'owner' | 'party',
  clears: readonly string[],
  owned: Draft[],
): Draft {
  const rows = drafts.get(collection.name)
  const known = rows?.get(row.key)
  const draft: Draft = known ?? { row, via, role, clears: new Set(), elements: new Map() }
  rows?.set(row.key, draft)
  for (const field of clears) draft.clears.add(field)
  if (role === 'owner' && (!known || known.role === 'party')) {
    draft.role = 'owner'
    owned.push(draft)
  }
  return draft
}

const linksTo = (
  system: MappedSystem,
  parent: MappedCollection,
): readonly (readonly [MappedCollection, ResolvedLink])[] =>
  system.collections.flatMap((child) =>
    child.links
      .filter((link) => link.system === system.name && link.collection === parent.name)
      .map((link) => [child, link] as const),
  )

/** The rows of `child` that hang on `rows`, as far as they are new. */
async function follow(
  find: Find,
  parent: MappedCollection,
  rows: readonly Draft[],
  child: MappedCollection,
  link: ResolvedLink,
  drafts: Drafts,
): Promise<readonly Draft[]> {
  const values = valuesIn(parent, rows, link.toFields)
  const owned: Draft[] = []
  await addLinked(find, child, link, values, drafts, owned)
  return owned
}

const valuesIn = (collection: MappedCollection, rows: readonly Draft[], fields: readonly string[]) =>
  tuplesOf(
    collection,
    rows.map(({ row }) => row.cells),
    fields,
  ) // prettier-ignore

async function noteNotFollowed(
  session: ReadSession,
  system: MappedSystem,
  parent: MappedCollection,
  rows: readonly Draft[],
  child: MappedCollection,
  link: ResolvedLink,
  notFollowed: NotFollowed[],
): Promise<void> {
  const values = valuesIn(parent, rows, link.toFields)
  if (values.length === 0) return
  const matches: Match[] = [{ fields: link.fields, fold: 'none', values }]
  const count = await session.count({ collection: child.name, matches })
  if (count === 0) return
  const params = { to: parent.name, fields: link.fields.join(', ') }
  notFollowed.push({
    system: system.name,
    collection: child.name,
    code: 'link-of-another',
    params,
    rows: count,
  })
}

/** What mentions a row the person shares mentions the others too: only from rows of their own is a party reached. */
async function followToParties(find: Find, system: MappedSystem, drafts: Drafts): Promise<void> {
  const parents = system.collections.map((parent) => {
    const drafted = [...(drafts.get(parent.name)?.values() ?? [])]
    return [parent, drafted.filter(({ role }) => role === 'owner')] as const
  })
  await followAll(
    find,
    system,
    parents.filter(([, rows]) => rows.length > 0),
    drafts,
    'party',
  )
}

async function addLinked(
  find: Find,
  child: MappedCollection,
  link: ResolvedLink,
  values: readonly (readonly string[])[],
  drafts: Drafts,
  owned: Draft[],
): Promise<void> {
  const on = Object.fromEntries(link.fields.map((field, i) => [field, link.toFields[i] ?? '']))
  const via: Via = { by: 'link', to: link.collection, on }
  if (values.length === 0) return
  const matches: Match[] = [{ fields: link.fields, fold: 'none', values }]
  for await (const row of find({ collection: child.name, matches, fields: child.fields }))
    add(drafts, child, row, via, link.role === 'party' ? 'party' : 'owner', link.clears, owned)
}
