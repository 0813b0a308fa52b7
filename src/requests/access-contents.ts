import type { Cell, FieldDescription, FieldKind, SystemDescription } from '../connectors/public.ts'
import type { CollectionHoldings, HeldRow, Holdings, SystemHoldings } from '../holdings/public.ts'
import {
  type Category,
  type CollectionMap,
  type DataMap,
  type Ground,
  type IdentifierKind,
  type Purpose,
  partyElements,
} from '../inventory/public.ts'
import { documentCells } from './access-documents.ts'
import { fileNamer } from './access-names.ts'

/** What one person gets of what is held (Art. 15 and 20): decided here, written by `access-package.ts`. */
export interface AccessContents {
  readonly collections: readonly PackagedCollection[]
  /** Systems that answered and hold nothing. */
  readonly nothingFound: readonly string[]
  /** Systems that did not answer: what they hold is missing. `code` is a Problem's. */
  readonly unreachable: readonly { readonly system: string; readonly code: string }[]
  readonly leftOut: readonly LeftOut[]
  /** Texts in other people's rows that name the person: a copy needs somebody to weigh both sides (ACC-04). */
  readonly mentions: readonly MentionedIn[]
  /** An identifier shared with others, or a namesake: rows that may be the person's were not taken. */
  readonly uncertain: boolean
}

export interface PackagedCollection {
  readonly system: string
  readonly name: string
  /** Path inside the package without extension. */
  readonly path: string
  readonly fields: readonly PackagedField[]
  readonly rows: readonly PackagedRow[]
  readonly purposes: readonly (Purpose & { readonly name: string })[]
  readonly keep: readonly PackagedKeep[]
}

export interface PackagedField {
  readonly name: string
  readonly kind: FieldKind
  /** As the system calls it, e.g. `character varying(40)`. */
  readonly type: string
  /** Null where the map does not know the field yet: in the person's own row it is theirs all the same. */
  readonly category: Category | null
  readonly identifier: IdentifierKind | null
}

/** Whether a category says anything to a person. */
export const isTelling = (category: Category | null): category is Exclude<Category, 'none' | 'generic-id'> =>
  category !== null && category !== 'none' && category !== 'generic-id'

export interface PackagedRow {
  readonly role: HeldRow['role']
  /** In the order of the fields; undefined is not shown, because it is not this person's. */
  readonly cells: readonly (Cell | undefined)[]
}

/** How long: a keep rule of the map that holds for this collection, or for some of its fields. */
export interface PackagedKeep {
  readonly rule: string
  readonly ground: Ground
  readonly article: string
  /** Whole years counted from the field `from`; null while a condition holds. */
  readonly years: number | null
  readonly from: string | null
  readonly fields: readonly string[]
  /** The collection whose rows need these fields, where it is another. */
  readonly neededBy: string | null
}

export interface LeftOut extends LeftOutField {
  readonly system: string
  readonly collection: string
}

interface LeftOutField {
  readonly field: string
  /** `secret`: a password or token. `not-exported`: the map says so. `of-another`: somebody else's, in this person's row. */
  readonly reason: 'secret' | 'not-exported' | 'of-another'
  /** Rows that hold a value there. */
  readonly rows: number
  /** The map's own words. */
  readonly why: string | null
}

export interface MentionedIn {
  readonly system: string
  readonly collection: string
  readonly field: string
  readonly rows: number
}

/** Sorts what is held into what the person gets and what they do not, with the reason (ACC-05). Pure. */
export function contentsOf(
  holdings: Holdings,
  map: DataMap,
  descriptions: Readonly<Record<string, SystemDescription>>,
): AccessContents {
  const folderOf = fileNamer('system')
  const systems = holdings.systems.map((held) => ({
    name: held.name,
    ...systemContents(held, map, own(descriptions, held.name), `data/${folderOf(held.name)}`),
  }))
  const isEmpty = ({ collections, leftOut, mentions }: (typeof systems)[number]) =>
    collections.length + leftOut.length + mentions.length === 0
  return {
    collections: systems.flatMap(({ collections }) => collections),
    nothingFound: systems.filter(isEmpty).map(({ name }) => name),
    unreachable: holdings.unreachable.map(({ name, code }) => ({ system: name, code })),
    leftOut: systems.flatMap(({ leftOut }) => leftOut),
    mentions: systems.flatMap(({ mentions }) => mentions),
    uncertain:
      holdings.possible.length > 0 ||
      holdings.notFollowed.some(({ code }) => code === 'shared-identifier' || code === 'ambiguous'),
  }
}

function systemContents(
  held: SystemHoldings,
  map: DataMap,
  description: SystemDescription | undefined,
  folder: string,
): Pick<AccessContents, 'collections' | 'leftOut' | 'mentions'> {
  const fileOf = fileNamer('collection')
  const mapped = own(map.systems, held.name)?.collections ?? {}
  const sorted = held.collections.map((collection) => {
    const { name } = collection
    const collectionMap = own(mapped, name)
    const { leftOut, ...kept } = packageRows(collection, collectionMap, describedIn(collection, description))
    const place = { system: held.name, collection: name }
    const packaged = {
      system: held.name,
      name,
      path: `${folder}/${fileOf(name)}`,
      ...kept,
      purposes: purposesOf(map, collectionMap),
      keep: keepsOf(map, mapped, name),
    }
    return {
      packaged,
      leftOut: leftOut.map((one) => ({ ...place, ...one })),
      mentions: mentionsIn(place, collection),
    }
  })
  return {
    collections: sorted.map(({ packaged }) => packaged).filter(({ rows }) => rows.length > 0),
    leftOut: sorted.flatMap(({ leftOut }) => leftOut),
    mentions: sorted.flatMap(({ mentions }) => mentions),
  }
}

