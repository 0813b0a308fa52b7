import type { Db } from '../platform/database.ts'
import { type Edge, hashesAt, type ReadTile, tileWidth } from './merkle.ts'
import { problem } from './problems.ts'
import { hashesBetween } from './queries.ts'

/** Reads hashes from the database, as a tree of this size needs them. */
export const tilesInDatabase =
  (db: Db, size: number): ReadTile =>
  (level, index) =>
    exactly(db, level, index * tileWidth, Math.min((index + 1) * tileWidth, hashesAt(size, level)))

/** The right edge of the tree of this size. */
export async function readEdge(db: Db, size: number): Promise<Edge> {
  const levels: Buffer[][] = []
  for (let level = 0; hashesAt(size, level) > 0; level += 1) {
    const count = hashesAt(size, level)
    levels.push([...(await exactly(db, level, count - (count % tileWidth), count))])
  }
  return { size, levels }
}

async function exactly(db: Db, level: number, from: number, to: number): Promise<readonly Buffer[]> {
  if (from >= to) return []
  const hashes = await hashesBetween(db, level, from, to)
  const place = level === 0 ? 'evidence.leaf' : 'evidence.node'
  if (hashes.length !== to - from) throw problem('evidence.damaged', { place })
  return hashes
}
