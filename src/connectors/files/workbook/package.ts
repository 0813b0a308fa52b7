import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { damaged, Refusal } from './refusal.ts'

/** A workbook's zip, with every size checked before a byte is inflated, and counted while it is. */
export interface Package extends AsyncDisposable {
  /** In the order of the file. */
  readonly entries: readonly Entry[]
  has(part: string): boolean
  /** The bytes of a part. Throws a `Refusal` where they are more than declared, or not what their checksum says. */
  bytes(part: string): AsyncIterable<Buffer>
}

/** Security rule 39. Real workbooks shrink to a tenth; below `ratioFrom` bytes no ratio does harm. */
const limits = {
  entries: 10_000,
  partBytes: 100 * 2 ** 20,
  totalBytes: 300 * 2 ** 20,
  ratio: 100,
  ratioFrom: 16 * 2 ** 20,
}

/** The container in which Excel keeps encrypted workbooks, and in which .xls was written. */
const compoundFile = Buffer.from('d0cf11e0a1b11ae1', 'hex')

/** Throws a `Refusal` for what is no zip, or one that is made to do harm. */
export async function openPackage(path: string): Promise<Package> {
  await requireZip(path)
  const zip = await openPromise(path, { strictFileNames: true, autoClose: false }).catch(() => {
    throw damaged()
  })
  try {
    const entries = await entriesOf(zip)
    const byName = new Map(entries.map((entry) => [entry.fileName.toLowerCase(), entry]))
    return {
      entries,
      has: (part) => byName.has(part.toLowerCase()),
      bytes: (part) => checkedBytes(zip, byName.get(part.toLowerCase())),
      [Symbol.asyncDispose]: async () => zip.close(),
    }
  } catch (error) {
    zip.close()
    throw error
  }
}

async function requireZip(path: string): Promise<void> {
  await using handle = await open(path, 'r')
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0)
  if (buffer.equals(compoundFile))
    throw new Refusal('the workbook is locked with a password, or of the format before .xlsx')
  if (bytesRead < 4 || buffer.readUInt32LE(0) !== 0x04034b50) throw damaged()
}

async function entriesOf(zip: ZipFile): Promise<readonly Entry[]> {
  if (zip.entryCount > limits.entries) throw tooLarge()
  const entries: Entry[] = []
  const names = new Set<string>()
  let total = 0
  try {
    for await (const entry of zip.eachEntry()) {
      // Two parts of one name: each reader would take another one for true. Part names ignore case (ECMA-376-2).
      const name = entry.fileName.toLowerCase()
      if (names.has(name) || !entry.canDecodeFileData()) throw damaged()
      names.add(name)
      total += entry.uncompressedSize
      if (isBomb(entry) || total > limits.totalBytes) throw tooLarge()
      entries.push(entry)
    }
  } catch (error) {
    throw error instanceof Refusal ? error : damaged()
  }
  return entries
}

const isBomb = ({ uncompressedSize, compressedSize }: Entry): boolean =>
  uncompressedSize > limits.partBytes ||
  (uncompressedSize > limits.ratioFrom && uncompressedSize > compressedSize * limits.ratio)

const tooLarge = () => new Refusal('the workbook is too large to be read safely')

async function* checkedBytes(zip: ZipFile, entry: Entry | undefined): AsyncIterable<Buffer> {
  if (!entry) throw damaged()
  let length = 0
  let checksum = 0
  let source: Readable | undefined
  try {
    source = await zip.openReadStreamPromise(entry)
    for await (const chunk of source as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > entry.uncompressedSize) throw damaged()
      checksum = crc32(chunk, checksum)
      yield chunk
    }
  } catch (error) {
    throw error instanceof Refusal ? error : damaged()
  } finally {
    source?.destroy()
  }
  if (length !== entry.uncompressedSize || checksum !== entry.crc32) throw damaged()
}
