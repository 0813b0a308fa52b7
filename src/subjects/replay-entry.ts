import { destroyDetails, type Entry, entriesOfKind } from '../evidence/public.ts'
import type { Context } from '../platform/context.ts'
import type { Db } from '../platform/database.ts'
import { markErased } from './ledger.ts'
import { requestsWithTombstones } from './ledger-queries.ts'
import { readSubject, setKeyDestroyed, setShredded } from './queries.ts'
import { deleteKeysOlderThan } from './subject-key.ts'

/** Lets an entry that a restored database lost happen to its subject again. */
export async function replayToSubject(tx: Context, { kind, subjectId, at }: Entry): Promise<void> {
  if (subjectId === null) return
  if (kind === 'subjects.erased') await markErased(tx, subjectId, at)
  if (kind === 'subjects.key-renewed') await setKeyDestroyed(tx.db, subjectId, null)
  if (kind === 'subjects.key-destroyed') {
    await setKeyDestroyed(tx.db, subjectId, at)
    await destroyDetails(tx, subjectId)
  }
  if (kind === 'subjects.shred-completed') await replayShredded(tx.db, subjectId, at)
}

async function replayShredded(db: Db, subjectId: string, at: Date): Promise<void> {
  const keyDestroyedAt = (await readSubject(db, subjectId))?.keyDestroyedAt
  if (keyDestroyedAt) await setShredded(db, { subjectId, keyDestroyedAt }, at)
}

const page = 10_000
const beforeAll = '00000000-0000-0000-0000-000000000000'

/**
 * Keys that the log tells were destroyed and that are there again, because their database was restored. Whoever came back
 * after that has a newer key, which stays. Returns how many went.
 */
export async function destroyReturnedKeys(ctx: Context): Promise<number> {
  let count = 0
  let after = beforeAll
  for (;;) {
    const entries = await entriesOfKind(ctx, 'subjects.key-destroyed', after, page)
    const ended = new Map(entries.flatMap(({ subjectId, at }) => (subjectId ? [[subjectId, at]] : [])))
    if (ended.size > 0) count += await deleteKeysOlderThan(ctx, ended)
    after = entries.at(-1)?.id ?? after
    if (entries.length < page) return count
  }
}

/** Requests of which the log says that tombstones were laid, and none is left: they will not be known again. */
export async function unrememberedErasures(ctx: Context): Promise<readonly string[]> {
  const lost = new Set<string>()
  let after = beforeAll
  for (;;) {
    const entries = await entriesOfKind(ctx, 'subjects.erased', after, page)
    const requests = entries.flatMap(({ requestId, facts }) =>
      requestId !== null && Number(facts['tombstones']) > 0 ? [requestId] : [],
    )
    const remembered = await requestsWithTombstones(ctx.db, requests)
    for (const request of requests) if (!remembered.has(request)) lost.add(request)
    after = entries.at(-1)?.id ?? after
    if (entries.length < page) return [...lost]
  }
}
