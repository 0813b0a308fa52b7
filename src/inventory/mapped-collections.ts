import { type CollectionMap, type DataMap, resolveTarget } from './data-map.ts'
import { own } from './own.ts'

export interface MappedCollection {
  /** `system/collection`: its name in the whole map. */
  readonly id: string
  readonly system: string
  readonly name: string
  readonly map: CollectionMap
}

export function* mappedCollections(map: DataMap): Generator<MappedCollection> {
  for (const [system, { collections }] of Object.entries(map.systems))
    for (const [name, collection] of Object.entries(collections))
      yield { id: `${system}/${name}`, system, name, map: collection }
}

/** The collection of that id, or undefined where nobody mapped it. */
export function mappedCollection(map: DataMap, id: string): MappedCollection | undefined {
  const [system, name] = partsOf(id)
  const collection = own(own(map.systems, system)?.collections, name)
  return collection && { id, system, name, map: collection }
}

/** System and collection; a system's name has no slash, a file's may. */
export function partsOf(id: string): readonly [system: string, collection: string] {
  const slash = id.indexOf('/')
  return [id.slice(0, slash), id.slice(slash + 1)]
}

/** What `to` of a link, or a name in `also`, stands for when it is written in a collection of `system`. */
export function idOfTarget(map: DataMap, system: string, to: string): string {
  const target = resolveTarget(map, system, to)
  return `${target.system}/${target.collection}`
}
