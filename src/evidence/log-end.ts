import type { Db } from '../platform/database.ts'
import type { Keyring } from '../platform/keyring.ts'
import { asLeaf, type Entry, leafBytes, nobody } from './entry.ts'
import { append, type Edge, edgeRoot, hashesAt, leafHash, tileWidth } from './merkle.ts'
import type { NewLeaf, NewNode } from './queries.ts'
import { readEdge } from './stored-tiles.ts'

/** A tree as it stood. */
export interface Standing {
  readonly size: number
  readonly root: Buffer
}

/**
 * The tree's end as this process left it: what the next leaves and their tiles are made of, without reading it again. It holds for
 * the tree of its size and root alone; any other is read from the database.
 */
export interface LogEnd extends Standing {
  /** The checkpoint published last. */
  readonly published: Standing | undefined
  /** `<level>/<index>`: hashes of tiles from their beginning on. */
  readonly tiles: Map<string, Buffer[]>
  /** By index: the bytes of leaves, from the beginning of their tile on. */
  readonly bundles: Map<number, Buffer[]>
}

/** Some 8 MB of leaves: while nothing can be published, nothing is piled up either. */
const mostBundles = 64

const ends = new WeakMap<Keyring, LogEnd>()

/** Whoever takes it has it alone: what a transaction undoes is never met again. Undefined when the tree is another by now. */
export function takeEnd(keyring: Keyring, { size, root }: Standing): LogEnd | undefined {
  const end = ends.get(keyring)
  ends.delete(keyring)
  return end && end.size === size && end.root.equals(root) ? end : undefined
}

/** After the commit. */
export function keepEnd(keyring: Keyring, end: LogEnd | undefined): void {
  if (end && end.bundles.size <= mostBundles) ends.set(keyring, end)
}

export async function readEnd(db: Db, { size, root }: Standing): Promise<LogEnd> {
  const { levels } = await readEdge(db, size)
  const tiles = new Map(levels.map((hashes, level) => [edgeLabel(size, level), hashes]))
  const bundles = new Map<number, Buffer[]>(size % tileWidth === 0 ? [[size / tileWidth, []]] : [])
  return { size, root, published: undefined, tiles, bundles }
}

/** The tree with these entries behind it, and the rows that make it so. Changes the end that is given. */
export function extend(
  end: LogEnd,
  entries: readonly Entry[],
): { readonly end: LogEnd; readonly leaves: readonly NewLeaf[]; readonly nodes: readonly NewNode[] } {
  const edge = edgeOf(end)
  const leaves: NewLeaf[] = []
  const nodes: NewNode[] = []
  for (const entry of entries) {
    const bytes = leafBytes(asLeaf(entry))
    const hash = leafHash(bytes)
    const index = edge.size
    leaves.push({ index, subjectId: entry.subjectId ?? nobody, entryId: entry.id, hash })
    keepLeaf(end.bundles, index, bytes)
    keepHash(end.tiles, 0, index, hash)
    append(edge, hash, (level, place, node) => {
      nodes.push({ level, index: place, hash: node })
      keepHash(end.tiles, level, place, node)
    })
  }
  return { end: { ...end, size: edge.size, root: edgeRoot(edge) }, leaves, nodes }
}

/** What was published need not be held but for the tiles that go on growing. */
export function afterPublishing(end: LogEnd): LogEnd {
  const { size, root } = end
  const growing = new Set<string>()
  for (let level = 0; hashesAt(size, level) > 0; level += 1) growing.add(edgeLabel(size, level))
  const tiles = new Map([...end.tiles].filter(([label]) => growing.has(label)))
  const last = Math.floor(size / tileWidth)
  const bundles = new Map([...end.bundles].filter(([index]) => index === last))
  return { size, root, published: { size, root }, tiles, bundles }
}

const edgeLabel = (size: number, level: number): string =>
  `${level}/${Math.floor(hashesAt(size, level) / tileWidth)}`

function edgeOf({ size, tiles }: LogEnd): Edge {
  const levels: Buffer[][] = []
  for (let level = 0; hashesAt(size, level) > 0; level += 1)
    levels.push([...(tiles.get(edgeLabel(size, level)) ?? [])])
  return { size, levels }
}

function keepHash(tiles: LogEnd['tiles'], level: number, index: number, hash: Buffer): void {
  const label = `${level}/${Math.floor(index / tileWidth)}`
  const tile = tiles.get(label) ?? []
  tile.push(hash)
  tiles.set(label, tile)
}

/** Only from a tile's first leaf on: one that is known in part is read whole when it is written. */
function keepLeaf(bundles: LogEnd['bundles'], index: number, bytes: Buffer): void {
  const place = Math.floor(index / tileWidth)
  const bundle = index % tileWidth === 0 ? [] : bundles.get(place)
  if (!bundle) return
  bundle.push(bytes)
  bundles.set(place, bundle)
}
