import { type Context, inTransaction } from '../platform/context.ts'
import { type Db, sqlState } from '../platform/database.ts'
import type { Entry } from './entry.ts'
import { openLog } from './log.ts'
import { extend, keepEnd, type LogEnd, readEnd, type Standing, takeEnd } from './log-end.ts'
import { emptyRoot } from './merkle.ts'
import { publish } from './publish.ts'
import {
  growLog,
  insertLeaves,
  insertNodes,
  lockLog,
  markSequenced,
  unmarkedEntries,
  unsequencedEntries,
} from './queries.ts'
import { refuseRestored } from './restore-state.ts'

const batchSize = 4_096

/**
 * Turns the entries committed so far into leaves, and publishes tiles and a signed checkpoint. Safe beside other
 * processes; not inside a transaction. Throws `evidence.behind-checkpoint` for a restored database and
 * `evidence.forked-checkpoint` for another history; then nothing is signed.
 */
export async function sequence(ctx: Context): Promise<{ readonly size: number; readonly added: number }> {
  // Inside a transaction we would sign what may yet be undone.
  if (!('connect' in ctx.db)) throw new Error('evidence: sequence runs outside transactions')
  let added = 0
  for (;;) {
    const more = await appendBatch(ctx)
    const size = await publish(ctx)
    added += more
    if (more < batchSize) return { size, added }
  }
}

/** Makes leaves of what waits, in one transaction; returns how many. */
export async function appendBatch(ctx: Context): Promise<number> {
  await openLog(ctx)
  return appendWaiting(ctx).catch((error: unknown) => {
    // A leaf whose mark was lost, with a replica say. What was remembered is forgotten by now: the database is asked.
    if (sqlState(error) === '23505') return appendWaiting(ctx)
    throw error
  })
}

async function appendWaiting(ctx: Context): Promise<number> {
  const { entries, known, end } = await inTransaction(ctx, async (tx) => {
    const log = await lockLog(tx.db)
    if (!log) throw new Error('evidence: the log has no row')
    const known = takeEnd(ctx.keyring, log)
    await refuseRestored(tx, log, known?.published)
    // Whoever left the end has marked every leaf: then what has no mark has no leaf.
    const entries = await unsequencedEntries(tx.db, batchSize, { mayHaveLeaves: !known })
    return { entries, known, end: entries.length > 0 ? await grow(tx.db, log, known, entries) : known }
  })
  if (entries.length > 0) await markSequenced(ctx.db, entries, ctx.now())
  if (known || (await markLeftOver(ctx))) keepEnd(ctx.keyring, end)
  return entries.length
}

/** What a kill left without a mark. False where there may be more of it. */
async function markLeftOver(ctx: Context): Promise<boolean> {
  const unmarked = await unmarkedEntries(ctx.db, batchSize)
  if (unmarked.length > 0) await markSequenced(ctx.db, unmarked, ctx.now())
  return unmarked.length < batchSize
}

/** Grows the tree of this size; the caller holds the log's lock. Returns the new root. */
export async function appendEntries(db: Db, size: number, entries: readonly Entry[]): Promise<Buffer> {
  return (await grow(db, { size, root: emptyRoot }, undefined, entries)).root
}

async function grow(
  db: Db,
  log: Standing,
  known: LogEnd | undefined,
  entries: readonly Entry[],
): Promise<LogEnd> {
  const { end, leaves, nodes } = extend(known ?? (await readEnd(db, log)), entries)
  await insertLeaves(db, leaves)
  if (nodes.length > 0) await insertNodes(db, nodes)
  await growLog(db, end)
  return end
}
