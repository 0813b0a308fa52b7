import { destroyDetails, recordEvidence } from '../evidence/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { problem } from './problems.ts'
import { lockSubject, readSubject, setKeyDestroyed } from './queries.ts'
import { deleteSubjectKey } from './subject-key.ts'

/**
 * Destroys an erased person's key, and with it the sealed details of their evidence; every proof stays valid. The key
 * lives in another database, so this comes after the erasure has committed, outside any transaction; cut off in the
 * middle, it is simply repeated. Throws `subjects.unknown`, `subjects.not-erased`.
 */
export async function destroySubjectKey(ctx: Context, subjectId: string): Promise<void> {
  // Inside a transaction the key would be gone before the erasure is certain.
  if (!('connect' in ctx.db)) throw new Error('subjects: a key is destroyed outside transactions')
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
