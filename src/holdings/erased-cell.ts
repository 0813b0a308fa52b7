import type { Cell } from '../connectors/public.ts'
import { type FieldMap, isErased, isUnique, isUniqueInTarget } from '../inventory/public.ts'
import type { MappedCollection } from './mapped-system.ts'
import { redactionMark } from './spans.ts'

/** A text of which nothing is left once the person was taken out; one character where the mark did not fit. */
const emptied: ReadonlySet<string> = new Set([redactionMark, '…'])

/** Whether a field holds nothing, or what an erasure leaves in it; one that no map names is a party's text. */
export function isErasedCell(collection: MappedCollection, field: string, cell: Cell): boolean {
  const description = collection.description.fields[collection.fields.indexOf(field)]
  const map: FieldMap = collection.map.fields[field] ?? { category: 'free-text' }
  if (cell === null || !description) return cell === null
  if (typeof map.erase === 'object' && cell === map.erase.replace) return true
  const unique = isUnique(map) || isUniqueInTarget(collection.description, field)
  return emptied.has(cell.trim()) || isErased(cell, description, map.category, unique)
}
