import type { Cell, FoundRow, ReadSession, SystemDescription } from '../../connectors/public.ts'
import { broughtBy } from './brought-by-needles.ts'
import { hasNeedles, needlesOf } from './coarse-needles.ts'
import { type PeopleIndex, peopleIndex } from './people-index.ts'
import { type FoundInRow, isAnything, type RowReader, rowReader } from './read-row.ts'
import type { ResidueReport, ResidueSearch } from './residue.ts'
import { reporting, searchableFields } from './residue-report.ts'
import { searchResidue } from './search-residue.ts'
import { startTally, type Tally } from './tally.ts'

/** From so many people on one pass over all rows costs less than a search for each (`bench/residue-of-many.ts`). */
export const worthAPass = 6

/**
 * What `searchResidue` says of each of many people, in their order, with every collection read once for all of them. An
 * index leads from a row to the people it may concern; what each of them finds there, the reader of one person decides.
 */
export async function searchResidueOfMany(
  session: ReadSession,
  description: SystemDescription,
  people: readonly ResidueSearch[],
  onProgress?: (collection: string, done: number, total: number) => void,
): Promise<readonly ResidueReport[]> {
  const searched = new Set(people.filter(hasNeedles))
  if (searched.size < worthAPass) {
    const reports: ResidueReport[] = []
    for (const person of people) reports.push(await searchResidue(session, description, person, onProgress))
    return reports
  }
  const [index, readerOf] = [peopleIndex([...searched]), latestReaders()]
  const tallies = new Map<ResidueSearch, Tally>()
  const { collections } = description
  for (const [i, collection] of collections.entries()) {
    const { name } = collection
    onProgress?.(name, i, collections.length)
    const fields = searchableFields(collection)
    if (fields.length === 0) continue
    for await (const { person, row, found } of findsIn(session, name, fields, index, readerOf)) {
      const tally = tallies.get(person) ?? startTally(person)
      tallies.set(person, tally)
      tally.count(name, fields, row, found)
    }
  }
  const report = reporting(description)
  return people.map((person) => report(searched.has(person), tallies.get(person)))
}

interface Find {
  readonly person: ResidueSearch
  readonly row: FoundRow
  readonly found: FoundInRow
}

/** What the rows of a collection say of whom; at the end what only an open possible match leads to, as with one person. */
async function* findsIn(
  session: ReadSession,
  collection: string,
  fields: readonly string[],
  index: PeopleIndex,
  readerOf: (person: ResidueSearch) => PersonReader,
): AsyncIterable<Find> {
  const late: Find[] = []
  for await (const row of session.stream(collection, fields))
    for (const person of index.candidates(collection, row)) {
      const { read, isBrought } = readerOf(person)
      const found = read(collection, fields, row)
      if (!isAnything(found)) continue
      const find = { person, row, found }
      if (isBrought(row.cells)) yield find
      else if (index.undecided(collection, row.key).includes(person)) late.push(find)
    }
  yield* late
}

interface PersonReader {
  readonly read: RowReader
  readonly isBrought: (cells: readonly Cell[]) => boolean
}

/** A reader takes far more room than its person in the index, and few are needed at a time. */
const mostReaders = 1_000

function readerFor(person: ResidueSearch): PersonReader {
  let brought: PersonReader['isBrought'] | undefined
  return {
    read: rowReader(person),
    isBrought(cells) {
      brought ??= broughtBy(needlesOf(person))
      return brought(cells)
    },
  }
}

function latestReaders(): (person: ResidueSearch) => PersonReader {
  const readers = new Map<ResidueSearch, PersonReader>()
  return (person) => {
    const reader = readers.get(person) ?? readerFor(person)
    readers.delete(person)
    readers.set(person, reader)
    for (const oldest of readers.keys()) {
      if (readers.size <= mostReaders) break
      readers.delete(oldest)
    }
    return reader
  }
}
