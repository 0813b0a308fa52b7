import type { Context } from '../platform/context.ts'
import { asLeaf, commitTo, leafBytes } from './entry.ts'
import type { FindingCode } from './finding.ts'
import { hashesAt, leafHash, tileWidth } from './merkle.ts'
import type { LeafRow } from './queries.ts'
import { readTileStates, type TileFile } from './tile-files.ts'
import { splitEntries, splitHashes, type TileLevel, tilePath } from './tiles.ts'

/** Where a verification looks, and what it tells. */
export interface Inspection {
  readonly ctx: Context
  /** The size of the tree that the files must hold. */
  readonly published: number
  readonly details: { present: number; destroyed: number }
  find(code: FindingCode, place: string): void
}

/**
 * The hashes of one tile of leaves, after comparing all that is known of each: the entry, the leaf's row, the tile and the
 * entry bundle. What differs from the majority is named; the files, which the checkpoint covers, decide a draw.
 */
export async function verifyLeafTile(
  inspection: Inspection,
  index: number,
  rows: readonly (LeafRow | undefined)[],
): Promise<readonly Buffer[]> {
  const isPublished = index * tileWidth < inspection.published
  const tiles = isPublished ? await readStates(inspection, 0, index) : []
  const bundles = isPublished ? await readStates(inspection, 'entries', index) : []
  const [tile, bundle] = [tiles.at(-1)?.hashes, bundles.at(-1)?.hashes]
  const hashes = rows.map((row, i) => {
    const computed = row?.entry && leafHash(leafBytes(asLeaf(row.entry)))
    const hash = majority([tile?.[i], bundle?.[i], row?.leafHash, computed])
    if (!row) inspection.find('leaf-missing', String(index * tileWidth + i))
    else if (!row.leafHash.equals(hash)) inspection.find('leaf-changed', String(row.leafIndex))
    if (row && !computed) inspection.find('entry-missing', row.entryId)
    if (row && computed) verifyEntry(inspection, row, computed.equals(hash))
    return hash
  })
  compareStates(inspection, 0, index, tiles, hashes)
  compareStates(inspection, 'entries', index, bundles, hashes)
  return hashes
}

function verifyEntry(inspection: Inspection, row: LeafRow, unchanged: boolean): void {
  const { entry, entryId, nonce, sealedDetail } = row
  const isKept = nonce && entry && commitTo(nonce, sealedDetail).equals(entry.commitment)
  if (!unchanged) inspection.find('entry-changed', entryId)
  else if (isKept) inspection.details.present += 1
  else if (nonce || sealedDetail) inspection.find('detail-changed', entryId)
  else inspection.details.destroyed += 1
}

/** The tile of a level above the leaves: the hashes it must begin with are known. */
export async function verifyUpperTile(
  inspection: Inspection,
  level: number,
  index: number,
  hashes: readonly Buffer[],
): Promise<void> {
  const isPublished = index * tileWidth < hashesAt(inspection.published, level)
  if (isPublished) compareStates(inspection, level, index, await readStates(inspection, level, index), hashes)
}

interface TileState extends TileFile {
  /** Of an entry bundle: those of its entries. */
  readonly hashes: readonly Buffer[] | undefined
}

async function readStates(
  inspection: Inspection,
  level: TileLevel,
  index: number,
): Promise<readonly TileState[]> {
  const files = await readTileStates(inspection.ctx.paths.evidence, level, index)
  return files.map((file) => ({
    ...file,
    hashes: level === 'entries' ? splitEntries(file.bytes)?.map(leafHash) : splitHashes(file.bytes),
  }))
}

function compareStates(
  inspection: Inspection,
  level: TileLevel,
  index: number,
  states: readonly TileState[],
  hashes: readonly Buffer[],
): void {
  for (const { path, width, hashes: found } of states) {
    const same = found?.length === width && found.every((hash, i) => hashes[i]?.equals(hash) ?? true)
    if (!same) inspection.find('tile-changed', path)
  }
  const hashesThere = hashesAt(inspection.published, level === 'entries' ? 0 : level)
  const width = Math.min(hashesThere - index * tileWidth, tileWidth)
  if (width > 0 && !states.some((state) => state.width >= width))
    inspection.find('tile-missing', tilePath(level, index, width))
}

const unknown = Buffer.alloc(32)

/** What most say; the first of them in a draw. */
function majority(voices: readonly (Buffer | undefined)[]): Buffer {
  const said = voices.filter((voice) => voice !== undefined)
  const agreeing = (voice: Buffer) => said.filter((other) => other.equals(voice)).length
  return said.reduce((best, voice) => (agreeing(voice) > agreeing(best) ? voice : best), said[0] ?? unknown)
}
