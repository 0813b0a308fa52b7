import type { Cell } from '../connectors/public.ts'

/** The distinct, complete tuples that rows hold in some fields. */
export function tuplesOf(
  collection: { readonly fields: readonly string[] },
  rows: readonly (readonly Cell[])[],
  fields: readonly string[],
): readonly (readonly string[])[] {
  const places = fields.map((field) => collection.fields.indexOf(field))
  const distinct = new Map<string, readonly string[]>()
  for (const cells of rows) {
    const tuple = places.map((place) => cells[place] ?? null)
    if (tuple.every((cell) => cell !== null)) distinct.set(JSON.stringify(tuple), tuple)
  }
  return [...distinct.values()]
}
