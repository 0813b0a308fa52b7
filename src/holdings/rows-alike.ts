import type { FoundRow, ReadSession, RowKey } from '../connectors/public.ts'
import { isLike, likenessIn } from './known-again.ts'
import type { MappedCollection } from './mapped-system.ts'

/**
 * Rows that were kept in a collection without key, which names a row by its place or by all it holds, and by something else
 * once anybody wrote to it: so all are read. Of rows that are alike, more than were kept, none is taken for one of them.
 */
export async function* rowsAlike(
  session: ReadSession,
  collection: MappedCollection,
  digests: readonly string[],
): AsyncIterable<FoundRow> {
  const wanted = [...Map.groupBy(digests, (digest) => digest)].map(([digest, { length }]) => ({
    likeness: likenessIn(digest),
    most: length,
    keys: [] as RowKey[],
  }))
  if (wanted.length === 0) return
  for await (const { key, cells } of session.stream(collection.name, collection.fields))
    for (const one of wanted)
      if (one.keys.length <= one.most && isLike(collection, cells, one.likeness)) one.keys.push(key)
  const keys = wanted.flatMap((one) => (one.keys.length <= one.most ? one.keys : []))
  // Read once more, by which a session that writes locks them.
  if (keys.length > 0)
    yield* session.find({ collection: collection.name, keys: [...new Set(keys)], fields: collection.fields })
}
