import { recordEvidence, recordEvidenceOfMany } from '../evidence/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { forgetEach, identifiersOfEach, layStones, lockSubjects } from './chunk-queries.ts'
import { type Identifier, identifierPlace, isUnique, refuseUnnormalised, tombstone } from './identifier.ts'
import { identifiersOf } from './identifiers-of.ts'
import { appendToLedger } from './ledger.ts'
import { problem } from './problems.ts'
import { forget, insertTombstones, lockSubject, type NewTombstone } from './queries.ts'
import { openFor } from './seal-for.ts'
import { fetchSubjectKeys } from './subject-key.ts'

/**
 * Makes a person unfindable and remembers that they were erased (rulebook: erased stays erased): tombstones for these
 * identifiers and for every unique one the vault knows; lookups and identifiers go. All in the caller's transaction, before
 * `destroySubjectKey`, and in the ledger outside the database before that transaction commits. Leave out what a household shares, or its other members will look erased too. Can be repeated.
 * Throws `subjects.unknown`.
 */
export function layTombstones(
  ctx: Context,
  subjectId: string,
  ids: readonly Identifier[],
  requestId: string,
): Promise<void> {
  refuseUnnormalised(ids)
  return inTransaction(ctx, async (tx) => {
    const subject = await lockSubject(tx.db, subjectId)
    if (!subject) throw problem('subjects.unknown')
    const known = await identifiersOf(tx, subjectId)
    const stones = stonesFor(tx, [...ids, ...known.filter(isUnique)])
    const at = tx.now()
    const laid = stones.length === 0 ? 0 : await insertTombstones(tx.db, stones, { subjectId, requestId }, at)
    await forget(tx.db, subjectId, at)
    if (subject.erasedAt && laid === 0) return
    const facts = { tombstones: laid, identifiers: known.length }
    await recordEvidence(tx, { subjectId, requestId, kind: 'subjects.erased', facts })
    // Last, because other erasures wait from here until the commit.
    await appendToLedger(tx, [{ subjectId, requestId, at, stones }])
  })
}

export interface ErasedSubject {
  readonly subjectId: string
  readonly requestId: string
  readonly ids: readonly Identifier[]
}

/** `layTombstones` for each of many, in the caller's transaction (a batch chunk). */
export function layTombstonesOfMany(ctx: Context, erased: readonly ErasedSubject[]): Promise<void> {
  const subjectIds = erased.map(({ subjectId }) => subjectId)
  return inTransaction(ctx, async (tx) => {
    const subjects = await lockSubjects(tx.db, subjectIds)
    if (subjects.length < new Set(subjectIds).size) throw problem('subjects.unknown')
    const before = new Set(subjects.filter((one) => one.erasedAt).map((one) => one.subjectId))
    const known = await openEach(tx, subjectIds)
    const at = tx.now()
    const graves = erased.map(({ subjectId, requestId, ids }) => {
      refuseUnnormalised(ids)
      const stones = stonesFor(tx, [...ids, ...(known.get(subjectId) ?? []).filter(isUnique)])
      const distinct = new Map(stones.map((one) => [`${one.kind} ${one.tombstone.toString('base64')}`, one]))
      return { subjectId, requestId, at, stones: [...distinct.values()] }
    })
    const laid = Map.groupBy(
      await layStones(
        tx.db,
        graves.flatMap(({ stones, ...of }) => stones.map((stone) => ({ ...of, ...stone }))),
        at,
      ),
      ({ subjectId }) => subjectId,
    )
    await forgetEach(tx.db, subjectIds, at)
    const news = graves.filter(({ subjectId }) => !before.has(subjectId) || laid.has(subjectId))
    await recordEvidenceOfMany(
      tx,
      news.map(({ subjectId, requestId }) => ({
        subjectId,
        requestId,
        kind: 'subjects.erased',
        facts: {
          tombstones: laid.get(subjectId)?.length ?? 0,
          identifiers: known.get(subjectId)?.length ?? 0,
        },
      })),
    )
    // Last, because other erasures wait from here until the commit.
    if (news.length > 0) await appendToLedger(tx, news)
  })
}

async function openEach(
  ctx: Context,
  subjectIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Identifier[]>> {
  await fetchSubjectKeys(ctx, subjectIds)
  const known = new Map<string, Identifier[]>()
  for (const { subjectId, id, kind, shared, sealed } of await identifiersOfEach(ctx.db, subjectIds)) {
    const value = await openFor(ctx, subjectId, identifierPlace(id), sealed)
    const own = known.get(subjectId) ?? []
    known.set(subjectId, own)
    own.push({ kind, value: value.toString(), unique: !shared })
  }
  return known
}

const stonesFor = (ctx: Context, ids: readonly Identifier[]): readonly NewTombstone[] =>
  ids.map(({ kind, value }) => ({ kind, tombstone: tombstone(ctx, kind, value) }))
