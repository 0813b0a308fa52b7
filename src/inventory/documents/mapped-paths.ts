import {
  type CollectionDescription,
  describePathField,
  type FieldDescription,
  readPathField,
  type SystemDescription,
} from '../../connectors/public.ts'
import type { DataMap } from '../data-map.ts'
import { namesIn } from '../names-in-map.ts'

/** Whether a name is a path in one of the columns, be it that no sampled document had it. */
export const isPathSeen = (fields: readonly FieldDescription[], name: string): boolean =>
  readPathField(name, fields) !== null

/** The field that a path in one of the columns is, where no sample has shown it. */
export function assumedPathField(
  fields: readonly FieldDescription[],
  name: string,
): FieldDescription | undefined {
  const found = readPathField(name, fields)
  const column = found && fields.find((field) => field.name === found.field)
  return found && column ? describePathField(column, name, found.path, 'text') : undefined
}

/**
 * The description with all paths that the map names, whether a sample has shown them or not, and with CHECKs that speak
 * of a column speaking of the paths in it.
 */
export function withMappedPaths(
  map: Pick<DataMap, 'systems'>,
  system: string,
  description: SystemDescription,
): SystemDescription {
  const wanted = Map.groupBy(
    [...namesIn(map)].filter((name) => name.system === system && name.field?.includes('.$')),
    ({ collection }) => collection,
  )
  if (wanted.size === 0) return description
  const collections = description.collections.map((collection) =>
    withPaths(
      collection,
      (wanted.get(collection.name) ?? []).flatMap(({ field }) => field ?? []),
    ),
  )
  return { ...description, collections }
}

function withPaths(collection: CollectionDescription, names: readonly string[]): CollectionDescription {
  const known = new Set(collection.fields.map(({ name }) => name))
  const news = [...new Set(names)].flatMap((name) =>
    known.has(name) ? [] : (assumedPathField(collection.fields, name) ?? []),
  )
  const fields = [...collection.fields, ...news]
  const checks = collection.checks.map((check) => ({
    ...check,
    fields: [
      ...check.fields,
      ...fields.flatMap(({ name, within }) => (within && check.fields.includes(within.field) ? [name] : [])),
    ],
  }))
  return news.length === 0 ? collection : { ...collection, fields, checks }
}