/** A column may be called `constructor`: only what the map itself names counts. */
const own = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined

/** In the order in which cells are held. */
function describedIn(
  held: CollectionHoldings,
  description: SystemDescription | undefined,
): readonly (FieldDescription | undefined)[] {
  const described = description?.collections.find(({ name }) => name === held.name)?.fields ?? []
  return held.fields.map((name) => described.find((one) => one.name === name))
}

function fieldsOf(
  held: CollectionHoldings,
  map: CollectionMap | undefined,
  described: readonly (FieldDescription | undefined)[],
): readonly PackagedField[] {
  return held.fields.map((name, i) => {
    const fieldMap = own(map?.fields, name)
    const field = described[i]
    return {
      name,
      kind: field?.kind ?? 'other',
      type: field?.type ?? '',
      category: fieldMap?.category ?? null,
      identifier: fieldMap?.identifier ?? null,
    }
  })
}

/** A person's own rows come first, other people's last. */
const roleOrder: readonly HeldRow['role'][] = ['owner', 'shared', 'party']

/** The rows without what the person may not see, and without fields of which nothing is left. */
function packageRows(
  collection: CollectionHoldings,
  map: CollectionMap | undefined,
  described: readonly (FieldDescription | undefined)[],
) {
  const fields = fieldsOf(collection, map, described)
  const partyFields = new Set(
    (map?.links ?? []).flatMap(({ role, clears }) => (role === 'party' ? (clears ?? []) : [])),
  )
  const withheld = fields.map(({ name, category }) => {
    if (category === 'secret') return 'secret' as const
    return own(map?.fields, name)?.export === false ? ('not-exported' as const) : null
  })
  const heldBack = (column: string) =>
    withheld.find((reason, i) => reason !== null && described[i]?.within?.field === column) ?? null
  const inElements = new Set(partyElements(map?.fields ?? {}).flat())
  const isTheirs = (row: HeldRow, name: string) =>
    row.clears.includes(name) || (row.role !== 'party' && (!partyFields.has(name) || inElements.has(name)))

  const counts = new Map<string, LeftOutField>()
  const seen = fields.map(() => false)
  const rows: PackagedRow[] = []
  for (const row of collection.rows) {
    const held = documentCells(row, described, inElements)
    const cells = fields.map(({ name }, i) => {
      const theirs = isTheirs(row, name)
      // A document that cannot be taken apart cannot be handed out without what is held back in it.
      const inside = held.unread.has(i) ? heldBack(name) : null
      const reason = withheld[i] ?? (theirs ? inside : 'of-another')
      if (held.cut.has(i) && row.role !== 'party') count(counts, name, 'of-another', undefined)
      if (reason === null && (held.cells[i] !== null || !held.cut.has(i))) {
        seen[i] = true
        return held.cells[i] ?? null
      }
      if (reason === null) return undefined
      // In somebody else's row, what is not this person's is no business of this copy.
      if ((row.role !== 'party' || theirs) && held.cells[i] != null)
        count(counts, name, reason, own(map?.fields, name)?.why)
      return undefined
    })
    if (cells.some((cell) => cell !== undefined)) rows.push({ role: row.role, cells })
  }
  const shown = <T>(_: T, i: number) => seen[i] === true
  return {
    fields: fields.filter(shown),
    rows: rows
      .toSorted((a, b) => roleOrder.indexOf(a.role) - roleOrder.indexOf(b.role))
      .map(({ role, cells }) => ({ role, cells: cells.filter(shown) })),
    leftOut: [...counts.values()],
  }
}

function count(
  counts: Map<string, LeftOutField>,
  field: string,
  reason: LeftOut['reason'],
  why: string | undefined,
): void {
  const label = `${reason} ${field}`
  const known = counts.get(label) ?? { field, reason, rows: 0, why: why ?? null }
  counts.set(label, { ...known, rows: known.rows + 1 })
}

function mentionsIn(
  place: Pick<MentionedIn, 'system' | 'collection'>,
  { mentions }: CollectionHoldings,
): readonly MentionedIn[] {
  const rowsOf = new Map<string, Set<string>>()
  for (const { field, key } of mentions) rowsOf.set(field, (rowsOf.get(field) ?? new Set()).add(key))
  return [...rowsOf].map(([field, keys]) => ({ ...place, field, rows: keys.size }))
}

/** Art. 15(1)(a): those of the collection, and those that single fields have of their own. */
function purposesOf(map: DataMap, collection: CollectionMap | undefined): PackagedCollection['purposes'] {
  const ofFields = Object.values(collection?.fields ?? {}).flatMap(({ purposes = [] }) => purposes)
  return [...new Set([...(collection?.purposes ?? []), ...ofFields])].flatMap((name) => {
    const purpose = own(map.purposes, name)
    return purpose ? [{ name, ...purpose }] : []
  })
}

/** The keep rules on a collection's rows, and those of others that need some of its fields. */
function keepsOf(
  map: DataMap,
  system: Readonly<Record<string, CollectionMap>>,
  collection: string,
): readonly PackagedKeep[] {
  return Object.entries(system).flatMap(([name, { keep = [] }]) =>
    keep.flatMap((one) => {
      const rule = own(map.rules, one.rule)
      const fields = name === collection ? one.fields : own(one.also, collection)
      if (!rule || !fields) return []
      const { ground, article, years = null } = rule
      const from = one.from ?? null
      return [
        { rule: one.rule, ground, article, years, from, fields, neededBy: name === collection ? null : name },
      ]
    }),
  )
}
