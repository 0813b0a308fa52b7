import { hash } from 'node:crypto'
import { sha256 } from '../platform/bytes.ts'

/**
 * The Merkle tree of RFC 9162 §2.1 (the same as RFC 6962), kept in tiles: a hash of level l, index i spans the leaves from
 * i·256^l to (i+1)·256^l. Whatever lies between two levels is computed when needed.
 */
export const tileWidth = 256
const tileHeight = 8

const leafPrefix = Buffer.from([0])
/** 1 ‖ left ‖ right, written anew for each node: a hash in one call takes two thirds of one in four. */
const nodeInput = Buffer.alloc(65, 1)

export const leafHash = (data: Buffer): Buffer => hash('sha256', Buffer.concat([leafPrefix, data]), 'buffer')

export function nodeHash(left: Buffer, right: Buffer): Buffer {
  // Whatever else comes out of a damaged tile or a stranger's proof must not be padded with the node before.
  if (left.length !== 32 || right.length !== 32) return sha256(nodeInput.subarray(0, 1), left, right)
  nodeInput.set(left, 1)
  nodeInput.set(right, 33)
  return hash('sha256', nodeInput, 'buffer')
}
export const emptyRoot: Buffer = sha256('')

/** The hashes of tile `index` at `level`, at least as many as the tree in question has there. */
export type ReadTile = (level: number, index: number) => Promise<readonly Buffer[]>

/** How many hashes a tree of this size has at a level. */
export const hashesAt = (size: number, level: number): number => Math.floor(size / tileWidth ** level)

export const rootHash = (size: number, tiles: ReadTile): Promise<Buffer> =>
  size === 0 ? Promise.resolve(emptyRoot) : rangeHash(0, size, remembered(tiles))

/** RFC 9162 §2.1.3.1: what, together with the leaf, gives the root of a tree of this size. */
export async function inclusionProof(
  index: number,
  size: number,
  tiles: ReadTile,
): Promise<readonly Buffer[]> {
  if (index < 0 || index >= size) throw new RangeError('no such leaf')
  const known = remembered(tiles)
  await Promise.all(tilesToProve(index, size).map(([level, tile]) => known(level, tile)))
  const path = async (from: number, to: number): Promise<readonly Buffer[]> => {
    if (to - from === 1) return []
    const middle = from + split(to - from)
    return index < middle
      ? [...(await path(from, middle)), await rangeHash(middle, to, known)]
      : [...(await path(middle, to)), await rangeHash(from, middle, known)]
  }
  return path(0, size)
}

/** Of each level the tile on the way to a leaf, and the one at the right edge: asked for at once, they come by one statement. */
function tilesToProve(index: number, size: number): readonly (readonly [level: number, tile: number])[] {
  const wanted: [number, number][] = []
  for (let level = 0; hashesAt(size, level) > 0; level += 1) {
    const count = hashesAt(size, level)
    const [tile, edge] = [Math.floor(index / tileWidth ** (level + 1)), Math.floor(count / tileWidth)]
    if (tile * tileWidth < count) wanted.push([level, tile])
    if (edge !== tile && edge * tileWidth < count) wanted.push([level, edge])
  }
  return wanted
}

/** RFC 9162 §2.1.4.1: that the tree of the first size is the beginning of the tree of the second. */
export async function consistencyProof(
  first: number,
  second: number,
  tiles: ReadTile,
): Promise<readonly Buffer[]> {
  if (first < 0 || first > second) throw new RangeError('the first tree is not the smaller one')
  if (first === 0 || first === second) return []
  const known = remembered(tiles)
  const proof = async (from: number, to: number, whole: boolean): Promise<readonly Buffer[]> => {
    if (first === to) return whole ? [] : [await rangeHash(from, to, known)]
    const middle = from + split(to - from)
    return first <= middle
      ? [...(await proof(from, middle, whole)), await rangeHash(middle, to, known)]
      : [...(await proof(middle, to, false)), await rangeHash(from, middle, known)]
  }
  return proof(0, second, true)
}

/** RFC 9162 §2.1.3.2. False for anything that does not fit, whatever it is. */
export const verifyInclusion = (
  claim: { readonly index: number; readonly size: number; readonly leaf: Buffer; readonly root: Buffer },
  proof: readonly Buffer[],
): boolean => inclusionNodes(claim, proof)?.at(-1)?.equals(claim.root) === true

/** The way from a leaf's hash to the root, a hash for each step of the proof; undefined when it has too many or too few. */
export function inclusionNodes(
  { index, size, leaf }: { readonly index: number; readonly size: number; readonly leaf: Buffer },
  proof: readonly Buffer[],
): readonly Buffer[] | undefined {
  if (!isSize(index) || !isSize(size) || index >= size) return undefined
  const nodes = [leaf]
  let [node, last, hash] = [index, size - 1, leaf]
  for (const sibling of proof) {
    if (last === 0) return undefined
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash)
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)]
    } else hash = nodeHash(hash, sibling)
    nodes.push(hash)
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 ? nodes : undefined
}

/** RFC 9162 §2.1.4.2. */
export function verifyConsistency(
  first: { readonly size: number; readonly root: Buffer },
  second: { readonly size: number; readonly root: Buffer },
  proof: readonly Buffer[],
): boolean {
  if (first.size === 0 && first.size < second.size)
    return isSize(second.size) && proof.length === 0 && first.root.equals(emptyRoot)
  const nodes = consistencyNodes(first, second.size, proof)
  return nodes?.before.equals(first.root) === true && nodes.after.at(-1)?.equals(second.root) === true
}

