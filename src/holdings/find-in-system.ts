import type { Fold, FoundRow, Match, ReadSession, RowKey } from '../connectors/public.ts'
import { normaliseIdentifier } from '../subjects/public.ts'
import { digestOf, tuplesOf } from './cells.ts'
import type { HeldRow, Identifier, NotFollowed, SystemHoldings, Via } from './holdings.ts'
import {
  areUnique,
  collectionOf,
  type MappedCollection,
  type MappedSystem,
  type ResolvedLink,
} from './mapped-system.ts'

/** Where a search in one system begins. */
export interface Seeds {
  readonly identifiers: readonly Identifier[]
  /** Rows known from before: after an erasure their identifiers are gone. */
  readonly rows: readonly KnownRow[]
  /** What rows of other systems hold in the fields that links of this one point at. */
  readonly across: readonly {
    readonly collection: string
    readonly link: ResolvedLink
    readonly values: readonly (readonly string[])[]
  }[]
}

export interface KnownRow {
  readonly collection: string
  readonly key: RowKey
  /** What the row must still hold to be the one that was meant: a key may have been given to somebody else since. */
  readonly still?: { readonly fields: readonly string[]; readonly digest: string }
}

export interface FoundInSystem {
  readonly holdings: SystemHoldings
  readonly notFollowed: readonly NotFollowed[]
}

interface Draft {
  readonly row: FoundRow
  readonly via: Via
  role: HeldRow['role']
  readonly clears: Set<string>
}

type Drafts = Map<string, Map<RowKey, Draft>>

const tupleLimit = 1_000

/** How an identifier is compared in the target, before each hit is tested again here. */
const folds: Readonly<Record<Identifier['kind'], Fold>> = {
  email: 'lower',
  username: 'lower',
  number: 'lower',
  phone: 'digits',
  'national-id': 'digits',
  'bank-account': 'digits',
}

/**
 * What one system holds of a person: rows by identifier, then by the map's links, until nothing new appears. Set-based:
 * one query per link and round, whatever the number of rows. In a write session the rows found are locked.
 */
export async function findInSystem(
  session: ReadSession,
  system: MappedSystem,
  seeds: Seeds,
): Promise<FoundInSystem> {
  const drafts: Drafts = new Map(system.collections.map(({ name }) => [name, new Map()]))
  const notFollowed: NotFollowed[] = []
  let fresh: (readonly [MappedCollection, readonly Draft[]])[] = []
  for (const collection of system.collections)
    fresh.push([collection, await findSeeds(session, system, collection, seeds, drafts)])
  while (fresh.length > 0) {
    const next: (readonly [MappedCollection, readonly Draft[]])[] = []
    for (const [parent, rows] of fresh) {
      if (rows.length === 0) continue
      for (const child of system.collections)
        for (const link of child.links)
          if (link.system === system.name && link.collection === parent.name)
            next.push([child, await follow(session, system, parent, rows, child, link, drafts, notFollowed)])
    }
    fresh = next.filter(([, rows]) => rows.length > 0)
  }
  for (const collection of system.collections) await markShared(session, system, collection, drafts)
  const collections = system.collections.map((collection) => ({
    name: collection.name,
    fields: collection.fields,
    rows: [...(drafts.get(collection.name)?.values() ?? [])].map(asHeld),
    mentions: [],
  }))
  return { holdings: { name: system.name, collections }, notFollowed }
}

const asHeld = ({ row, role, clears, via }: Draft): HeldRow => ({ ...row, role, clears: [...clears], via })

async function findSeeds(
  session: ReadSession,
  system: MappedSystem,
  collection: MappedCollection,
  seeds: Seeds,
  drafts: Drafts,
): Promise<readonly Draft[]> {
  const owned: Draft[] = []
  const known = seeds.rows.filter((row) => row.collection === collection.name)
  if (known.length > 0)
    for await (const row of session.find({
      collection: collection.name,
      keys: [...new Set(known.map((one) => one.key))],
      fields: collection.fields,
    }))
      if (known.some((one) => one.key === row.key && isStill(collection, row, one)))
        add(drafts, collection, row, { by: 'known' }, 'owner', [], owned)
  for (const { link, values } of seeds.across.filter((one) => one.collection === collection.name))
    if (link.role !== 'none') await addLinked(session, collection, link, values, drafts, owned)
  const matches = identifierMatches(collection, seeds.identifiers)
  if (matches.length > 0)
    for await (const row of session.find({
      collection: collection.name,
      matches,
      fields: collection.fields,
    })) {
      const hit = matchedField(system, collection, row, seeds.identifiers)
      if (!hit) continue
      const clears = collection.partyFields.get(hit.field)
      add(
        drafts,
        collection,
        row,
        { by: 'identifier', field: hit.field, kind: hit.kind },
        clears ? 'party' : 'owner',
        clears ?? [],
        owned,
      )
    }
  return owned
}

const isStill = (collection: MappedCollection, row: FoundRow, { still }: KnownRow): boolean =>
  still === undefined || digestOf(collection.fields, row.cells, still.fields) === still.digest

