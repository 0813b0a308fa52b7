import { endedByServer, type FoundRow, type WriteSession } from '../connectors/public.ts'
import { isProblem, type Problem } from '../platform/problem.ts'

/** Rows would have been locked for longer than they may be: nothing was written. */
export class HeldTooLong extends Error {}

/** Of the bound: no statement is begun later, no row read, and none may take longer, or wait longer for others’ locks. */
const [lastBegin, lastRow, longestStatement, longestWait] = [0.8, 0.9, 0.6, 0.4]

/**
 * A session that holds rows for about so many milliseconds and then gives up instead of writing more. The server itself ends
 * a statement that takes too long, where the connector can tell it to. Null: without a bound.
 */
export function boundedSession(session: WriteSession, began: number, mostMs: number | null): WriteSession {
  if (mostMs === null || session.blocksNobody) return session
  session.hurry?.({
    statementTimeoutMs: Math.ceil(mostMs * longestStatement),
    lockTimeoutMs: Math.ceil(mostMs * longestWait),
    transactionTimeoutMs: Math.ceil(mostMs),
  })
  session.endWithin?.(mostMs)
  const inTime =
    <Args extends unknown[], Answer>(ask: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      if (performance.now() - began > mostMs * lastBegin) throw new HeldTooLong()
      return ask(...args)
    }
  return {
    ...session,
    find: (query) => untilLate(session.find(query), () => performance.now() - began > mostMs * lastRow),
    change: inTime(session.change),
    remove: inTime(session.remove),
  }
}

/** After so many rows the clock is asked: a target in our own process ends no statement, and its rows come one after the other. */
const rowsBetween = 64

async function* untilLate(rows: AsyncIterable<FoundRow>, isLate: () => boolean): AsyncIterable<FoundRow> {
  let count = 0
  for await (const row of rows) {
    if (count++ % rowsBetween === 0 && isLate()) throw new HeldTooLong()
    yield row
  }
}

/** A moment that our own work has before a commit, however late it is. */
const shortestWait = 0.2

/** Waits for work of ours before a commit: for so long as rows may be held, and then gives up instead of holding them on. */
export async function beforeBound(work: Promise<void>, began: number, mostMs: number | null): Promise<void> {
  if (mostMs === null) return work
  const left = Math.max(shortestWait * mostMs, began + mostMs - performance.now())
  const { promise: isLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new HeldTooLong()), left)
  try {
    await Promise.race([work, isLate])
  } finally {
    clearTimeout(timer)
  }
}

/** `work`, but for its news that the target took too long over it, or would not bear with it, or that others hold what it wants. */
export async function heldBriefly<T>(mostMs: number | null, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (mostMs !== null && isLate(error)) throw new HeldTooLong(error.code, { cause: error })
    throw error
  }
}

function isLate(error: unknown): error is Problem {
  if (isProblem(error, 'connectors.timeout') || isProblem(error, 'connectors.locked')) return true
  return isProblem(error, 'connectors.unreachable') && error.params.reason === endedByServer
}
