import { type Context, inTransaction } from '../platform/context.ts'
import { sql } from '../platform/sql.ts'
import type { Entry } from './entry.ts'
import { asEntry, type EntryRow, entryColumns, markRelayed } from './queries.ts'

/**
 * Hands over entries that nobody has been told of, the oldest first, at least once each: the entry's id is the key by
 * which a receiver knows one it has seen. Stops at the first that `handle` refuses, and throws its error. Returns how
 * many were handed over. Safe beside other processes, which then take other entries.
 */
export async function relayEntries(
  ctx: Context,
  handle: (entry: Entry) => Promise<void>,
  limit: number,
): Promise<number> {
  const outcome = await inTransaction(ctx, async ({ db }) => {
    const rows = await db.rows<EntryRow>(
      sql`select ${entryColumns} from evidence.entry e
          where e.relayed_at is null order by e.id limit ${limit} for update skip locked`,
    )
    const told: Entry[] = []
    let failure: { readonly error: unknown } | undefined
    for (const entry of rows.map(asEntry)) {
      try {
        await handle(entry)
        told.push(entry)
      } catch (error) {
        failure = { error }
        break
      }
    }
    if (told.length > 0) await markRelayed(db, told, ctx.now())
    return { count: told.length, failure }
  })
  if (outcome.failure) throw outcome.failure.error
  return outcome.count
}