function identifierMatches(
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
function matchedField(
  system: MappedSystem,
  collection: MappedCollection,
  row: FoundRow,
  identifiers: readonly Identifier[],
) {
  const hits = collection.identifiers.filter(({ field, kind }) => {
    const cell = row.cells[collection.fields.indexOf(field)]
    return (
      cell != null &&
      identifiers.some((one) => one.kind === kind && isSame(kind, cell, one.value, system.country))
    )
  })
  return hits.find(({ field }) => !collection.partyFields.has(field)) ?? hits[0]
}

/** A phone without a country we know is compared by its last nine digits; everything else by its normal form. */
function isSame(
  kind: Identifier['kind'],
  cell: string,
  wanted: string,
  country: string | undefined,
): boolean {
  const normal = normaliseIdentifier(kind, cell, country)
  if (normal !== null || kind !== 'phone') return normal === wanted
  const [a, b] = [cell.replace(/\D/g, ''), wanted.replace(/\D/g, '')]
  return a.length >= 9 && a.slice(-9) === b.slice(-9)
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
): void {
  const rows = drafts.get(collection.name)
  const known = rows?.get(row.key)
  const draft = known ?? { row, via, role, clears: new Set<string>() }
  rows?.set(row.key, draft)
  for (const field of clears) draft.clears.add(field)
  if (role === 'owner' && (!known || known.role === 'party')) {
    draft.role = 'owner'
    owned.push(draft)
  }
}

async function follow(
  session: ReadSession,
  system: MappedSystem,
  parent: MappedCollection,
  rows: readonly Draft[],
  child: MappedCollection,
  link: ResolvedLink,
  drafts: Drafts,
  notFollowed: NotFollowed[],
): Promise<readonly Draft[]> {
  const values = tuplesOf(
    parent,
    rows.map(({ row }) => row.cells),
    link.toFields,
  ) // prettier-ignore
  if (values.length === 0) return []
  if (link.role === 'none') {
    const count = await session.count({
      collection: child.name,
      matches: [{ fields: link.fields, fold: 'none', values }],
    })
    if (count > 0)
      notFollowed.push({
        system: system.name,
        collection: child.name,
        code: 'link-of-another',
        params: { to: parent.name, fields: link.fields.join(', ') },
        rows: count,
      })
    return []
  }
  const owned: Draft[] = []
  await addLinked(session, child, link, values, drafts, owned)
  return owned
}

async function addLinked(
  session: ReadSession,
  child: MappedCollection,
  link: ResolvedLink,
  values: readonly (readonly string[])[],
  drafts: Drafts,
  owned: Draft[],
): Promise<void> {
  const on = Object.fromEntries(link.fields.map((field, i) => [field, link.toFields[i] ?? '']))
  const via: Via = { by: 'link', to: link.collection, on }
  for (let start = 0; start < values.length; start += tupleLimit) {
    const matches: Match[] = [
      { fields: link.fields, fold: 'none', values: values.slice(start, start + tupleLimit) },
    ]
    for await (const row of session.find({ collection: child.name, matches, fields: child.fields }))
      add(drafts, child, row, via, link.role === 'party' ? 'party' : 'owner', link.clears, owned)
  }
}

/** A row that also hangs on somebody else stays while they do: only the last owner takes it along (design §4). */
async function markShared(
  session: ReadSession,
  system: MappedSystem,
  collection: MappedCollection,
  drafts: Drafts,
): Promise<void> {
  const owned = [...(drafts.get(collection.name)?.values() ?? [])].filter((draft) => draft.role === 'owner')
  if (owned.length === 0) return
  for (const link of collection.links) {
    if (link.role !== 'owner' || link.system !== system.name) continue
    const owners = collectionOf(system, link.collection)
    if (!owners) continue
    const ownKeys = new Set(drafts.get(owners.name)?.keys())
    const ownTuples = new Set(
      tuplesOf(
        owners,
        [...(drafts.get(owners.name)?.values() ?? [])].map(({ row }) => row.cells),
        link.toFields,
      ).map((tuple) => JSON.stringify(tuple)),
    ) // prettier-ignore
    const certain = areUnique(owners.description, link.toFields)
    const open = owned.filter(({ row }) => {
      const [tuple] = tuplesOf(collection, [row.cells], link.fields)
      return tuple !== undefined && !(certain && ownTuples.has(JSON.stringify(tuple)))
    })
    const others = await otherOwners(session, collection, open, owners, link, ownKeys)
    for (const draft of open) {
      const [tuple] = tuplesOf(collection, [draft.row.cells], link.fields)
      if (tuple && others.has(JSON.stringify(tuple))) draft.role = 'shared'
    }
  }
}

async function otherOwners(
  session: ReadSession,
  collection: MappedCollection,
  drafts: readonly Draft[],
  owners: MappedCollection,
  link: ResolvedLink,
  ownKeys: ReadonlySet<RowKey>,
): Promise<ReadonlySet<string>> {
  const values = tuplesOf(
    collection,
    drafts.map(({ row }) => row.cells),
    link.fields,
  ) // prettier-ignore
  const others = new Set<string>()
  if (values.length === 0) return others
  const matches: Match[] = [{ fields: link.toFields, fold: 'none', values }]
  for await (const row of session.find({ collection: owners.name, matches, fields: link.toFields }))
    if (!ownKeys.has(row.key)) others.add(JSON.stringify(row.cells))
  return others
}
