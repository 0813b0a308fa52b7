import type {
  Category,
  CollectionMap,
  DataMap,
  EraseAction,
  FieldMap,
  IdentifierKind,
  LinkMap,
} from '../data-map.ts'
import { own } from '../own.ts'
import type { Descriptions } from './check-systems.ts'
import { categoryOfFides } from './fides-categories.ts'
import {
  type FidesCollection,
  type FidesDataset,
  type FidesField,
  readFidesDatasets,
} from './fides-dataset.ts'
import type { ParsedYaml } from './parse-yaml.ts'
import type { Path, Place } from './place.ts'
import type { Report } from './report.ts'

/** A proposed map, and where in the Fides file each of its entries comes from. */
export interface FidesMap {
  readonly map: DataMap
  readonly origins: ReadonlyMap<string, number>
}

/** A Fides file begins with a list of datasets where a map has its systems. */
export const looksLikeFides = (text: string): boolean =>
  /^dataset\s*:/m.test(text) && !/^systems\s*:/m.test(text)

/**
 * A map of what Fides datasets say. A system is called as its dataset, or `system`; collections and fields are looked up
 * in `descriptions` where the system was scanned, and left out where they are not there. All that could not be taken
 * over is reported with its line.
 */
export function fidesMap(
  parsed: ParsedYaml,
  descriptions: Descriptions,
  system: string | undefined,
  report: Report,
): FidesMap {
  const datasets = readFidesDatasets(parsed, report)
  if (system !== undefined && datasets.length > 1)
    report.add('fides-several', datasets[1]?.at ?? 0, { count: datasets.length })
  const origins = new Map<string, number>()
  const names = new Map(datasets.map(({ key }) => [key, system ?? systemName(key)]))
  const known = datasets.map((dataset) =>
    resolve(dataset, names.get(dataset.key) ?? '', descriptions, report),
  )
  const links = linksOf(known, report)
  const systems = known.map(({ system: name, at, collections }) => {
    origins.set(key(['systems', name]), at)
    const maps = collections.map(({ id, collection, fields }) => {
      const path = ['systems', name, 'collections', id]
      origins.set(key(path), collection.at)
      for (const field of fields) origins.set(key([...path, 'fields', field.name]), field.at)
      const ours = links.filter((link) => link.system === name && link.collection === id)
      for (const [i, { at: offset }] of ours.entries()) origins.set(key([...path, 'links', i]), offset)
      return [
        id,
        collectionMap(
          collection,
          fields,
          ours.map(({ link }) => link),
          joinedIn(links, name, id),
          report,
        ),
      ] as const
    })
    return [name, { collections: Object.fromEntries(maps) }] as const
  })
  return { map: { version: 1, systems: Object.fromEntries(systems), rules: {} }, origins }
}

/** Dossier's names of systems have no underscores. */
const systemName = (key: string): string =>
  key
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 63)

const key = (path: Path): string => JSON.stringify(path)

/** The places of a map's entries in the file they come from: their own, or of what they stand in; -1 for all that is not from there. */
export function placesOf(value: unknown, origins: FidesMap['origins'], path: Path = [], around = -1): Place {
  const at = origins.get(key(path)) ?? around
  const entries =
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([name, inner]) => {
          const step = Array.isArray(value) ? Number(name) : name
          return [name, placesOf(inner, origins, [...path, step], at)] as const
        })
      : []
  return { key: at, value: at, inside: new Map(entries) }
}

interface Resolved {
  readonly dataset: string
  readonly system: string
  readonly at: number
  readonly collections: readonly {
    /** Its name in the system. */
    readonly id: string
    readonly collection: FidesCollection
    readonly fields: readonly FidesField[]
  }[]
}

/** Leaves out what the scanned system does not have: a dataset written long ago is no reason to refuse the rest of it. */
function resolve(
  dataset: FidesDataset,
  system: string,
  descriptions: Descriptions,
  report: Report,
): Resolved {
  const tables = own(descriptions, system)?.collections
  const collections = dataset.collections.flatMap((collection) => {
    const { name, namespace } = collection
    const ends = tables?.filter((one) => one.name === name || one.name.endsWith(`.${name}`)) ?? []
    const table =
      ends.find((one) => one.name === name || one.name === `${namespace ?? 'public'}.${name}`) ??
      (ends.length === 1 ? ends[0] : undefined)
    if (tables && !table) {
      report.unknown(
        'fides-unknown-collection',
        collection.at,
        name,
        tables.map((one) => one.name),
        { system },
      )
      return []
    }
    const columns = table?.fields.map((field) => field.name)
    const fields = collection.fields.filter((field) => {
      if (!columns || columns.includes(field.name)) return true
      report.unknown('fides-unknown-field', field.at, field.name, columns, { collection: name })
      return false
    })
    return [{ id: table?.name ?? name, collection, fields }]
  })
  return { dataset: dataset.key, system, at: dataset.at, collections }
}

interface FoundLink {
  readonly system: string
  readonly collection: string
  readonly at: number
  readonly link: LinkMap
  readonly to: { readonly system: string; readonly collection: string }
}

/**
 * `from`: this row is found by what the other holds, so it belongs to the other. `to`: the other way round. Without a
 * direction Fides follows both ways; a row belongs to the one whose key is referred to.
 */
