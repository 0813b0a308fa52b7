import type { SystemDescription } from '../connectors/public.ts'
import { type CollectionMap, type DataMap, type KeepMap, type LinkMap, resolveTarget } from './data-map.ts'
import { isPathSeen } from './documents/mapped-paths.ts'
import type { MapNote } from './merge-maps.ts'
import { namesIn } from './names-in-map.ts'

type Descriptions = Readonly<Record<string, SystemDescription>>

/** What the map names and the last scan no longer saw. Of a system that was never scanned nothing is known. */
export function whatIsGone(map: DataMap, descriptions: Descriptions): readonly MapNote[] {
  const sight = sightOf(descriptions)
  const notes = new Map<string, MapNote>()
  const note = (one: MapNote) => notes.set(JSON.stringify([one.system, one.collection, one.field]), one)
  for (const system of Object.keys(map.systems))
    if (!Object.hasOwn(descriptions, system)) note({ system, code: 'gone-unscanned', params: {} })
  for (const { system, collection, field } of namesIn(map)) {
    if (!sight.sees(system, collection)) note({ system, collection, code: 'gone-collection', params: {} })
    else if (field !== undefined && !sight.sees(system, collection, field))
      note({ system, collection, field, code: 'gone-field', params: {} })
  }
  return [...notes.values()]
}

/** The map without what is gone, and without links and keep rules that lean on it. */
export function withoutGone(map: DataMap, descriptions: Descriptions): DataMap {
  const { sees } = sightOf(descriptions)
  const systems = Object.entries(map.systems).map(([system, systemMap]) => {
    const collections = Object.entries(systemMap.collections)
      .filter(([name]) => sees(system, name))
      .map(([name, collection]) => [name, withoutGoneFields(map, sees, system, name, collection)])
    return [system, { ...systemMap, collections: Object.fromEntries(collections) }]
  })
  return { ...map, systems: Object.fromEntries(systems) }
}

interface Sight {
  sees(system: string, collection: string, field?: string): boolean
}

function sightOf(descriptions: Descriptions): Sight {
  const seen = new Map(
    Object.entries(descriptions).map(([system, { collections }]) => [
      system,
      new Map(
        collections.map(({ name, fields, unreadable }) => [
          name,
          // A right that was taken away hides the fields; it does not remove them.
          unreadable === null ? fields : null,
        ]),
      ),
    ]),
  )
  return {
    sees(system, collection, field) {
      const collections = seen.get(system)
      if (!collections) return true
      const fields = collections.get(collection)
      if (!fields || field === undefined) return fields !== undefined
      // Another sample may show other documents: a path is gone with its column, and not before.
      return fields.some(({ name }) => name === field) || isPathSeen(fields, field)
    },
  }
}

function withoutGoneFields(
  map: DataMap,
  sees: Sight['sees'],
  system: string,
  name: string,
  { links, keep, fields, ...rest }: CollectionMap,
): CollectionMap {
  const has = (field: string) => sees(system, name, field)
  const reaches = (link: LinkMap): boolean => {
    const target = resolveTarget(map, system, link.to)
    const ends = Object.values(link.on)
    return (
      Object.keys(link.on).every(has) && ends.every((field) => sees(target.system, target.collection, field))
    )
  }
  const leftLinks = links
    ?.filter(reaches)
    .map((link) => (link.clears ? { ...link, clears: link.clears.filter(has) } : link))
  // A rule that lost the date it counts from cannot be judged any more.
  const leftKeep = keep
    ?.filter(({ from }) => from === undefined || has(from))
    .map((one) => withoutGoneAlso(map, sees, system, { ...one, fields: one.fields.filter(has) }))
  return {
    ...rest,
    fields: Object.fromEntries(Object.entries(fields).filter(([field]) => has(field))),
    ...(leftLinks && leftLinks.length > 0 && { links: leftLinks }),
    ...(leftKeep && leftKeep.length > 0 && { keep: leftKeep }),
  }
}

function withoutGoneAlso(map: DataMap, sees: Sight['sees'], system: string, keep: KeepMap): KeepMap {
  if (!keep.also) return keep
  const left = Object.entries(keep.also).flatMap(([to, fields]) => {
    const target = resolveTarget(map, system, to)
    const seen = fields.filter((field) => sees(target.system, target.collection, field))
    return seen.length === 0 ? [] : [[to, seen] as const]
  })
  return { ...keep, also: Object.fromEntries(left) }
}
