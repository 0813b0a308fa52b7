import type { ForeignKey, ReadSession, RowKey } from '../connectors/public.ts'
import { tuplesOf } from './cells.ts'
import type { SystemHoldings } from './holdings.ts'
import type { MappedSystem } from './mapped-system.ts'

/** Somebody else's row that refers to a row of the person by foreign key. */
export interface Reference {
  readonly from: string
  readonly key: RowKey
  readonly foreignKey: ForeignKey
  /** What the foreign key's fields hold. */
  readonly values: readonly string[]
  /** Whether the reference can be taken out, so that the row it points at may go. */
  readonly nullable: boolean
}

/**
 * Foreign keys from other people's rows, mapped or not, to rows that might be removed. The target would refuse the
 * removal, or worse (ON DELETE CASCADE) carry it on to rows that are not this person's.
 */
export async function findReferences(
  session: ReadSession,
  system: MappedSystem,
  found: SystemHoldings,
): Promise<readonly Reference[]> {
  const references: Reference[] = []
  for (const collection of system.collections) {
    const held = found.collections.find((one) => one.name === collection.name)
    const rows = (held?.rows ?? []).filter((row) => row.role === 'owner').map((row) => row.cells)
    if (rows.length === 0 || collection.map.rows !== 'delete') continue
    for (const other of system.description.collections)
      for (const foreignKey of other.foreignKeys) {
        if (foreignKey.to !== collection.name) continue
        const values = tuplesOf(collection, rows, foreignKey.toFields)
        if (values.length === 0) continue
        const own = new Set(
          found.collections
            .find((one) => one.name === other.name)
            ?.rows.filter((row) => row.role === 'owner')
            .map((row) => row.key),
        )
        const fields = foreignKey.fields
        const nullable = fields.some((field) => isNullable(other, field))
        for await (const row of session.find({
          collection: other.name,
          matches: [{ fields, fold: 'none', values }],
          fields,
        }))
          if (!own.has(row.key))
            references.push({
              from: other.name,
              key: row.key,
              foreignKey,
              nullable,
              values: row.cells.map((cell) => cell ?? ''),
            })
      }
  }
  return references
}

/** A field that can be emptied: nullable, writable, and not part of the row's own name. */
export function isNullable(
  collection: MappedSystem['description']['collections'][number],
  field: string,
): boolean {
  const description = collection.fields.find((one) => one.name === field)
  return description?.nullable === true && !description.generated && !collection.key.includes(field)
}
