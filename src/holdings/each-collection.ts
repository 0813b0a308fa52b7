import type { MappedCollection } from './mapped-system.ts'
import { inEach } from './side-by-side.ts'

/** Read whole in a fraction of a second, so that nobody waits long who wants to alter one of them. */
const smallRows = 50_000

/**
 * Does work that may read a collection from end to end: the small ones at once, in a transaction that they share, and each
 * large one by itself, for between its portions the target rests and others may alter it (decision 14). Answers in the
 * order of the collections.
 */
export async function inEachCollection<Answer>(
  collections: readonly MappedCollection[],
  work: (collection: MappedCollection) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const [small, large] = [true, false].map((isSmall) =>
    collections.filter(({ description }) => description.rows <= smallRows === isSmall),
  )
  const answers = new Map<MappedCollection, Answer>()
  const note = async (collection: MappedCollection) => {
    answers.set(collection, await work(collection))
  }
  await inEach(small ?? [], note)
  for (const collection of large ?? []) await note(collection)
  return collections.map((collection) => answers.get(collection) as Answer)
}
