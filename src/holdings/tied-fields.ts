import type { RowKey } from '../connectors/public.ts'
import { tuplesOf } from './cells.ts'
import type { SystemHoldings } from './holdings.ts'
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

/** That a row which stays refers to another; `letGo`: its fields that can be emptied for that. */
interface Tie {
  readonly from: string
  readonly key: RowKey
  readonly toFields: readonly string[]
  readonly letGo: readonly string[]
}

/** By the row referred to. */
type Ties = Map<string, Tie[]>

const labelOf = (collection: string, key: RowKey): string => JSON.stringify([collection, key])

function noteTie(ties: Ties, to: string, targets: readonly RowKey[], tie: Tie): void {
  for (const target of targets) {
    const label = labelOf(to, target)
    const known = ties.get(label)
    if (known) known.push(tie)
    else ties.set(label, [tie])
  }
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
  const ties: Ties = new Map()
  noteOthers(system, references, removal, ties)
  noteOwn(system, found, removal, ties)
  for (const [name, rows] of [...changes])
    for (const [key, fields] of [...rows]) {
      const tiedTo = ties.get(labelOf(name, key)) ?? []
      for (const [field, { action }] of [...fields]) {
        const tied = action === 'unlink' ? [] : tiedTo.filter(({ toFields }) => toFields.includes(field))
        if (tied.some(({ letGo }) => letGo.length === 0)) fields.delete(field)
        else
          for (const { from, key: one, letGo } of tied)
            for (const end of letGo) noteChange(changes, from, one, end, unlink)
      }
      if (fields.size === 0) rows.delete(key)
    }
}

function noteOthers(
  system: MappedSystem,
  references: readonly Reference[],
  { removed, kept }: Removal,
  ties: Ties,
): void {
  for (const { from, key, foreignKey, targets } of references) {
    if (removed.get(from)?.has(key)) continue
    const description = system.description.collections.find(({ name }) => name === from)
    const stays = keptFields(kept, from, key)
    const letGo = foreignKey.fields.filter(
      (field) => description && isNullable(description, field) && !stays.has(field),
    )
    noteTie(ties, foreignKey.to, targets, { from, key, toFields: foreignKey.toFields, letGo })
  }
}

function noteOwn(system: MappedSystem, found: SystemHoldings, { removed, kept }: Removal, ties: Ties): void {
  const rowsOf = (name: string) => found.collections.find((one) => one.name === name)?.rows ?? []
  for (const collection of system.collections) {
    const { name, description } = collection
    const staying = rowsOf(name).filter(({ role, key }) => role === 'owner' && !removed.get(name)?.has(key))
    for (const { to, toFields, fields } of staying.length === 0 ? [] : description.foreignKeys) {
      const target = collectionOf(system, to)
      const targets = Map.groupBy(target ? rowsOf(to) : [], ({ cells }) =>
        JSON.stringify(target && tuplesOf(target, [cells], toFields)[0]),
      )
      for (const { key, cells } of staying) {
        const [values] = tuplesOf(collection, [cells], fields)
        const keys = values ? (targets.get(JSON.stringify(values)) ?? []).map((row) => row.key) : []
        const stays = keptFields(kept, name, key)
        const letGo = fields.filter((field) => isNullable(description, field) && !stays.has(field))
        noteTie(ties, to, keys, { from: name, key, toFields, letGo })
      }
    }
  }
}
