import type {
  CollectionDescription,
  ReadSession,
  RowKey,
  SystemDescription,
} from '../../connectors/public.ts'
import { peopleIndex } from './people-index.ts'
import { rowReader } from './read-row.ts'
import type { ResidueSearch } from './residue.ts'
import { searchableFields } from './residue-report.ts'

type Doubts = Pick<ResidueSearch, 'ambiguous' | 'undecided'>
type Places = ResidueSearch['undecided']

/** Whether a row of the collection may be called something else once it was written to. */
export type IsRenamed = (collection: CollectionDescription) => boolean

/**
 * The possible matches of each of these people by what their rows are called now. A row without key, or whose key is
 * somebody's address, has another name once it was written to: where one is missing, every row there that bears the name is
 * it, as long as nobody can tell.
 */
export async function openDoubts(
  session: ReadSession,
  { collections }: SystemDescription,
  people: readonly Doubts[],
  isRenamed: IsRenamed,
): Promise<readonly Places[]> {
  const now = people.map(({ undecided }) => [...undecided])
  for (const collection of collections.filter(isRenamed)) {
    const { name } = collection
    const fields = searchableFields(collection)
    const doubtful = people.map(({ undecided }) => undecided.filter((one) => one.collection === name))
    const keys = [...new Set(doubtful.flat().map(({ key }) => key))]
    if (keys.length === 0 || fields.length === 0) continue
    const there = new Set<RowKey>()
    for await (const { key } of session.find({ collection: name, keys, fields: [] })) there.add(key)
    const moved = new Map(
      doubtful.flatMap((some, person) => {
        if (some.every(({ key }) => there.has(key))) return []
        const search = nameSearch(people[person])
        return [[search, { person, read: rowReader(search) }] as const]
      }),
    )
    if (moved.size === 0) continue
    const index = peopleIndex([...moved.keys()])
    for await (const row of session.stream(name, fields))
      for (const search of index.candidates(name, row)) {
        const one = moved.get(search)
        if (one && one.read(name, fields, row).certain.size > 0)
          now[one.person]?.push({ collection: name, key: row.key })
      }
  }
  return now
}

const nameSearch = (person: Doubts | undefined): ResidueSearch => ({
  wanted: person?.ambiguous.names ?? [],
  ambiguous: { names: [], beside: [] },
  isKept: () => false,
  isAnothers: () => false,
  undecided: [],
})
