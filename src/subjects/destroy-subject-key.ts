import { destroyDetails, recordEvidence } from '../evidence/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { problem } from './problems.ts'
import { lockSubject, readSubject, setKeyDestroyed, unshreddedSubjects } from './queries.ts'
import { deleteSubjectKey } from './subject-key.ts'

/**
 * Destroys an erased person's key, and with it the sealed details of their evidence; every proof stays valid. The key
 * lives in another database, so this comes after the erasure has committed: never inside its transaction. Can be
 * repeated. Throws `subjects.unknown`, `subjects.not-erased`.
 */
export async function destroySubjectKey(ctx: Context, subjectId: string): Promise<void> {
  const subject = await readSubject(ctx.db, subjectId)
  if (!subject) throw problem('subjects.unknown')
  if (!subject.erasedAt) throw problem('subjects.not-erased')
  await deleteSubjectKey(ctx, subjectId)
  await inTransaction(ctx, async (tx) => {
    const again = await lockSubject(tx.db, subjectId)
    if (!again || again.keyDestroyedAt) return
    await setKeyDestroyed(tx.db, subjectId, tx.now())
    const details = await destroyDetails(tx, subjectId)
    await recordEvidence(tx, { subjectId, kind: 'subjects.key-destroyed', facts: { details } })
  })
}

/** Destroys the keys of those whose erasure committed before a kill. For a start and for a job. Returns how many. */
export async function destroyOwedKeys(ctx: Context): Promise<number> {
  let destroyed = 0
  for (;;) {
    const owed = await unshreddedSubjects(ctx.db, 100)
    for (const { subjectId } of owed) await destroySubjectKey(ctx, subjectId)
    destroyed += owed.length
    if (owed.length < 100) return destroyed
  }
}
