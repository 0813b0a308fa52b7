import { recordEvidence } from '../evidence/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { type Identifier, isUnique, refuseUnnormalised, tombstone } from './identifier.ts'
import { identifiersOf } from './identifiers-of.ts'
import { appendToLedger } from './ledger.ts'
import { problem } from './problems.ts'
import { forget, insertTombstones, lockSubject, type NewTombstone } from './queries.ts'

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

const stonesFor = (ctx: Context, ids: readonly Identifier[]): readonly NewTombstone[] =>
  ids.map(({ kind, value }) => ({ kind, tombstone: tombstone(ctx, kind, value) }))
