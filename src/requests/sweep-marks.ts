import type { SweptCollection } from '../holdings/public.ts'
import type { DataMap } from '../inventory/public.ts'
import { sha256 } from '../platform/bytes.ts'
import type { SweepMark, SweepRecord } from './sweep-queries.ts'

/** Statistics can be reset and clocks be set: once a month a collection is read whatever its engine says. */
const trustedMs = 30 * 24 * 3_600_000

/** What was compared, in a form that another map or another kind of tombstone changes. */
export const readAs = (collection: SweptCollection, map: DataMap, kinds: ReadonlySet<string>): string =>
  sha256(
    JSON.stringify([
      collection.identifiers.filter(({ kind }) => kinds.has(kind)).map(({ field, kind }) => [field, kind]),
      map.country ?? null,
    ]),
  ).toString('hex')

export interface JudgedMark {
  readonly state: 'read' | 'unchanged' | 'read-before'
  /** Another history, or an older point of the same one. */
  readonly restored: boolean
}

/**
 * Whether a collection has to be read. An unchanged one need not be, for people erased since it was read either: their
 * own erasure searched it, and is not complete before the second reader did (design §1.1).
 */
export function judgeMark(
  last: SweepMark | undefined,
  { mark }: Pick<SweptCollection, 'mark'>,
  wanted: string,
  sweep: Pick<SweepRecord, 'id'>,
  now: Date,
): JudgedMark {
  if (!last) return { state: 'read', restored: false }
  const before = last.mark
  const restored =
    mark !== null &&
    before !== null &&
    (mark.lineage !== before.lineage || BigInt(mark.position) < BigInt(before.position))
  if (last.readAs !== wanted || restored) return { state: 'read', restored }
  if (last.sweepId === sweep.id) return { state: 'read-before', restored }
  const isSame = mark !== null && before !== null && mark.state === before.state
  const isTrusted = now.getTime() - last.at.getTime() < trustedMs
  return { state: isSame && isTrusted ? 'unchanged' : 'read', restored }
}

export const markAs = (
  collection: SweptCollection,
  wanted: string,
  rows: number,
  sweep: Pick<SweepRecord, 'id'>,
  at: Date,
): SweepMark => ({
  system: collection.system,
  collection: collection.name,
  sweepId: sweep.id,
  readAs: wanted,
  rows,
  mark: collection.mark,
  at,
})
