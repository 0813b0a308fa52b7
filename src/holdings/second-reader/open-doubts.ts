import type { ReadSession, RowKey, SystemDescription } from '../../connectors/public.ts'
import { type RowReader, rowReader } from './read-row.ts'
import type { ResidueSearch } from './residue.ts'
import { searchableFields } from './residue-report.ts'

type Doubts = Pick<ResidueSearch, 'ambiguous' | 'undecided'>
type Places = ResidueSearch['undecided']

/**
 * The possible matches of each of these people by what their rows are called now. A row without key has another name once
 * it was written to: where one is missing, every row there that bears the name is it, as long as nobody can tell.
 */
export async function openDoubts(
  session: ReadSession,
  { collections }: SystemDescription,
  people: readonly Doubts[],
): Promise<readonly Places[]> {
  const now = people.map(({ undecided }) => [...undecided])
  for (const collection of collections.filter(({ key }) => key.length === 0)) {
    const { name } = collection
    const fields = searchableFields(collection)
    const doubtful = people.map(({ undecided }) => undecided.filter((one) => one.collection === name))
    const keys = [...new Set(doubtful.flat().map(({ key }) => key))]
    if (keys.length === 0 || fields.length === 0) continue
    const there = new Set<RowKey>()
    for await (const { key } of session.find({ collection: name, keys, fields: [] })) there.add(key)
    const moved = doubtful.flatMap((some, person) =>
      some.every(({ key }) => there.has(key)) ? [] : [{ person, read: nameReader(people[person]) }],
    )
    if (moved.length === 0) continue
    for await (const row of session.stream(name, fields))
      for (const { person, read } of moved)
        if (read(name, fields, row).certain.size > 0) now[person]?.push({ collection: name, key: row.key })
  }
  return now
}

const nameReader = (person: Doubts | undefined): RowReader =>
  rowReader({
    wanted: person?.ambiguous.names ?? [],
    ambiguous: { names: [], beside: [] },
    isKept: () => false,
    isAnothers: () => false,
    undecided: [],
  })
