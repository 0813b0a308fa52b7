import type { Cell, FieldDescription } from '../connectors/public.ts'
import { isErasedCell } from './erased-cell.ts'
import type { MappedCollection } from './mapped-system.ts'

export const fieldOf = (
  { description, fields }: MappedCollection,
  field: string,
): FieldDescription | undefined => description.fields[fields.indexOf(field)]

/** What a field says of the row's owner: not a party's, not the filler of an earlier erasure. */
export function ownCell(collection: MappedCollection, cells: readonly Cell[], field: string): Cell {
  const cell = cells[collection.fields.indexOf(field)] ?? null
  if (!collection.map.fields[field] || collection.partyFields.has(field)) return null
  return isErasedCell(collection, field, cell) ? null : cell
}
