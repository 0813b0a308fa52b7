import type { OnReleased } from '../holdings/public.ts'
import type { Context } from '../platform/context.ts'
import type { Db } from '../platform/database.ts'
import { sql } from '../platform/sql.ts'
import { lockedAtMostMs } from './chunk-size.ts'

/** How long a batch's transactions, those that were undone among them, kept others from rows of a system. */
export interface SystemLocks {
  readonly system: string
  readonly transactions: number
  readonly longestMs: number
  /** Transactions that took longer than the 250 ms that rows may be locked for: single people alone, or a machine at a standstill. */
  readonly tooLong: number
}

interface LockLedger extends AsyncDisposable {
  readonly onReleased: OnReleased
  /** Writes down what was noted since; a worker that is killed loses no more than that. */
  write(): Promise<void>
}

/** Notes what a batch's transactions in one system held. */
export function lockLedger(ctx: Context, batchId: string, system: string): LockLedger {
  let noted: number[] = []
  const write = async () => {
    if (noted.length === 0) return
    const [held, longest] = [noted, Math.max(...noted)]
    noted = []
    await addLocks(ctx.db, batchId, {
      system,
      transactions: held.length,
      longestMs: Math.ceil(longest),
      tooLong: held.filter((lockedMs) => lockedMs > lockedAtMostMs).length,
    })
  }
  return {
    onReleased: (lockedMs) => void noted.push(lockedMs),
    write,
    // Why the work ended is what must be heard.
    [Symbol.asyncDispose]: () => write().catch(() => undefined),
  }
}

const addLocks = (db: Db, batchId: string, { system, transactions, longestMs, tooLong }: SystemLocks) =>
  db.run(sql`
    insert into requests.batch_lock (batch_id, system, transactions, longest_ms, too_long)
    values (${batchId}, ${system}, ${transactions}, ${longestMs}, ${tooLong})
    on conflict (batch_id, system) do update set transactions = batch_lock.transactions + excluded.transactions,
      longest_ms = greatest(batch_lock.longest_ms, excluded.longest_ms), too_long = batch_lock.too_long + excluded.too_long`)

export const locksOf = (db: Db, batchId: string): Promise<readonly SystemLocks[]> =>
  db.rows(sql`select l.system, l.transactions, l.longest_ms, l.too_long from requests.batch_lock l
    where l.batch_id = ${batchId} order by l.system`)
