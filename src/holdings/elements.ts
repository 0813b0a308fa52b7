import { type Cell, type FieldDescription, holdsElements, readElements } from '../connectors/public.ts'

/** Which elements of a row's documents are the person's, by the elements' name: `data.$.contacts[*]` → 0, 2. */
export type OwnElements = ReadonlyMap<string, ReadonlySet<number>>

/** The values of a field: one, or of a path with `[*]` as many as it has elements, null where an element has none. */
export const valuesOf = (field: FieldDescription | undefined, cell: Cell): readonly Cell[] =>
  field && cell !== null && holdsElements(field) ? (readElements(cell) ?? [cell]) : [cell]

/** The name that fields of the same elements share; null for every other field. */
export const elementsOf = ({ within }: FieldDescription): string | null =>
  within === undefined || within.elements === null ? null : `${within.field}.${within.elements}`

/** The cell with other values; where it holds elements, of those that are `mine` only. */
export function withValues(
  field: FieldDescription,
  cell: Cell,
  mine: (place: number) => boolean,
  change: (value: string) => Cell,
): Cell {
  const values = valuesOf(field, cell)
  const changed = values.map((value, place) => (value === null || !mine(place) ? value : change(value)))
  if (!holdsElements(field) || readElements(cell ?? '') === null) return changed[0] ?? null
  return changed.every((value) => value === null) ? null : JSON.stringify(changed)
}
