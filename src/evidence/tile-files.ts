import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type ReadTile, tileWidth } from './merkle.ts'
import { problem } from './problems.ts'
import { splitHashes, type TileLevel, tilePath } from './tiles.ts'

/** The part of the log that stands outside the database: files below one directory, each written whole or not at all. */
const drafts = '.drafts'

/** A reader sees the old file or the new one, also after a power cut. */
export const writeWhole = (root: string, path: string, bytes: Buffer | string): Promise<void> =>
  writeAllWhole(root, [{ path, bytes }])

interface NewFile {
  readonly path: string
  readonly bytes: Buffer | string
}

/** So many wait for the disk at once: it takes them together. */
const filesAtOnce = 8

/** Several, in no order among themselves: they are all there when it returns. */
async function writeAllWhole(root: string, files: readonly NewFile[]): Promise<void> {
  await mkdir(join(root, drafts), { recursive: true, mode: 0o700 })
  const directories = new Set<string>()
  for (const directory of new Set(files.map(({ path }) => dirname(join(root, path)))))
    for (const one of await madeDirectories(directory)) directories.add(one)
  const waiting = files.values()
  const lane = async () => {
    for (const { path, bytes } of waiting) await writeDraft(root, join(root, path), bytes)
  }
  // All of them to their end: nobody writes on behind the back of whoever publishes next.
  const lanes = Array.from({ length: Math.min(filesAtOnce, files.length) }, lane)
  for (const ended of await Promise.allSettled(lanes)) if (ended.status === 'rejected') throw ended.reason
  await Promise.all([...directories].map(syncDirectory))
}

async function writeDraft(root: string, target: string, bytes: Buffer | string): Promise<void> {
  const draft = join(root, drafts, randomBytes(12).toString('hex'))
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, target)
}

/** A directory's name is kept by the one above it: itself, and up to the first that was there before. */
async function madeDirectories(directory: string): Promise<readonly string[]> {
  const made = await mkdir(directory, { recursive: true, mode: 0o700 })
  const last = made === undefined ? directory : dirname(made)
  const all = [directory]
  for (let one = directory; one !== last; ) {
    one = dirname(one)
    all.push(one)
  }
  return all
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** What a kill left half written. Only while nobody else publishes. */
export const removeDrafts = (root: string): Promise<void> =>
  rm(join(root, drafts), { recursive: true, force: true })

export interface Tile {
  readonly level: TileLevel
  readonly index: number
  readonly width: number
  readonly bytes: Buffer
}

/** A full tile takes the place of its narrower states, which may go (C2SP tlog-tiles, partial tiles). */
export async function writeTiles(root: string, tiles: readonly Tile[]): Promise<void> {
  await writeAllWhole(
    root,
    tiles.map(({ level, index, width, bytes }) => ({ path: tilePath(level, index, width), bytes })),
  )
  const full = tiles.filter(({ width }) => width === tileWidth)
  await Promise.all(
    full.map(({ level, index }) =>
      rm(`${join(root, tilePath(level, index, tileWidth))}.p`, { recursive: true, force: true }),
    ),
  )
}

export interface TileFile {
  readonly path: string
  readonly width: number
  readonly bytes: Buffer
}

/** Every state of a tile that is on disk, the narrowest first. */
export async function readTileStates(
  root: string,
  level: TileLevel,
  index: number,
): Promise<readonly TileFile[]> {
  const full = tilePath(level, index, tileWidth)
  const names = await readdir(join(root, `${full}.p`)).catch(missing<string[]>([]))
  const widths = names
    .flatMap((name) => (/^[1-9]\d{0,2}$/.test(name) ? [Number(name)] : []))
    .sort((a, b) => a - b)
  const files: TileFile[] = []
  for (const width of [...widths, tileWidth]) {
    const path = tilePath(level, index, width)
    const bytes = await readFile(join(root, path)).catch(missing(undefined))
    if (bytes) files.push({ path, width, bytes })
  }
  return files
}

/** The state of a tile that a tree asks for, or a wider one. Throws `evidence.damaged` when there is none. */
export async function readTileFile(
  root: string,
  level: TileLevel,
  index: number,
  width: number,
): Promise<Buffer> {
  const exact = await readFile(join(root, tilePath(level, index, width))).catch(missing(undefined))
  if (exact) return exact
  const wider = (await readTileStates(root, level, index)).find((file) => file.width >= width)
  if (!wider) throw problem('evidence.damaged', { place: tilePath(level, index, width) })
  return wider.bytes
}

/** Reads hashes from the files, as a tree of this size needs them. */
export const tilesOnDisk =
  (root: string, size: number): ReadTile =>
  async (level, index) => {
    const width = Math.min(Math.floor(size / tileWidth ** level) - index * tileWidth, tileWidth)
    const hashes = splitHashes(await readTileFile(root, level, index, width))
    if (!hashes || hashes.length < width)
      throw problem('evidence.damaged', { place: tilePath(level, index, width) })
    return hashes.slice(0, width)
  }

/** The checkpoint outside the database; undefined when there is none. */
export const readOutsideCheckpoint = (root: string): Promise<string | undefined> =>
  readFile(join(root, 'checkpoint'), 'utf8').catch(missing(undefined))

const missing =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return instead
    throw error
  }
