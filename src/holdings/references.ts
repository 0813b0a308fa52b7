import type { ForeignKey, ReadSession, RowKey } from '../connectors/public.ts'
import { tuplesOf } from './cells.ts'
import type { SystemHoldings } from './holdings.ts'
import type { MappedCollection, MappedSystem } from './mapped-system.ts'

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
 * Foreign keys from other people's rows, mapped or not, to rows that might be removed, or to fields of them that might
 * be cleared. The target would refuse, or worse (ON DELETE CASCADE) carry a removal on to rows that are not this person's.
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
    if (rows.length === 0) continue
    for (const other of system.description.collections)
      for (const foreignKey of other.foreignKeys) {
        if (foreignKey.to !== collection.name || !isAffected(collection, foreignKey)) continue
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

const isAffected = ({ map }: MappedCollection, { toFields }: ForeignKey): boolean =>
  map.rows === 'delete' ||
  (map.rows === 'clear' && toFields.some((field) => Object.hasOwn(map.fields, field)))

/** A field that can be emptied: nullable, writable, and not part of the row's own name. */
export function isNullable(
  collection: MappedSystem['description']['collections'][number],
  field: string,
): boolean {
  const description = collection.fields.find((one) => one.name === field)
  return description?.nullable === true && !description.generated && !collection.key.includes(field)
}
