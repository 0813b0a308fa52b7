import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { sha256 } from '../platform/bytes.ts'
import { problem } from './problems.ts'
import { type Secret, unwrapKey, wrapKey } from './secret.ts'

/**
 * A file in chunks of AES-256-GCM under a fresh key of its own, after a header line in the clear. A chunk's nonce is its
 * number and whether it is the last (the STREAM construction), its AAD the header's hash: a chunk that is changed, moved,
 * doubled or missing does not open, nor does a file that was cut off between two of them.
 */
const chunkBytes = 256 * 1024
const tagBytes = 16

const headerSchema = z.strictObject({
  format: z.literal('dossier-backup'),
  v: z.literal(1),
  part: z.enum(['main', 'keys']),
  cipher: z.literal('aes-256-gcm'),
  chunk: z.literal(chunkBytes),
  wrap: z.strictObject({
    kind: z.enum(['passphrase', 'recovery-key']),
    salt: z.string().max(64),
    cost: z
      .int()
      .min(2 ** 10)
      .max(2 ** 17)
      .optional(),
    key: z.string().max(256),
  }),
})

export type Part = z.infer<typeof headerSchema>['part']

function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(number, 5, 6)
  nonce[11] = isLast ? 1 : 0
  return nonce
}

/** Returns the bytes written, when they are on the disk. */
export async function writeSealed(
  path: string,
  part: Part,
  secret: Secret,
  source: AsyncIterable<Buffer>,
): Promise<number> {
  const key = randomBytes(32)
  const wrap = await wrapKey(key, secret)
  const header = `${JSON.stringify({ format: 'dossier-backup', v: 1, part, cipher: 'aes-256-gcm', chunk: chunkBytes, wrap })}\n`
  const aad = sha256(header)
  await using file = await open(path, 'wx', 0o600)
  let written = (await file.write(header)).bytesWritten
  let number = 0
  const put = async (plain: Buffer, isLast: boolean) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, isLast)).setAAD(aad)
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    await file.appendFile(sealed)
    written += sealed.length
    number += 1
  }
  let waiting: Buffer[] = []
  let size = 0
  for await (const piece of source) {
    waiting.push(piece)
    size += piece.length
    if (size <= chunkBytes) continue
    let all = Buffer.concat(waiting)
    // One byte is always left for the last chunk, which alone may be shorter.
    for (; all.length > chunkBytes; all = all.subarray(chunkBytes))
      await put(all.subarray(0, chunkBytes), false)
    waiting = [all]
    size = all.length
  }
  await put(Buffer.concat(waiting), true)
  await file.sync()
  key.fill(0)
  return written
}

/** Throws `backup.unreadable`, `backup.not-a-backup`, `backup.wrong-secret`, `backup.damaged` and `backup.cut-off`. */
export async function* readSealed(path: string, part: Part, secret: Secret): AsyncGenerator<Buffer> {
  const name = basename(path)
  await using file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw problem('backup.unreadable', { path, reason: cause.code ?? 'EIO' }, cause)
  })
  const start = await readAt(file, 0, 4_096)
  const newline = start.indexOf(0x0a)
  const line = start.toString('utf8', 0, Math.max(newline, 0))
  const header = headerSchema.safeParse(asJson(line))
  if (!header.success || header.data.part !== part) throw problem('backup.not-a-backup', { file: name })
  const { kind, salt, cost, key: wrapped } = header.data.wrap
  const key = await unwrapKey(
    { kind, salt, key: wrapped, ...(cost !== undefined && { cost }) },
    secret,
  ).catch((cause: unknown) => {
    throw problem('backup.wrong-secret', { file: name }, cause)
  })
  const aad = sha256(`${line}\n`)
  const { size } = await file.stat()
  let at = newline + 1
  for (let number = 0; ; number += 1) {
    const sealed = await readAt(file, at, chunkBytes + tagBytes)
    at += sealed.length
    const isLast = at >= size
    const plain = opened(key, aad, number, isLast, sealed)
    if (!plain && isLast && opened(key, aad, number, false, sealed))
      throw problem('backup.cut-off', { file: name })
    if (!plain) throw problem('backup.damaged', { file: name, chunk: number })
    yield plain
    if (isLast) return
  }
}

function opened(
  key: Buffer,
  aad: Buffer,
  number: number,
  isLast: boolean,
  sealed: Buffer,
): Buffer | undefined {
  if (sealed.length < tagBytes) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number, isLast), { authTagLength: tagBytes })
  decipher.setAAD(aad).setAuthTag(sealed.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()])
  } catch {
    return undefined
  }
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, at + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
