import { type Cell, type FoundRow, type Needle, type RowTest, searchInHand } from '../connectors/public.ts'
import type { MappedCollection } from './mapped-system.ts'
import { withColumns } from './mentions-in-row.ts'

/** The fields of a collection that are read row by row, and how their cells are got at. */
export interface StreamedFields {
  /** With the columns of those that are paths. */
  readonly fields: readonly string[]
  readonly placeOf: (field: string) => number
  /** The row with a cell for each of the collection's fields, null for those not read. */
  readonly whole: (row: FoundRow) => FoundRow
  /** Whether a search of some fields would find a row: by its needles, made once for each of those that one looks for. */
  readonly tester: <Sought>(
    fields: readonly string[],
    needlesOf: (sought: Sought) => readonly Needle[],
  ) => (sought: Sought, row: FoundRow) => boolean
}

/** So many tests are kept at a time: whoever is met once is often met again in the next row. */
const keptTests = 1_000

export function streamedFields(collection: MappedCollection, wanted: readonly string[]): StreamedFields {
  const fields = [...new Set(withColumns(collection, wanted))]
  const places = collection.fields.map((field) => fields.indexOf(field))
  const placeOf = (field: string) => fields.indexOf(field)
  return {
    fields,
    placeOf,
    whole: ({ key, cells }) => ({ key, cells: places.map((place): Cell => cells[place] ?? null) }),
    tester(searched, needlesOf) {
      const described = searched.flatMap(
        (field) => collection.description.fields[collection.fields.indexOf(field)] ?? [],
      )
      const tests = new Map<unknown, RowTest & { readonly places: readonly number[] }>()
      return (sought, row) => {
        const test = tests.get(sought) ?? made(searchInHand(described, needlesOf(sought)))
        if (tests.size > keptTests) tests.clear()
        tests.set(sought, test)
        return test.passes({ key: row.key, cells: test.places.map((place) => row.cells[place] ?? null) })
      }
    },
  }

  function made(test: RowTest) {
    return { ...test, places: test.fields.map(placeOf) }
  }
}
