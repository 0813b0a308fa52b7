import type { RowKey } from '../connectors/public.ts'
import type { SystemHoldings } from './holdings.ts'
import { keyAfter } from './known-again.ts'
import type { MappedSystem } from './mapped-system.ts'
import type { SystemOperations } from './plan.ts'

/** A row by the key it will have, and the one it had before: a key made of an address that is replaced changes with it. */
export interface RowAfter {
  readonly collection: string
  readonly key: RowKey
  readonly before: RowKey
}

/** The rows that are not somebody else's, under the keys they will have, and had before. */
export function ownRows(
  system: MappedSystem,
  found: SystemHoldings,
  operations: SystemOperations,
): readonly RowAfter[] {
  return system.collections
    .filter(({ description }) => description.key.length > 0)
    .flatMap((collection) => {
      const { name } = collection
      const rows = found.collections.find((one) => one.name === name)?.rows ?? []
      const changes = operations.collections.find((one) => one.name === name)?.change ?? []
      const sets = new Map(changes.map(({ key, set }) => [key, set]))
      return rows
        .filter((row) => row.role !== 'party')
        .map((row) => {
          const key = keyAfter(collection, row, sets.get(row.key))
          return { collection: name, key, before: row.key }
        })
    })
}
