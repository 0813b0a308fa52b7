import { type CollectionMap, type DataMap, resolveTarget, type SystemMap } from './data-map.ts'

/** The map without one system, and without the links that led to it from others. */
export function withoutSystem(map: DataMap, name: string): DataMap {
  const systems = Object.entries(map.systems).filter(([system]) => system !== name)
  return {
    ...map,
    systems: Object.fromEntries(
      systems.map(([system, systemMap]) => [system, unlinked(map, system, systemMap, name)]),
    ),
  }
}

function unlinked(map: DataMap, system: string, systemMap: SystemMap, gone: string): SystemMap {
  const collections = Object.entries(systemMap.collections).map(
    ([name, { links, ...rest }]): [string, CollectionMap] => {
      const left = links?.filter((link) => resolveTarget(map, system, link.to).system !== gone)
      return [name, left === undefined || left.length === 0 ? rest : { ...rest, links: left }]
    },
  )
  return { ...systemMap, collections: Object.fromEntries(collections) }
}