function linksOf(known: readonly Resolved[], report: Report): readonly FoundLink[] {
  const found = new Map<string, FoundLink>()
  const target = (dataset: string, collection: string, field: string) => {
    const other = known.find((one) => one.dataset === dataset)
    const there = other?.collections.find((one) => one.collection.name === collection)
    const column = there?.fields.find((one) => one.name === field)
    return other && there && column ? { system: other.system, id: there.id, column } : null
  }
  for (const { system, collections } of known)
    for (const { id, fields } of collections)
      for (const field of fields)
        for (const { at, dataset, collection, field: name, direction } of field.references) {
          const other = target(dataset, collection, name)
          if (!other) {
            report.add('fides-link-lost', at, { to: `${dataset}.${collection}.${name}`, name: field.name })
            continue
          }
          if (direction === null)
            report.add('fides-direction', at, { name: field.name, to: `${collection}.${name}` })
          const here = { system, id, column: field }
          const belongsHere =
            direction === 'to' || (direction === null && field.primaryKey && !other.column.primaryKey)
          const [child, parent] = belongsHere ? [other, here] : [here, other]
          const to = parent.system === child.system ? parent.id : `${parent.system}/${parent.id}`
          const link: LinkMap = { to, on: { [child.column.name]: parent.column.name }, role: 'owner' }
          const one = {
            system: child.system,
            collection: child.id,
            at,
            link,
            to: { system: parent.system, collection: parent.id },
          }
          // Both ends may tell of the same reference.
          found.set(JSON.stringify([child.system, child.id, link]), one)
        }
  return [...found.values()]
}

/** Fields that links join on: they are in the map although nobody gave them a category. */
const joinedIn = (links: readonly FoundLink[], system: string, collection: string): ReadonlySet<string> =>
  new Set(
    links.flatMap(({ link, to, ...from }) => [
      ...(from.system === system && from.collection === collection ? Object.keys(link.on) : []),
      ...(to.system === system && to.collection === collection ? Object.values(link.on) : []),
    ]),
  )

function collectionMap(
  collection: FidesCollection,
  fields: readonly FidesField[],
  links: readonly LinkMap[],
  joined: ReadonlySet<string>,
  report: Report,
): CollectionMap {
  const maps = fields.flatMap((field): readonly (readonly [string, FieldMap])[] => {
    const map = fieldMap(field, joined.has(field.name), report)
    return map ? [[field.name, map]] : []
  })
  return {
    // Fides empties fields and leaves the row, unless told to delete it.
    rows: collection.masking === 'delete' ? 'delete' : 'clear',
    fields: Object.fromEntries(maps),
    ...(links.length > 0 && { links }),
  }
}

const identities: Readonly<Record<string, readonly [IdentifierKind, Category]>> = {
  email: ['email', 'email'],
  phone: ['phone', 'phone'],
  phone_number: ['phone', 'phone'],
}

function fieldMap(field: FidesField, joined: boolean, report: Report): FieldMap | null {
  const [kind, plain] =
    (field.identity && own(identities, field.identity)) || (['number', 'customer-number'] as const)
  if (field.identity && !own(identities, field.identity))
    report.add('fides-identity', field.at, { name: field.name, identity: field.identity })
  const said = categoryOf(field, report)
  const category =
    field.identity && (said === null || said === 'none') ? plain : (said ?? (joined ? 'generic-id' : null))
  if (category === null) return null
  const erase = category === 'none' ? undefined : eraseOf(field, report)
  return { category, ...(field.identity && { identifier: kind }), ...(erase !== undefined && { erase }) }
}

/** Of the field, or of all that an object holds; null where Fides calls nothing in it personal. */
function categoryOf(field: FidesField, report: Report): Category | null {
  const converted = field.categories.flatMap(({ name, at }) => {
    const found = categoryOfFides(name)
    if (!found) report.add('fides-category', at, { category: name, name: field.name })
    else if (!found.exact) report.add('fides-category-near', at, { category: name, name: field.name })
    return found ? [found.category] : ['free-text' as const]
  })
  const inner = field.inside.flatMap((one) => categoryOf(one, report) ?? [])
  if (field.inside.length > 0) report.add('fides-nested', field.at, { name: field.name })
  const personal = [...new Set([...converted, ...inner])].filter((one) => one !== 'none')
  const [first, second] = personal
  if (first === undefined) return converted.length + inner.length > 0 ? 'none' : null
  if (second === undefined) return first
  if (field.inside.length > 0) return 'free-text'
  report.add('fides-several-categories', field.at, {
    name: field.name,
    category: first,
    others: personal.slice(1).join(', '),
  })
  return first
}

/** Hashing and encrypting keep a value that can be found again: that is no erasure (GDPR recital 26). */
function eraseOf({ name, readOnly, masking }: FidesField, report: Report): EraseAction | undefined {
  if (readOnly) return 'keep'
  if (!masking) return undefined
  if (masking.strategy === 'null_rewrite') return 'clear'
  if (masking.strategy === 'string_rewrite' && masking.replacement !== null)
    return { replace: masking.replacement }
  report.add('fides-masking', masking.at, { name, strategy: masking.strategy })
  return undefined
}
