import type { FoundRow, ReadSession, RowKey } from '../connectors/public.ts'
import type { Via } from './holdings.ts'
import { isStill } from './known-again.ts'
import type { MappedCollection } from './mapped-system.ts'
import { rowsAlike } from './rows-alike.ts'

export interface KnownRow {
  readonly collection: string
  readonly key: RowKey
  /** What the row must still hold to be the one that was meant: a key may have been given to somebody else since. */
  readonly still?: StillKept
}

/** What was kept, and by which rule of the map. */
export interface StillKept {
  readonly digest: string
  readonly rule: string
  /** Another request of the same person keeps it. */
  readonly elsewhere?: true
}

/** Rows known from before, by their keys; those that were kept where rows have none, by what they hold. */
export async function findKnown(
  session: ReadSession,
  collection: MappedCollection,
  known: readonly KnownRow[],
  found: (row: FoundRow, via: Via) => void,
): Promise<void> {
  const byKey = Map.groupBy(known, ({ key }) => key)
  if (byKey.size === 0) return
  const { name, fields } = collection
  const met = new Map<RowKey, { readonly row: FoundRow; readonly kept: readonly StillKept[] }>()
  for await (const row of session.find({ collection: name, keys: [...byKey.keys()], fields })) {
    const meant = (byKey.get(row.key) ?? []).filter((one) => isTheSame(collection, row, one))
    if (meant.length > 0) met.set(row.key, { row, kept: meant.flatMap(keptIn) })
  }
  if (collection.description.key.length === 0) {
    const moved = known.filter(({ key }) => !met.has(key)).flatMap(keptIn)
    const digests = [...new Set(moved.map(({ digest }) => digest))]
    for await (const row of rowsAlike(session, collection, digests)) {
      const alike = moved.filter(({ digest }) => isStill(collection, row.cells, digest))
      // Two requests may know it by two places, of which only one is still its own.
      met.set(row.key, { row, kept: [...(met.get(row.key)?.kept ?? []), ...alike] })
    }
  }
  for (const { row, kept } of met.values()) found(row, viaOf(kept))
}

const keptIn = ({ still }: KnownRow): readonly StillKept[] => (still ? [still] : [])

function viaOf(kept: readonly StillKept[]): Via {
  const keptBy = [...new Set(kept.map(({ rule }) => rule))]
  const isElsewhere = kept.some(({ elsewhere }) => elsewhere)
  return { by: 'known', ...(keptBy.length > 0 && { keptBy }), ...(isElsewhere && { elsewhere: true }) }
}

const isTheSame = (collection: MappedCollection, row: FoundRow, { still }: KnownRow): boolean =>
  still === undefined || isStill(collection, row.cells, still.digest)
