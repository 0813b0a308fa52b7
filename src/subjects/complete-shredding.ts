import { entriesOf, recordEvidence } from '../evidence/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { readEpochs } from './epoch-queries.ts'
import { setShredded, subjectsToShred } from './queries.ts'

const atOnce = 500

/**
 * Says of whoever's key was destroyed before the oldest epoch alive began that no copy of it opens any more. Told by time and not by
 * epoch: during a rotation a key is wrapped by two. Each has a transaction and an entry of their own. Returns how many.
 */
export async function completeShredding(ctx: Context): Promise<number> {
  const epochs = await readEpochs(ctx.keys)
  const oldest = epochs.find(({ state }) => state !== 'destroyed')
  // The first epoch of all wrapped whatever came before it was noted: until it is destroyed, nobody is shredded.
  if (!oldest || oldest === epochs[0]) return 0
  let count = 0
  for (;;) {
    const due = await subjectsToShred(ctx.db, oldest.createdAt, atOnce)
    for (const one of due) {
      const requestId = await erasedFor(ctx, one.subjectId)
      await inTransaction(ctx, async (tx) => {
        if ((await setShredded(tx.db, one, tx.now())) === 0) return
        await recordEvidence(tx, {
          subjectId: one.subjectId,
          ...(requestId !== null && { requestId }),
          kind: 'subjects.shred-completed',
          facts: {},
        })
      })
    }
    count += due.length
    if (due.length < atOnce) return count
  }
}

/** The request whose bundle is to tell of it: the one that erased the person, the last time. */
async function erasedFor(ctx: Context, subjectId: string): Promise<string | null> {
  const entries = await entriesOf(ctx, { subjectId })
  return entries.findLast(({ kind }) => kind === 'subjects.erased')?.requestId ?? null
}
