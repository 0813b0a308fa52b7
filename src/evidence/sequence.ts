import { type Context, inTransaction } from '../platform/context.ts'
import type { Db } from '../platform/database.ts'
import { asLeaf, type Entry, leafBytes, nobody } from './entry.ts'
import { openLog } from './log.ts'
import { append, edgeRoot, leafHash } from './merkle.ts'
import { publish } from './publish.ts'
import {
  growLog,
  insertLeaves,
  insertNodes,
  lockLog,
  markSequenced,
  type NewLeaf,
  type NewNode,
  unmarkedEntries,
  unsequencedEntries,
} from './queries.ts'
import { refuseRestored } from './restore-state.ts'
import { readEdge } from './stored-tiles.ts'

const batchSize = 2_048

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
  const appended = await inTransaction(ctx, async (tx) => {
    const log = await lockLog(tx.db)
    if (!log) throw new Error('evidence: the log has no row')
    await refuseRestored(tx, log)
    const entries = await unsequencedEntries(tx.db, batchSize)
    if (entries.length > 0) await appendEntries(tx.db, log.size, entries)
    return entries.length
  })
  const unmarked = await unmarkedEntries(ctx.db, batchSize)
  if (unmarked.length > 0) await markSequenced(ctx.db, unmarked, ctx.now())
  return appended
}

/** Grows the tree of this size; the caller holds the log's lock. Returns the new root. */
export async function appendEntries(db: Db, size: number, entries: readonly Entry[]): Promise<Buffer> {
  const edge = await readEdge(db, size)
  const leaves: NewLeaf[] = []
  const nodes: NewNode[] = []
  for (const entry of entries) {
    const hash = leafHash(leafBytes(asLeaf(entry)))
    leaves.push({ index: edge.size, subjectId: entry.subjectId ?? nobody, entryId: entry.id, hash })
    append(edge, hash, (level, index, node) => nodes.push({ level, index, hash: node }))
  }
  await insertLeaves(db, leaves)
  if (nodes.length > 0) await insertNodes(db, nodes)
  const root = edgeRoot(edge)
  await growLog(db, { size: edge.size, root })
  return root
}
