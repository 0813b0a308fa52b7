import {
  type Cell,
  type FieldDescription,
  type Node,
  parseDocument,
  readPath,
  withoutPaths,
} from '../connectors/public.ts'
import { elementsOf, type HeldRow, valuesOf } from '../holdings/public.ts'

/** A row's cells as a person gets them, and which of them are documents that nobody could take apart. */
export interface DocumentCells {
  readonly cells: readonly Cell[]
  /** Places of columns whose text is no JSON though the map names paths in it. */
  readonly unread: ReadonlySet<number>
  /** Places of lists of which other people's values were left out. */
  readonly cut: ReadonlySet<number>
}

/**
 * What stands at a path appears at that path, and at the column what its documents hold beside their paths: so nothing
 * appears twice, and nothing that is held back at its path comes along with the rest. `fields` in the order of the
 * cells; `ofOthers`: those whose elements are other people's but for the ones that name this person.
 */
export function documentCells(
  row: Pick<HeldRow, 'cells' | 'elements'>,
  fields: readonly (FieldDescription | undefined)[],
  ofOthers: ReadonlySet<string>,
): DocumentCells {
  const [unread, cut] = [new Set<number>(), new Set<number>()]
  const pathsIn = Map.groupBy(
    fields.flatMap((field) => field?.within ?? []),
    ({ field }) => field,
  )
  if (pathsIn.size === 0) return { cells: row.cells, unread, cut }
  const rests = fields.map((field, place) => {
    const paths = field && field.within === undefined ? pathsIn.get(field.name) : undefined
    const cell = row.cells[place] ?? null
    if (paths === undefined || cell === null || cell.trim() === '') return cell
    const rest = withoutPaths(
      cell,
      paths.map(({ path }) => readPath(path)).filter((path) => path !== null),
    )
    if (rest === null) unread.add(place)
    return rest === null ? cell : isBare(parseDocument(rest)) ? null : rest
  })
  const unreadColumns = new Set([...unread].map((place) => fields[place]?.name))
  const cells = fields.map((field, place) => {
    if (field?.within === undefined) return rests[place] ?? null
    if (unreadColumns.has(field.within.field)) return null
    const values = valuesOf(field, row.cells[place] ?? null)
    const own = ofOthers.has(field.name) ? ownPlaces(row, field) : null
    const shown = values.filter((value, i) => value !== null && (own === null || own.has(i)))
    if (shown.length < values.filter((value) => value !== null).length) cut.add(place)
    // Values of a list stand one below the other.
    return shown.length === 0 ? null : shown.join('\n')
  })
  return { cells, unread, cut }
}

/** Whether nothing is left but brackets. */
const isBare = (node: Node | null): boolean =>
  node === null ||
  node.kind === 'null' ||
  ('children' in node && node.children.every(({ value }) => isBare(value)))

function ownPlaces({ elements }: Pick<HeldRow, 'elements'>, field: FieldDescription): ReadonlySet<number> {
  const name = elementsOf(field)
  return (name === null ? undefined : elements?.get(name)) ?? new Set()
}
