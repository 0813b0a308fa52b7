import type { CollectionMap, DataMap } from '../inventory/public.ts'

/** The entry of that name, and never one an object inherits: a column may well be called `constructor`. */
export const own = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined

export const collectionOf = (map: DataMap, system: string, collection: string): CollectionMap | undefined =>
  own(own(map.systems, system)?.collections, collection)

/** The names of the purposes a field serves: its own where it says so, else its collection's. */
export const purposesOf = (collection: CollectionMap, field: string): readonly string[] =>
  own(collection.fields, field)?.purposes ?? collection.purposes ?? []
