import { crc32 } from 'node:zlib'

/**
 * Zip archives of which every bit is accounted for: stored, not compressed, with no dates, no attributes and no comments, so
 * that the same files are always the same bytes (decision 11). Any program opens them.
 */
const localSignature = 0x04034b50
const centralSignature = 0x02014b50
const endSignature = 0x06054b50
const localLength = 30
const mostFiles = 0xffff
/** Of ASCII, so that no two programs read two names; relative, and nothing above the place it is unpacked to. */
const safePath = /^(?!\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._/-]{1,200}$/

/** The files in the order given. Throws an Error for a path that is not plain, and for more than an archive can hold. */
export function writeStoredZip(files: ReadonlyMap<string, Buffer>): Buffer {
  if (files.size > mostFiles) throw new Error('evidence: too many files for an archive')
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [path, content] of files) {
    if (!safePath.test(path)) throw new Error('evidence: a path that an archive should not hold')
    const name = Buffer.from(path)
    const facts = factsOf(name, content)
    const local = Buffer.concat([number(localSignature, 4), facts, name, content])
    const place = [number(0, 2), number(0, 2), number(0, 2), number(0, 4), number(offset, 4)]
    directory.push(Buffer.concat([number(centralSignature, 4), number(10, 2), facts, ...place, name]))
    locals.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const counts = [number(0, 4), number(files.size, 2), number(files.size, 2)]
  const end = [number(endSignature, 4), ...counts, number(central.length, 4), number(offset, 4), number(0, 2)]
  return Buffer.concat([...locals, central, ...end])
}

/** Version 1.0, no flags, stored, midnight of 1 January 1980, checksum, sizes, length of the name, nothing more. */
const factsOf = (name: Buffer, content: Buffer): Buffer =>
  Buffer.concat([
    number(10, 2),
    number(0, 2),
    number(0, 2),
    number(0, 2),
    number(0x21, 2),
    number(crc32(content), 4),
    number(content.length, 4),
    number(content.length, 4),
    number(name.length, 2),
    number(0, 2),
  ])

function number(value: number, bytes: 2 | 4): Buffer {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntLE(value, 0, bytes)
  return buffer
}

export interface ReadZip {
  readonly files: ReadonlyMap<string, Buffer>
  /** The first byte that is not as `writeStoredZip` writes it, and the file in whose record it lies; null: behind them all. */
  readonly stray: { readonly byte: number; readonly path: string | null } | undefined
}

/** Reads from the front, file by file: what another program might take from the directory at the end must be the same. */
export function readStoredZip(bytes: Buffer): ReadZip {
  const files = new Map<string, Buffer>()
  let at = 0
  while (at + localLength <= bytes.length && bytes.readUInt32LE(at) === localSignature) {
    const start = at + localLength + bytes.readUInt16LE(at + 26)
    const end = start + bytes.readUInt32LE(at + 18)
    const path = bytes.subarray(at + localLength, start).toString('latin1')
    if (end > bytes.length || !safePath.test(path) || files.has(path) || files.size === mostFiles) break
    files.set(path, bytes.subarray(start, end))
    at = end
  }
  const byte = firstDifference(writeStoredZip(files), bytes)
  return { files, stray: byte === undefined ? undefined : { byte, path: pathAt(files, byte) } }
}

function pathAt(files: ReadonlyMap<string, Buffer>, byte: number): string | null {
  let end = 0
  for (const [path, content] of files) {
    end += localLength + path.length + content.length
    if (byte < end) return path
  }
  return null
}

function firstDifference(expected: Buffer, found: Buffer): number | undefined {
  if (expected.equals(found)) return undefined
  const both = Math.min(expected.length, found.length)
  let [same, different] = [0, both]
  // Halving: comparing ranges is native code, comparing bytes is not.
  while (same < different) {
    const middle = same + Math.ceil((different - same) / 2)
    if (expected.compare(found, same, middle, same, middle) === 0) same = middle
    else if (middle - same === 1) return same
    else different = middle
  }
  return same
}
