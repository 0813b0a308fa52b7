import { recordEvidence } from '../evidence/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { sqlState } from '../platform/database.ts'
import { isProblem } from '../platform/problem.ts'
import { problem } from './problems.ts'
import { lockSubject, readSubject, setKeyDestroyed } from './queries.ts'
import { createSubjectKey, subjectKey } from './subject-key.ts'

/**
 * Gives an erased person who came back a key again, for what has to be sealed to erase them once more. It is a new one:
 * what was sealed under the destroyed key stays closed for ever. True when one had to be made. Throws `subjects.unknown`.
 */
export async function renewSubjectKey(ctx: Context, subjectId: string): Promise<boolean> {
  const subject = await readSubject(ctx.db, subjectId)
  if (!subject) throw problem('subjects.unknown')
  if (!subject.keyDestroyedAt && (await hasKey(ctx, subjectId))) return false
  // The key first, as for a new subject; cut off after it, or beside another worker, it is there already.
  await createSubjectKey(ctx, subjectId).catch((error: unknown) => {
    if (sqlState(error) !== '23505') throw error
  })
  await inTransaction(ctx, async (tx) => {
    await lockSubject(tx.db, subjectId)
    await setKeyDestroyed(tx.db, subjectId, null)
    await recordEvidence(tx, { subjectId, kind: 'subjects.key-renewed', facts: {} })
  })
  return true
}

const hasKey = (ctx: Context, subjectId: string): Promise<boolean> =>
  subjectKey(ctx, subjectId).then(
    () => true,
    (error: unknown) => {
      if (isProblem(error, 'subjects.key-destroyed')) return false
      throw error
    },
  )
