import {
  type Cell,
  cellAt,
  describePathField,
  type FieldDescription,
  isMany,
  type Node,
  parseDocument,
  pathFieldName,
  readElements,
} from '../../connectors/public.ts'
import { addDocument, emptyTree, placesOf, roomForPlaces, type SeenPlace } from './path-tree.ts'

/** What a sample shows of the documents in one column. */
export interface SeenDocuments {
  readonly fields: readonly SeenField[]
  /** Paths beyond the bound: seen, and not described. */
  readonly cut: number
  /** Values that are no JSON, or too long to be looked at. */
  readonly unread: number
  readonly values: number
}

export interface SeenField {
  readonly field: FieldDescription
  /** A cell per row; of a path with `[*]`, one of its values, in turn. */
  readonly cells: readonly Cell[]
}

const mostPaths = 100
/** In UTF-16 units: a scan looks at hundreds, and need not understand every one of them. */
const longest = 2_000_000
/** A text column holds documents when nearly all of its values are some: a comment may well begin with a brace. */
const leastDocuments = 0.8

/** Null where a column's values are not documents. `taken`: names that are columns already. */
export function seenDocuments(
  column: FieldDescription,
  cells: readonly Cell[] | null,
  taken: ReadonlySet<string>,
): SeenDocuments | null {
  const filled = (cells ?? []).filter((cell) => cell !== null && cell.trim() !== '').length
  if (cells === null || filled === 0 || !mayHold(column, cells)) return null
  const documents = cells.map((cell) => (cell === null || cell.length > longest ? null : parseDocument(cell)))
  const read = documents.filter((one) => one !== null)
  if (column.kind !== 'json' && read.filter(isContainer).length < filled * leastDocuments) return null
  if (read.length === 0) return { fields: [], cut: 0, unread: filled, values: filled }
  const tree = emptyTree()
  const room = roomForPlaces()
  for (const document of read) addDocument(tree, document, room)
  const places = placesOf(tree)
  const kept = mostCommon(places.filter(({ path }) => !taken.has(pathFieldName(column.name, path))))
  return {
    fields: kept.map(({ path, kind }) => ({
      field: describePathField(column, pathFieldName(column.name, path), path, kind),
      cells: documents.map((document, row) => oneValue(cells[row] ?? '', document, path, row)),
    })),
    cut: places.length - kept.length,
    unread: filled - read.length,
    values: filled,
  }
}

const isContainer = ({ kind }: Node): boolean => kind === 'object' || kind === 'array'

/** Parsing takes longer than a look at the first character. */
const mayHold = ({ kind }: FieldDescription, cells: readonly Cell[]): boolean =>
  kind === 'json' || (kind === 'text' && cells.some((cell) => cell !== null && /^\s*[[{]/.test(cell)))

function mostCommon(places: readonly SeenPlace[]): readonly SeenPlace[] {
  if (places.length <= mostPaths) return places
  const kept = new Set(places.toSorted((a, b) => b.values - a.values).slice(0, mostPaths))
  return places.filter((place) => kept.has(place))
}

function oneValue(text: string, document: Node | null, path: SeenPlace['path'], row: number): Cell {
  const cell = document === null ? null : cellAt(text, document, path)
  if (cell === null || !isMany(path)) return cell
  const values = (readElements(cell) ?? []).filter((value) => value !== null)
  return values[row % Math.max(values.length, 1)] ?? null
}
