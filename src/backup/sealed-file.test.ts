import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { isProblem } from '../platform/problem.ts'
import { readSealed, writeSealed } from './sealed-file.ts'
import { asPassphrase, drawRecoveryKey, readSecret } from './secret.ts'

let directory: string
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dossier-sealed-'))
})
after(() => rm(directory, { recursive: true, force: true }))

const chunk = 256 * 1024 + 16
const hasCode = (code: string) => (error: unknown) => isProblem(error, code)

let serial = 0
async function sealed(content: Buffer, secret = drawRecoveryKey()) {
  const path = join(directory, `file-${++serial}`)
  async function* pieces() {
    for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000)
  }
  await writeSealed(path, 'main', secret, pieces())
  return { path, secret, bytes: await readFile(path) }
}

async function read(path: string, secret: ReturnType<typeof readSecret>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const piece of readSealed(path, 'main', secret)) all.push(piece)
  return Buffer.concat(all)
}

const content = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * 31) % 251))

describe('a backup’s file', () => {
  it('gives back what was written, of any length', async () => {
    for (const length of [0, 1, 262_143, 262_144, 262_145, 524_288, 700_001]) {
      const { path, secret } = await sealed(content(length))
      assert.ok((await read(path, readSecret(` ${secret.text.toUpperCase()}\n`))).equals(content(length)))
    }
  })

  it('opens with its passphrase and with no other', async () => {
    const { path, secret } = await sealed(content(10), asPassphrase('correct horse battery'))
    assert.ok((await read(path, readSecret(secret.text))).equals(content(10)))
    await assert.rejects(read(path, readSecret('correct horse batterz')), hasCode('backup.wrong-secret'))
    await assert.rejects(read(path, drawRecoveryKey()), hasCode('backup.wrong-secret'))
    assert.throws(() => asPassphrase('short'), hasCode('backup.short-passphrase'))
  })

  it('is refused when it was cut off, between two chunks too', async () => {
    const { path, secret, bytes } = await sealed(content(700_000))
    const header = bytes.indexOf(0x0a) + 1
    await writeFile(path, bytes.subarray(0, header + chunk))
    await assert.rejects(read(path, secret), hasCode('backup.cut-off'))
    for (const length of [header, header + 5, header + chunk + 3, bytes.length - 1]) {
      await writeFile(path, bytes.subarray(0, length))
      await assert.rejects(read(path, secret), hasCode('backup.damaged'))
    }
  })

  it('is refused when chunks changed places, or one stands twice', async () => {
    const { path, secret, bytes } = await sealed(content(700_000))
    const header = bytes.indexOf(0x0a) + 1
    const [head, first, second, rest] = [
      bytes.subarray(0, header),
      bytes.subarray(header, header + chunk),
      bytes.subarray(header + chunk, header + 2 * chunk),
      bytes.subarray(header + 2 * chunk),
    ]
    for (const order of [
      [head, second, first, rest],
      [head, first, first, rest],
      [head, first, rest],
    ]) {
      await writeFile(path, Buffer.concat(order))
      await assert.rejects(read(path, secret), hasCode('backup.damaged'))
    }
  })

  it('shows a changed bit, in its header as in its chunks', async () => {
    const { path, secret, bytes } = await sealed(content(300_000))
    for (let at = 0; at < bytes.length; at += at < 500 ? 29 : 30_011) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 4
      await writeFile(path, changed)
      await assert.rejects(
        read(path, secret),
        (error) => isProblem(error) && error.code.startsWith('backup.'),
        `byte ${at}`,
      )
    }
  })
})
