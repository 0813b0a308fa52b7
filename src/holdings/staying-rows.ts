import type { Seeds } from './find-in-system.ts'
import type { SystemHoldings } from './holdings.ts'
import type { MappedSystem } from './mapped-system.ts'

/** Rows on which others hang and that stay by the map: when a ground ends, nothing else tells whose they are. */
export function stayingRows(
  found: SystemHoldings | undefined,
  system: MappedSystem,
): NonNullable<Seeds['staying']> {
  const isOwner = (name: string) =>
    system.collections.some(({ links }) =>
      links.some((link) => link.role === 'owner' && link.system === system.name && link.collection === name),
    )
  return system.collections
    .filter(
      ({ name, map, description }) => map.rows !== 'delete' && description.key.length > 0 && isOwner(name),
    )
    .flatMap(({ name }) => {
      const rows = found?.collections.find((one) => one.name === name)?.rows ?? []
      return rows.filter(({ role }) => role === 'owner').map(({ key }) => ({ collection: name, key }))
    })
}
