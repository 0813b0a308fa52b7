import { tuplesOf } from './cells.ts'
import type { HeldRow, SystemHoldings } from './holdings.ts'
import { collectionOf, type MappedCollection, type MappedSystem } from './mapped-system.ts'
import { isNullable } from './references.ts'
import type { Removal } from './rows-to-remove.ts'

/** Says which fields of a row that stays are emptied because of what they refer to. */
export type LettingGo = (collection: MappedCollection, row: HeldRow) => readonly string[]

/**
 * A row that stays lets go of rows that are removed, and of what it shares the other way round (customer.household_id →
 * household), so that the household stays with its other members and leads nobody to this person.
 */
export function lettingGo(system: MappedSystem, found: SystemHoldings, removal: Removal): LettingGo {
  const upward = upwardReferences(system, found)
  return (collection, row) => {
    const letsGo = row.role === 'owner' && collection.map.rows !== 'keep'
    const shared = (letsGo ? (upward.get(collection.name) ?? []) : []).flatMap(({ fields, tuples }) => {
      const [values] = tuplesOf(collection, [row.cells], fields)
      return values && tuples.has(JSON.stringify(values)) ? fields : []
    })
    const dangling = collection.description.foreignKeys.flatMap(({ to, toFields, fields }) => {
      const [values] = tuplesOf(collection, [row.cells], fields)
      return values && removal.isRemoved(to, toFields, values) ? fields : []
    })
    return [...new Set([...shared, ...dangling])].filter(
      (field) =>
        isNullable(collection.description, field) && row.cells[collection.fields.indexOf(field)] != null,
    )
  }
}

interface Upward {
  readonly fields: readonly string[]
  /** What the fields hold where they refer to a row that is shared. */
  readonly tuples: ReadonlySet<string>
}

/** By these fields rows refer to what belongs to them: a link from what the other row is named by. */
function upwardReferences(
  system: MappedSystem,
  found: SystemHoldings,
): ReadonlyMap<string, readonly Upward[]> {
  const upward = new Map<string, Upward[]>()
  for (const collection of system.collections)
    for (const link of collection.links) {
      const isUpward =
        link.role === 'owner' && link.system === system.name && isNamedBy(collection, link.fields)
      if (!isUpward || !collectionOf(system, link.collection)) continue
      const rows = found.collections.find(({ name }) => name === collection.name)?.rows ?? []
      const shared = rows.filter(({ role }) => role === 'shared').map(({ cells }) => cells)
      const tuples = new Set(tuplesOf(collection, shared, link.fields).map((tuple) => JSON.stringify(tuple)))
      const known = upward.get(link.collection) ?? []
      upward.set(link.collection, [...known, { fields: link.toFields, tuples }])
    }
  return upward
}

const isNamedBy = (collection: MappedCollection, fields: readonly string[]): boolean =>
  collection.description.key.length > 0 && collection.description.key.every((field) => fields.includes(field))
