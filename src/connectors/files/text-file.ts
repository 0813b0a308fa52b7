import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { TextDecoder } from 'node:util'
import iconv from 'iconv-lite'
import { problem } from '../problems.ts'
import type { Reason } from '../reasons.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** Tells one state of a file from another. */
export interface Identity {
  readonly device: bigint
  readonly inode: bigint
  readonly size: bigint
  readonly modifiedNs: bigint
  readonly changedNs: bigint
  /** How many names it has; a second one (a hard link) would keep what was erased, for a rewritten file is a new one. */
  readonly names: bigint
}

/** A text file whose every byte has been looked at. */
export interface TextFile {
  readonly name: string
  readonly path: string
  readonly identity: Identity
  readonly encoding: Encoding
  /** Length of its byte order mark. */
  readonly mark: number
}

const chunkBytes = 262_144
const marks: readonly (readonly [Encoding, Buffer])[] = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
]

export async function identityOf(handle: FileHandle): Promise<Identity> {
  const { dev, ino, size, mtimeNs, ctimeNs, nlink } = await handle.stat({ bigint: true })
  return { device: dev, inode: ino, size, modifiedNs: mtimeNs, changedNs: ctimeNs, names: nlink }
}

export const isSame = (a: Identity, b: Identity): boolean =>
  a.device === b.device &&
  a.inode === b.inode &&
  a.size === b.size &&
  a.modifiedNs === b.modifiedNs &&
  a.changedNs === b.changedNs

export const hasOneName = ({ identity }: Pick<TextFile, 'identity'>): boolean => identity.names === 1n

/**
 * Finds out a file's encoding: by its mark, else UTF-8 when all of it is, else Windows-1252. Throws
 * `connectors.corrupt` for text that is not what its mark says, and for NUL bytes, which no table of text holds.
 */
export async function openText(name: string, path: string): Promise<TextFile> {
  await using handle = await openToRead(name, path)
  const identity = await identityOf(handle)
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(3), 0, 3, 0)
  const head = buffer.subarray(0, bytesRead)
  const [marked, mark] = marks.find(([, bytes]) => head.subarray(0, bytes.length).equals(bytes)) ?? []
  const file = { name, path, identity, encoding: marked ?? ('utf-8' as const), mark: mark?.length ?? 0 }
  const found = await inspect(file)
  if (found.nulLine !== null) throw corrupt(name, found.nulLine, 'a NUL byte')
  if (found.isValid) return file
  if (marked === undefined) return { ...file, encoding: 'windows-1252' }
  throw corrupt(
    name,
    1,
    marked === 'utf-8'
      ? 'it is not valid UTF-8, though its byte order mark says so'
      : 'it is not valid UTF-16',
  )
}

async function openToRead(name: string, path: string): Promise<FileHandle> {
  return open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw problem('connectors.unknown-collection', { collection: name })
    throw problem('connectors.refused', { what: `reading ${name}` })
  })
}

/** Reads it all: whether it is of its encoding, and the line of the first NUL. Of UTF-16 only the text is looked at. */
async function inspect(
  file: TextFile,
): Promise<{ readonly isValid: boolean; readonly nulLine: number | null }> {
  const decoder = new TextDecoder(file.encoding, { fatal: true, ignoreBOM: true })
  let isValid = true
  let line = 1
  for await (const bytes of bytesOf(file)) {
    const text: string | null = isValid ? decodedOrNull(decoder, bytes) : null
    isValid = text !== null
    if (!isValid && isUtf16(file)) break
    const characters = text ?? bytes.toString('latin1')
    const nul = characters.indexOf('\0')
    line += linesIn(nul < 0 ? characters : characters.slice(0, nul))
    if (nul >= 0) return { isValid, nulLine: line }
  }
  return { isValid: isValid && decodedOrNull(decoder) !== null, nulLine: null }
}

/** Without bytes: the end, where half a character is an error. */
function decodedOrNull(decoder: TextDecoder, bytes?: Buffer): string | null {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined })
  } catch {
    return null
  }
}

function linesIn(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

/** The bytes behind the mark. Throws `connectors.changed-meanwhile` when the file is gone. */
async function* bytesOf(file: TextFile): AsyncIterable<Buffer> {
  const end = Number(file.identity.size) - 1
  if (end < file.mark) return
  try {
    yield* createReadStream(file.path, { start: file.mark, end, highWaterMark: chunkBytes })
  } catch (error) {
    throw fileProblem(error, file.name)
  }
}

/** What the file system says of a file that was there a moment ago. */
export function fileProblem(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return problem('connectors.changed-meanwhile', { file })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return problem('connectors.refused', { what: `access to ${file}` })
  return typeof code === 'string' && /^E[A-Z]+$/.test(code)
    ? problem('connectors.target-error', { sqlstate: code, what: `access to ${file}` })
    : error
}

/**
 * The file in the form in which it is taken apart: bytes in which every comma, quote and line end is one ASCII byte.
 * That is the file itself, or its UTF-8 form where it is UTF-16.
 */
export async function* workBytes(file: TextFile): AsyncIterable<Buffer> {
  if (!isUtf16(file)) return yield* bytesOf(file)
  const decoder = new TextDecoder(file.encoding, { fatal: true, ignoreBOM: true })
  for await (const bytes of bytesOf(file)) yield Buffer.from(decoder.decode(bytes, { stream: true }))
  yield Buffer.from(decoder.decode())
}

export const isUtf16 = (file: Pick<TextFile, 'encoding'>): boolean =>
  file.encoding === 'utf-16le' || file.encoding === 'utf-16be'

/** Work bytes as the file has them. They must not end within a character. */
export const fileBytes = (file: Pick<TextFile, 'encoding'>, work: Buffer): Buffer =>
  isUtf16(file) ? iconv.encode(work.toString('utf8'), file.encoding) : work

/** Text as work bytes, or null where the file's encoding cannot hold it. */
export function encode(file: Pick<TextFile, 'encoding'>, text: string): Buffer | null {
  if (text.includes('\0') || !text.isWellFormed()) return null
  if (file.encoding !== 'windows-1252') return Buffer.from(text)
  const bytes = iconv.encode(text, 'windows-1252')
  return decode1252(bytes.toString('latin1')) === text ? bytes : null
}

const windows1252 = new TextDecoder('windows-1252')

/** Bytes read as Latin-1 in their real meaning; the two encodings differ in 0x80 to 0x9F alone. */
export const decode1252 = (latin1: string): string =>
  /[\x80-\x9f]/.test(latin1) ? windows1252.decode(Buffer.from(latin1, 'latin1')) : latin1

export const corrupt = (file: string, line: number, reason: Reason) =>
  problem('connectors.corrupt', { file, line, reason })
