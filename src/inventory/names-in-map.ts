import { type DataMap, resolveTarget } from './data-map.ts'

/** Something a map points at in a system. */
export interface MappedName {
  readonly system: string
  readonly collection: string
  readonly field?: string
}

/** Everything a map points at in the systems. */
export function* namesIn(map: Pick<DataMap, 'systems'>): Generator<MappedName> {
  for (const [system, { collections }] of Object.entries(map.systems))
    for (const [collection, { fields, links = [], keep = [] }] of Object.entries(collections)) {
      yield { system, collection }
      const own = [
        ...Object.keys(fields),
        ...links.flatMap((link) => [...Object.keys(link.on), ...(link.clears ?? [])]),
        ...keep.flatMap((one) => [...one.fields, ...(one.from === undefined ? [] : [one.from])]),
      ]
      for (const field of own) yield { system, collection, field }
      for (const link of links)
        for (const field of Object.values(link.on)) yield { ...resolveTarget(map, system, link.to), field }
      for (const [to, also] of keep.flatMap((one) => Object.entries(one.also ?? {})))
        for (const field of also) yield { ...resolveTarget(map, system, to), field }
    }
}
