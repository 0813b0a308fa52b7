import type { FieldDescription, FieldKind } from '../connector.ts'
import { elementsOf, type Path, readPath, writePath } from './path.ts'

/** Where in the documents of a column a field stands. */
export interface PathField {
  /** The column. */
  readonly field: string
  readonly path: Path
}

/** Columns whose cells may be JSON: nothing else has room for a document. */
const holdsDocuments: ReadonlySet<FieldKind> = new Set(['json', 'text', 'other'])

/** The field that a path in the documents of a column is: `profile.$.address.city`. */
export const pathFieldName = (column: string, path: Path): string => `${column}.${writePath(path)}`

/** What a name says of a path in one of the columns; null where it is a column itself, or nothing. */
export function readPathField(
  name: string,
  columns: readonly Pick<FieldDescription, 'name' | 'kind' | 'within'>[],
): PathField | null {
  const own = columns.filter(({ within }) => within === undefined)
  if (own.some((column) => column.name === name)) return null
  for (let dot = name.lastIndexOf('.$'); dot >= 0; dot = dot === 0 ? -1 : name.lastIndexOf('.$', dot - 1)) {
    const column = own.find((one) => one.name === name.slice(0, dot))
    const path = column && holdsDocuments.has(column.kind) ? readPath(name.slice(dot + 1)) : null
    if (column && path) return { field: column.name, path }
  }
  return null
}

/** A path as a field: it may be missing anywhere, and holds a text of any length as far as the target is concerned. */
export const describePathField = (
  column: FieldDescription,
  name: string,
  path: Path,
  kind: FieldKind,
): FieldDescription => ({
  name,
  type: 'json',
  kind,
  nullable: true,
  maxLength: null,
  generated: column.generated,
  default: null,
  comment: null,
  values: null,
  within: { field: column.name, path: writePath(path), elements: elementsOf(path) },
})

/** Whether a field's cells are lists, one value per element; see `readElements`. */
export const holdsElements = ({ within }: Pick<FieldDescription, 'within'>): boolean =>
  within !== undefined && within.elements !== null
