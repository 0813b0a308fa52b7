import type { Db } from '../platform/database.ts'
import { type Edge, hashesAt, type ReadTile, tileWidth } from './merkle.ts'
import { problem } from './problems.ts'
import { type HashRange, hashRanges } from './queries.ts'
import { splitHashes } from './tiles.ts'

type Hashes = readonly Buffer[]

/** Reads hashes from the database, as a tree of this size needs them. Tiles asked for in the same moment come by one statement. */
export function tilesInDatabase(db: Db, size: number): ReadTile {
  let asked: { range: HashRange; tell: PromiseWithResolvers<Hashes> }[] = []
  const read = async () => {
    const these = asked
    asked = []
    const ranges = these.map(({ range }) => range)
    const read = await exactly(db, ranges).catch((error: unknown) => {
      for (const { tell } of these) tell.reject(error)
    })
    for (const [i, { tell }] of these.entries()) tell.resolve(read?.[i] ?? [])
  }
  return (level, index) => {
    const tell = Promise.withResolvers<Hashes>()
    asked.push({ range: rangeOf(size, level, index), tell })
    if (asked.length === 1) queueMicrotask(() => void read())
    return tell.promise
  }
}

const mostTiles = 128
const provingTiles = new WeakMap<Db, Map<string, Promise<Hashes>>>()

/**
 * The same for whoever makes proofs one after the other: a tile of some width never changes, so the last 128 are remembered. Not full
 * tiles of leaves, of which there are as many as a log is long. What checks the database reads the database.
 */
export function tilesForProofs(db: Db, size: number): ReadTile {
  const known = provingTiles.get(db) ?? new Map<string, Promise<Hashes>>()
  provingTiles.set(db, known)
  const read = tilesInDatabase(db, size)
  return (level, index) => {
    const { from, to } = rangeOf(size, level, index)
    if (level === 0 && to - from === tileWidth) return read(level, index)
    const label = `${level}/${index}/${to - from}`
    const tile = known.get(label) ?? read(level, index)
    // Set anew, it stands last: the first is the one that nobody asked for longest.
    known.delete(label)
    known.set(label, tile)
    tile.catch(() => known.delete(label))
    const [oldest] = known.size > mostTiles ? known.keys() : []
    if (oldest !== undefined) known.delete(oldest)
    return tile
  }
}

/** The right edge of the tree of this size. */
export async function readEdge(db: Db, size: number): Promise<Edge> {
  const ranges: HashRange[] = []
  for (let level = 0; hashesAt(size, level) > 0; level += 1)
    ranges.push(rangeOf(size, level, Math.floor(hashesAt(size, level) / tileWidth)))
  return { size, levels: (await exactly(db, ranges)).map((hashes) => [...hashes]) }
}

const rangeOf = (size: number, level: number, index: number): HashRange => {
  const from = index * tileWidth
  return { level, from, to: Math.max(from, Math.min(from + tileWidth, hashesAt(size, level))) }
}

async function exactly(db: Db, ranges: readonly HashRange[]): Promise<readonly Hashes[]> {
  if (ranges.every(({ from, to }) => from === to)) return ranges.map(() => [])
  const read = await hashRanges(db, ranges)
  return ranges.map(({ level, from, to }, i) => {
    const hashes = splitHashes(read[i] ?? Buffer.of())
    if (hashes?.length !== to - from)
      throw problem('evidence.damaged', { place: level === 0 ? 'evidence.leaf' : 'evidence.node' })
    return hashes
  })
}
