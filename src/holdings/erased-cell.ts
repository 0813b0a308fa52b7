import type { Cell } from '../connectors/public.ts'
import { isErased, isUnique, isUniqueInTarget } from '../inventory/public.ts'
import type { MappedCollection } from './mapped-system.ts'

/** Whether a field holds nothing, or what an erasure leaves in it; one that no map names is a party's text. */
export function isErasedCell(collection: MappedCollection, field: string, cell: Cell): boolean {
  const description = collection.description.fields[collection.fields.indexOf(field)]
  const map = collection.map.fields[field] ?? { category: 'free-text' as const }
  if (cell === null || !description) return cell === null
  const unique = isUnique(map) || isUniqueInTarget(collection.description, field)
  return isErased(cell, description, map.category, unique)
}
