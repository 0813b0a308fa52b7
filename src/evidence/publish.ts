import { type Context, inTransaction } from '../platform/context.ts'
import type { Db } from '../platform/database.ts'
import { asLeaf, leafBytes } from './entry.ts'
import { afterPublishing, keepEnd, type LogEnd, takeEnd } from './log-end.ts'
import { hashesAt, tileWidth } from './merkle.ts'
import { signNote, writeCheckpoint } from './note.ts'
import { problem } from './problems.ts'
import { insertCheckpoint, leavesBetween, lockLog } from './queries.ts'
import { refuseRestored } from './restore-state.ts'
import { tilesInDatabase } from './stored-tiles.ts'
import { removeDrafts, type Tile, writeTiles, writeWhole } from './tile-files.ts'
import { joinEntries } from './tiles.ts'

/**
 * Brings the files up to the committed log: tiles first, the signed checkpoint last, so that a kill in between is made
 * good by doing it again. Only what is committed is ever signed. Returns the size published.
 */
export async function publish(ctx: Context): Promise<number> {
  const { size, end } = await inTransaction(ctx, async (tx) => {
    const log = await lockLog(tx.db)
    if (!log || log.size === 0) return { size: 0 }
    const known = takeEnd(ctx.keyring, log)
    const published = await refuseRestored(tx, log, known?.published)
    if (published === log.size) return { size: log.size, end: known }
    const root = ctx.paths.evidence
    await removeDrafts(root)
    await writeTiles(root, [
      ...(await hashTiles(tx.db, known, published, log.size)),
      ...(await bundles(tx.db, known, published, log.size)),
    ])
    const note = signNote(writeCheckpoint(log), { name: log.origin, privateKey: ctx.keyring.signing })
    await insertCheckpoint(tx.db, log.size, note, ctx.now())
    await writeWhole(root, 'checkpoint', note)
    return { size: log.size, end: known && afterPublishing(known) }
  })
  keepEnd(ctx.keyring, end)
  return size
}

/** Every tile in which a tree of size `to` differs from one of size `from`. */
async function hashTiles(db: Db, known: LogEnd | undefined, from: number, to: number): Promise<Tile[]> {
  const stored = tilesInDatabase(db, to)
  const tiles: Promise<Tile>[] = []
  for (let level = 0; hashesAt(to, level) > 0; level += 1)
    for (const { index, width } of changedTiles(hashesAt(from, level), hashesAt(to, level))) {
      const hashes = whole(known?.tiles.get(`${level}/${index}`), width) ?? stored(level, index)
      tiles.push(Promise.resolve(hashes).then((all) => ({ level, index, width, bytes: Buffer.concat(all) })))
    }
  return Promise.all(tiles)
}

/** And every bundle of entries. */
async function bundles(db: Db, known: LogEnd | undefined, from: number, to: number): Promise<Tile[]> {
  const tiles: Tile[] = []
  for (const { index, width } of changedTiles(from, to)) {
    const entries = whole(known?.bundles.get(index), width) ?? (await storedBundle(db, index, width))
    tiles.push({ level: 'entries', index, width, bytes: joinEntries(entries) })
  }
  return tiles
}

const whole = (known: readonly Buffer[] | undefined, width: number): readonly Buffer[] | undefined =>
  known?.length === width ? known : undefined

async function storedBundle(db: Db, index: number, width: number): Promise<readonly Buffer[]> {
  const leaves = await leavesBetween(db, index * tileWidth, index * tileWidth + width)
  return leaves.map(({ entry }) => {
    if (!entry) throw problem('evidence.damaged', { place: 'evidence.entry' })
    return leafBytes(asLeaf(entry))
  })
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
