import { type Context, inTransaction } from '../platform/context.ts'
import type { Db } from '../platform/database.ts'
import type { Entry } from './entry.ts'
import { entryOf, leafSchema } from './leaf-schema.ts'
import { openLog } from './log.ts'
import { rootHash, tileWidth } from './merkle.ts'
import { problem } from './problems.ts'
import { lockLog, restoreEntry, setUnswept } from './queries.ts'
import { recordEvidence } from './record-evidence.ts'
import { openOwn } from './restore-state.ts'
import { appendEntries } from './sequence.ts'
import { readOutsideCheckpoint, readTileFile, tilesOnDisk } from './tile-files.ts'
import { splitEntries, tilePath } from './tiles.ts'

/**
 * Gives a restored database back the entries it lost, from the log's own files, so that the log goes on as one history.
 * `onEntries` is given them too, in the same transaction and in their order. Until `confirmSweep`, `restoreState` stays
 * `unswept`. Throws `evidence.not-restored`, `evidence.forked-checkpoint`, and `evidence.damaged` when the files do not
 * give the root that was signed; then nothing is changed.
 */
export async function replayLog(
  ctx: Context,
  onEntries: (tx: Context, entries: readonly Entry[]) => Promise<void> = async () => undefined,
): Promise<{ readonly from: number; readonly to: number }> {
  await openLog(ctx)
  return inTransaction(ctx, async (tx) => {
    const log = await lockLog(tx.db)
    const note = await readOutsideCheckpoint(ctx.paths.evidence)
    const checkpoint = log && note !== undefined && openOwn(ctx, log.origin, note)
    if (!log || !checkpoint || checkpoint.size <= log.size) throw problem('evidence.not-restored')
    const [from, to] = [log.size, checkpoint.size]
    const before = await rootHash(from, tilesOnDisk(ctx.paths.evidence, to))
    if (!before.equals(log.root)) throw problem('evidence.forked-checkpoint', { size: from })
    let { size, root } = log
    while (size < to) {
      const entries = await readEntries(ctx.paths.evidence, size, to)
      for (const entry of entries) await restoreEntry(tx.db, entry, ctx.now())
      await onEntries(tx, entries)
      root = await appendEntries(tx.db, size, entries)
      size += entries.length
    }
    if (!root.equals(checkpoint.root)) throw problem('evidence.damaged', { place: 'tile/entries' })
    await setUnswept(tx.db, ctx.now())
    await recordEvidence(tx, { kind: 'evidence.log-replayed', facts: { from, to } })
    return { from, to }
  })
}

/** After a restored database was swept for people erased before: connectors, exports and mail may open again. */
export const confirmSweep = (ctx: Context): Promise<void> =>
  inTransaction(ctx, async (tx) => {
    const log = await lockLog(tx.db)
    if (!log?.unsweptSince) throw problem('evidence.not-restored')
    await setUnswept(tx.db, null)
    await recordEvidence(tx, { kind: 'evidence.sweep-confirmed', facts: {} })
  })

/** The entries of one bundle, from index `from` on, in a tree of size `to`. */
async function readEntries(root: string, from: number, to: number): Promise<readonly Entry[]> {
  const index = Math.floor(from / tileWidth)
  const width = Math.min(to - index * tileWidth, tileWidth)
  const damaged = () => problem('evidence.damaged', { place: tilePath('entries', index, width) })
  const leaves = splitEntries(await readTileFile(root, 'entries', index, width))?.slice(
    from % tileWidth,
    width,
  )
  if (leaves?.length !== width - (from % tileWidth)) throw damaged()
  return leaves.map((bytes) => {
    try {
      return entryOf(leafSchema.parse(JSON.parse(bytes.toString())))
    } catch {
      throw damaged()
    }
  })
}

/** For whoever fills a database from a backup: until a sweep has run, `restoreState` says `unswept`, or `behind`. */
export const shutDoors = (db: Db, at: Date): Promise<number> => setUnswept(db, at)