/**
 * What a consistency proof gives: the first tree's root, and the way to the second's, a hash for each step. Undefined when
 * it has too many steps or too few, and for an empty first tree, of which there is nothing to prove.
 */
export function consistencyNodes(
  first: { readonly size: number; readonly root: Buffer },
  secondSize: number,
  proof: readonly Buffer[],
): { readonly before: Buffer; readonly after: readonly Buffer[] } | undefined {
  if (!isSize(first.size) || !isSize(secondSize) || first.size > secondSize) return undefined
  if (first.size === secondSize)
    return proof.length === 0 ? { before: first.root, after: [first.root] } : undefined
  if (first.size === 0) return undefined
  const path = isPowerOfTwo(first.size) ? [first.root, ...proof] : proof
  let [node, last] = [first.size - 1, secondSize - 1]
  while (node % 2 === 1) [node, last] = [half(node), half(last)]
  const [start, ...rest] = path
  if (!start) return undefined
  let before = start
  const after = [start]
  for (const sibling of rest) {
    if (last === 0) return undefined
    const hash = after.at(-1) ?? start
    if (node % 2 === 1 || node === last) {
      before = nodeHash(sibling, before)
      after.push(nodeHash(sibling, hash))
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)]
    } else after.push(nodeHash(hash, sibling))
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 ? { before, after } : undefined
}

/** Hash of the leaves from `from` to `to`, which must be a subtree of some tree: perfect but for its right edge. */
async function rangeHash(from: number, to: number, tiles: ReadTile): Promise<Buffer> {
  if (from === to - 1 || isPowerOfTwo(to - from)) return perfectHash(from, to - from, tiles)
  const middle = from + split(to - from)
  return nodeHash(await perfectHash(from, middle - from, tiles), await rangeHash(middle, to, tiles))
}

/** `width` is a power of two that divides `from`, so the subtree lies within one tile of the level below it. */
async function perfectHash(from: number, width: number, tiles: ReadTile): Promise<Buffer> {
  let level = 0
  while (tileWidth ** (level + 1) <= width) level += 1
  const first = from / tileWidth ** level
  const count = width / tileWidth ** level
  const tile = Math.floor(first / tileWidth)
  const hashes = await tiles(level, tile)
  if (hashes.length < (first % tileWidth) + count) throw new RangeError(`tile ${level}/${tile} is incomplete`)
  return subtreeHash(hashes, first % tileWidth, count)
}

/** Kept for as long as somebody remembers the tile: a subtree that is perfect never changes. */
const folded = new WeakMap<readonly Buffer[], Map<number, Buffer>>()

/** The hash over `count` hashes of a tile, a power of two that divides `first`. */
function subtreeHash(tile: readonly Buffer[], first: number, count: number): Buffer {
  const known = folded.get(tile) ?? new Map<number, Buffer>()
  folded.set(tile, known)
  const fold = (from: number, width: number): Buffer => {
    const place = from * tileWidth + width
    const before = width === 1 ? tile[from] : known.get(place)
    if (before) return before
    const middle = from + width / 2
    const made = nodeHash(fold(from, width / 2), fold(middle, width / 2))
    known.set(place, made)
    return made
  }
  return fold(first, count)
}

/** The hash over a power of two of sibling hashes. */
export function foldPerfect(hashes: readonly Buffer[]): Buffer {
  const [only] = hashes
  if (hashes.length === 1 && only) return only
  const middle = hashes.length / 2
  return nodeHash(foldPerfect(hashes.slice(0, middle)), foldPerfect(hashes.slice(middle)))
}

/** Reads every tile once: for one proof, or for several from the same tree. */
export const remembered = (tiles: ReadTile): ReadTile => {
  const known = new Map<string, Promise<readonly Buffer[]>>()
  return (level, index) => {
    const label = `${level}/${index}`
    const tile = known.get(label) ?? tiles(level, index)
    known.set(label, tile)
    return tile
  }
}

/** The largest power of two smaller than n: arithmetic, because bit operations end at 32 bits. */
function split(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}

const isPowerOfTwo = (n: number): boolean => split(n) * 2 === n || n === 1
const half = (n: number): number => Math.floor(n / 2)
const isSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 0

/** The right edge of a growing tree: per level, the hashes of its last tile that is not full. */
export interface Edge {
  size: number
  readonly levels: Buffer[][]
}

/** Adds a leaf's hash, and tells of each hash that this completes above level 0. */
export function append(
  edge: Edge,
  leaf: Buffer,
  onNode: (level: number, index: number, hash: Buffer) => void,
): void {
  edge.size += 1
  let hash = leaf
  for (let level = 0; ; level += 1) {
    const tile = edge.levels[level] ?? []
    tile.push(hash)
    edge.levels[level] = tile
    if (level > 0) onNode(level, hashesAt(edge.size, level) - 1, hash)
    if (tile.length < tileWidth) return
    hash = foldPerfect(tile)
    edge.levels[level] = []
  }
}

/** The root of the tree that ends in this edge. */
export function edgeRoot(edge: Edge): Buffer {
  let root: Buffer | undefined
  for (const tile of edge.levels) {
    let end = tile.length
    // The blocks of one level, smallest first: the binary digits of the tile's width.
    for (let height = 0; height < tileHeight; height += 1) {
      const width = 2 ** height
      if (Math.floor(tile.length / width) % 2 === 0) continue
      const block = foldPerfect(tile.slice(end - width, end))
      root = root ? nodeHash(block, root) : block
      end -= width
    }
  }
  return root ?? emptyRoot
}
