import type { RowKey } from '../connectors/public.ts'
import { tuplesOf } from './cells.ts'
import type { HeldRow, SystemHoldings } from './holdings.ts'
import { collectionOf, type MappedCollection, type MappedSystem } from './mapped-system.ts'
import type { FieldOperation } from './plan.ts'
import { isNullable, type Reference } from './references.ts'
import { keptFields, type Removal } from './rows-to-remove.ts'

/** What is to be done to rows, by collection, key and field. */
export type Changes = Map<string, Map<RowKey, Map<string, FieldOperation>>>

export const unlink: FieldOperation = { action: 'unlink', candidates: [null] }

export function noteChange(
  changes: Changes,
  collection: string,
  key: RowKey,
  field: string,
  operation: FieldOperation,
): void {
  const rows = changes.get(collection) ?? new Map<RowKey, Map<string, FieldOperation>>()
  changes.set(collection, rows)
  const fields = rows.get(key) ?? new Map<string, FieldOperation>()
  rows.set(key, fields.set(field, operation))
}

/** Nothing but NULL can be written into a field that refers to another row; where it takes none, it stays. */
export function writable(
  { description }: MappedCollection,
  field: string,
  operation: FieldOperation,
): FieldOperation | undefined {
  if (!description.foreignKeys.some(({ fields }) => fields.includes(field))) return operation
  return isNullable(description, field) ? { ...operation, candidates: [null] } : undefined
}

/** A row that stays and refers to another; `letGo`: its fields that can be emptied for that. */
interface Referring {
  readonly from: string
  readonly key: RowKey
  readonly to: string
  readonly toFields: readonly string[]
  readonly values: string
  readonly letGo: readonly string[]
}

/**
 * A field that other rows refer to (a customer number) cannot change under them. Where all of them can let go they do,
 * for what they hold is what must go; where one cannot, the field stays as it is, and the second reader will say so.
 */
export function untieOrHold(
  system: MappedSystem,
  found: SystemHoldings,
  references: readonly Reference[],
  removal: Removal,
  changes: Changes,
): void {
  const referring = [...ofOthers(system, references), ...ofOwn(system, found, removal)]
  for (const { name, rows } of found.collections)
    for (const row of rows) {
      const fields = changes.get(name)?.get(row.key)
      const collection = collectionOf(system, name)
      if (!fields || !collection) continue
      for (const [field, { action }] of fields) {
        const tied =
          action === 'unlink' ? [] : referring.filter((one) => refersTo(one, collection, row, field))
        if (tied.some(({ letGo }) => letGo.length === 0)) fields.delete(field)
        else
          for (const { from, key, letGo } of tied)
            for (const one of letGo) noteChange(changes, from, key, one, unlink)
      }
      if (fields.size === 0) changes.get(name)?.delete(row.key)
    }
}

const refersTo = (one: Referring, collection: MappedCollection, row: HeldRow, field: string): boolean =>
  one.to === collection.name &&
  one.toFields.includes(field) &&
  one.values === JSON.stringify(tuplesOf(collection, [row.cells], one.toFields)[0])

const ofOthers = (system: MappedSystem, references: readonly Reference[]): readonly Referring[] =>
  references.map(({ from, key, foreignKey: { to, toFields, fields }, values }) => {
    const description = system.description.collections.find(({ name }) => name === from)
    const letGo = fields.filter((field) => description && isNullable(description, field))
    return { from, key, to, toFields, values: JSON.stringify(values), letGo }
  })

function ofOwn(system: MappedSystem, found: SystemHoldings, removal: Removal): readonly Referring[] {
  return system.collections.flatMap((collection) => {
    const { name, description } = collection
    const rows = found.collections.find((one) => one.name === name)?.rows ?? []
    const staying = rows.filter(({ role, key }) => role === 'owner' && !removal.removed.get(name)?.has(key))
    return staying.flatMap((row) => {
      const stays = keptFields(removal.kept, name, row.key)
      return description.foreignKeys.flatMap(({ to, toFields, fields }): readonly Referring[] => {
        const [values] = tuplesOf(collection, [row.cells], fields)
        const letGo = fields.filter((field) => isNullable(description, field) && !stays.has(field))
        return values
          ? [{ from: name, key: row.key, to, toFields, values: JSON.stringify(values), letGo }]
          : []
      })
    })
  })
}
