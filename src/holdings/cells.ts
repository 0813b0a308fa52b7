import type { Cell } from '../connectors/public.ts'

interface WithFields {
  readonly fields: readonly string[]
}

/** The distinct, complete tuples that rows hold in some fields. */
export function tuplesOf(
  collection: WithFields,
  rows: readonly (readonly Cell[])[],
  fields: readonly string[],
): readonly (readonly string[])[] {
  const places = placesOf(collection, fields)
  const distinct = new Map<string, readonly string[]>()
  for (const cells of rows) {
    const tuple = tupleAt(cells, places)
    // Most links are of one field, whose value tells its tuple.
    if (tuple) distinct.set(tuple.length === 1 ? (tuple[0] ?? '') : JSON.stringify(tuple), tuple)
  }
  return [...distinct.values()]
}

/** What one row holds in some fields, if it holds something in each. */
export const tupleOf = (
  collection: WithFields,
  cells: readonly Cell[],
  fields: readonly string[],
): readonly string[] | undefined => tupleAt(cells, placesOf(collection, fields))

const placesOf = (collection: WithFields, fields: readonly string[]): readonly number[] =>
  fields.map((field) => collection.fields.indexOf(field))

function tupleAt(cells: readonly Cell[], places: readonly number[]): readonly string[] | undefined {
  const tuple: string[] = []
  for (const place of places) {
    const cell = cells[place] ?? null
    if (cell === null) return undefined
    tuple.push(cell)
  }
  return tuple
}
