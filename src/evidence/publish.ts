import { type Context, inTransaction } from '../platform/context.ts'
import type { Db } from '../platform/database.ts'
import { asLeaf, leafBytes } from './entry.ts'
import { hashesAt, tileWidth } from './merkle.ts'
import { signNote, writeCheckpoint } from './note.ts'
import { problem } from './problems.ts'
import { insertCheckpoint, leavesBetween, lockLog } from './queries.ts'
import { refuseRestored } from './restore-state.ts'
import { tilesInDatabase } from './stored-tiles.ts'
import { removeDrafts, writeTile, writeWhole } from './tile-files.ts'
import { joinEntries } from './tiles.ts'

/**
 * Brings the files up to the committed log: tiles first, the signed checkpoint last, so that a kill in between is made
 * good by doing it again. Only what is committed is ever signed. Returns the size published.
 */
export const publish = (ctx: Context): Promise<number> =>
  inTransaction(ctx, async (tx) => {
    const log = await lockLog(tx.db)
    if (!log || log.size === 0) return 0
    const published = await refuseRestored(tx, log)
    if (published === log.size) return log.size
    const root = ctx.paths.evidence
    await removeDrafts(root)
    await writeTiles(tx.db, root, published, log.size)
    const note = signNote(writeCheckpoint(log), { name: log.origin, privateKey: ctx.keyring.signing })
    await insertCheckpoint(tx.db, log.size, note, ctx.now())
    await writeWhole(root, 'checkpoint', note)
    return log.size
  })

/** Every tile and entry bundle in which a tree of size `to` differs from one of size `from`. */
async function writeTiles(db: Db, root: string, from: number, to: number): Promise<void> {
  const tiles = tilesInDatabase(db, to)
  for (let level = 0; hashesAt(to, level) > 0; level += 1) {
    for (const { index, width } of changedTiles(hashesAt(from, level), hashesAt(to, level))) {
      await writeTile(root, { level, index, width }, Buffer.concat(await tiles(level, index)))
    }
  }
  for (const { index, width } of changedTiles(from, to)) {
    const leaves = await leavesBetween(db, index * tileWidth, index * tileWidth + width)
    const entries = leaves.map(({ entry }) => {
      if (!entry) throw problem('evidence.damaged', { place: 'evidence.entry' })
      return leafBytes(asLeaf(entry))
    })
    await writeTile(root, { level: 'entries', index, width }, joinEntries(entries))
  }
}

function* changedTiles(
  from: number,
  to: number,
): Iterable<{ readonly index: number; readonly width: number }> {
  if (from === to) return
  for (let index = Math.floor(from / tileWidth); index * tileWidth < to; index += 1) {
    yield { index, width: Math.min(to - index * tileWidth, tileWidth) }
  }
}
