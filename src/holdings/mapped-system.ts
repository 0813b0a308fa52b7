import {
  type CollectionDescription,
  type SystemDescription,
  unreadableProblem,
} from '../connectors/public.ts'
import {
  type CollectionMap,
  type DataMap,
  type FieldMap,
  isUnique,
  type LinkMap,
  partyElements,
  resolveTarget,
  withMappedPaths,
} from '../inventory/public.ts'
import type { Identifier } from './holdings.ts'
import { problem } from './problems.ts'

/** A system as it stands now, beside what the confirmed map says of it. */
export interface MappedSystem {
  readonly name: string
  readonly description: SystemDescription
  readonly collections: readonly MappedCollection[]
  /** ISO 3166-1 alpha-2, for phone numbers written without a country. */
  readonly country: string | undefined
  readonly rules: DataMap['rules']
}

export interface MappedCollection {
  readonly name: string
  readonly description: CollectionDescription
  readonly map: CollectionMap
  /** Every field, in the order cells are read. */
  readonly fields: readonly string[]
  /** Fields that hold an identifier of the row's owner. */
  readonly identifiers: readonly IdentifierField[]
  /** Fields that are a party's, not the owner's, with all the fields of that party. */
  readonly partyFields: ReadonlyMap<string, readonly string[]>
  /** Links that may be followed, targets resolved. */
  readonly links: readonly ResolvedLink[]
}

export interface IdentifierField {
  readonly field: string
  readonly kind: Identifier['kind']
  readonly unique: boolean
}

export interface ResolvedLink {
  readonly system: string
  readonly collection: string
  /** Fields here, and the fields they equal there, in the same order. */
  readonly fields: readonly string[]
  readonly toFields: readonly string[]
  readonly role: LinkMap['role']
  readonly clears: readonly string[]
  readonly why: string | undefined
}

/**
 * Joins map and reality. Throws `holdings.map-stale` where the map names a collection or field that is gone, and what
 * `unreadableProblem` says of one that nobody can tell the fields of.
 */
export function mappedSystem(map: DataMap, name: string, described: SystemDescription): MappedSystem {
  const description = withMappedPaths(map, name, described)
  const collections = Object.entries(map.systems[name]?.collections ?? {}).map(
    ([collection, collectionMap]) => mappedCollection(map, name, collection, collectionMap, description),
  )
  return { name, description, collections, country: map.country, rules: map.rules }
}

function mappedCollection(
  whole: DataMap,
  system: string,
  name: string,
  map: CollectionMap,
  reality: SystemDescription,
): MappedCollection {
  const description = reality.collections.find((collection) => collection.name === name)
  if (!description) throw problem('holdings.map-stale', { system, collection: name })
  if (description.unreadable !== null && description.fields.length === 0) throw unreadableProblem(description)
  const fields = description.fields.map((field) => field.name)
  const links = (map.links ?? []).map((link) => resolveLink(whole, system, link))
  const named = [...Object.keys(map.fields), ...links.flatMap((link) => link.fields)]
  if (named.some((field) => !fields.includes(field)))
    throw problem('holdings.map-stale', { system, collection: name })
  const partyFields = new Map<string, readonly string[]>()
  for (const link of links)
    if (link.role === 'party') for (const field of link.clears) partyFields.set(field, link.clears)
  const groups = partyElements(map.fields)
  for (const group of groups)
    for (const field of group) if (!partyFields.has(field)) partyFields.set(field, group)
  const inElements = new Set(groups.flat())
  const identifiers = Object.entries(map.fields).flatMap(([field, { identifier, ...rest }]) =>
    identifier ? [{ field, kind: identifier, unique: isUniqueHere(field, { identifier, ...rest }) }] : [],
  )
  return { name, description, map, fields, identifiers, partyFields, links }

  /** In an element `unique: false` only says that the value is not the owner's: it is one person's all the same. */
  function isUniqueHere(field: string, fieldMap: FieldMap): boolean {
    const { unique: _, ...rest } = fieldMap
    return isUnique(inElements.has(field) ? rest : fieldMap)
  }
}

function resolveLink(map: DataMap, system: string, link: LinkMap): ResolvedLink {
  const target = resolveTarget(map, system, link.to)
  return {
    ...target,
    fields: Object.keys(link.on),
    toFields: Object.values(link.on),
    role: link.role,
    clears: link.clears ?? [],
    why: link.why,
  }
}

export const collectionOf = (system: MappedSystem, name: string): MappedCollection | undefined =>
  system.collections.find((collection) => collection.name === name)

/** True when these fields name at most one row of the collection. */
export const areUnique = (description: CollectionDescription, fields: readonly string[]): boolean =>
  [description.key, ...description.uniques].some(
    (unique) => unique.length > 0 && unique.every((field) => fields.includes(field)),
  )
