import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { TransitKey } from './config.ts'
import type { KeyProvider } from './key-provider.ts'
import { isProblem } from './problem.ts'
import { problem } from './problems.ts'
import { additionalData } from './sealing.ts'
import { type TransitAnswer, transitCall } from './transit-call.ts'

/** Of what a key tells of itself, what decides. */
const keySchema = z.object({
  type: z.string(),
  latest_version: z.int().positive(),
  min_available_version: z.int().nonnegative(),
  min_decryption_version: z.int().nonnegative(),
  min_encryption_version: z.int().nonnegative(),
  exportable: z.boolean(),
  allow_plaintext_backup: z.boolean(),
  derived: z.boolean().optional(),
})
type Key = z.infer<typeof keySchema>

const wrapped = /^vault:v([1-9]\d{0,8}):[A-Za-z0-9+/]+={0,2}$/
/** A batch of which one failed has an `error` in its place; some versions answer it with 200 all the same. */
const noError = z.literal('').optional()
const sealedSchema = z.object({
  batch_results: z.array(z.object({ ciphertext: z.string().regex(wrapped), error: noError })),
})
const openedSchema = z.object({
  batch_results: z.array(z.object({ plaintext: z.base64().min(1), error: noError })),
})
const failedSchema = z.object({ batch_results: z.array(z.looseObject({})) })

/** In one call; each is some two hundred bytes. */
const atOnce = 500

/**
 * Epoch keys as versions of one key of a transit engine (HashiCorp Vault 1.13 or later, OpenBao): they never leave it. The place
 * goes along as associated data. Destroying raises the least versions it decrypts and encrypts with, and trims what is below.
 */
export function transitProvider(target: TransitKey): KeyProvider {
  const call = transitCall(target)
  const { server, key: name } = target
  const strange = (path: string) => problem('platform.transit-strange', { server, path })
  const find = async (): Promise<Key | undefined> => {
    const { status, data } = await call('GET', `keys/${name}`)
    if (status === 404) return undefined
    const parsed = keySchema.safeParse(data)
    if (!parsed.success) throw strange(`keys/${name}`)
    refuseUnfit(name, parsed.data)
    return parsed.data
  }
  const read = async (): Promise<Key> => {
    const key = await find()
    if (!key) throw problem('platform.transit-key-missing', { server, key: name })
    return key
  }
  const change = async (path: string, body: unknown): Promise<void> => {
    const { status } = await call('POST', path, body)
    if (status !== 200 && status !== 204) throw strange(path)
  }
  /** Why a batch was not done: a version that is shut off or gone, or a piece that does not open. */
  const refused = async ({ status, data }: TransitAnswer, version: number, path: string) => {
    if (status !== 400 && !failedSchema.safeParse(data).success) return strange(path)
    const { latest_version: latest, min_decryption_version: least } = await read()
    const isThere = version <= latest && version >= Math.max(least, 1)
    return isThere
      ? problem('platform.sealed-mismatch')
      : problem('platform.key-missing', { key: `${name} v${version}` })
  }
  /** The newest version cannot end: whoever leaves the service leaves one behind that wrapped nothing. */
  const goBeyond = async ({ latest_version: latest }: Key, version: number): Promise<void> => {
    if (latest <= version) await change(`keys/${name}/rotate`, {})
  }
  const provider: KeyProvider = {
    name: 'transit',
    async list() {
      const key = await find()
      if (!key) return []
      // Not what it still decrypts with: a version that was shut off and not trimmed could be let in again.
      const first = Math.max(1, key.min_available_version)
      return Array.from({ length: key.latest_version - first + 1 }, (_, i) => first + i)
    },
    async create(after) {
      const known = await find()
      if (!known && after > 0) throw problem('platform.transit-key-missing', { server, key: name })
      if (!known) await change(`keys/${name}`, { type: 'aes256-gcm96' })
      else if (known.latest_version <= after) await change(`keys/${name}/rotate`, {})
      const { latest_version: version } = await read()
      await proveBinding(provider, name, version)
      return version
    },
    async wrap(version, pieces) {
      return inBatches(pieces, async (batch) => {
        const path = `encrypt/${name}`
        const batch_input = batch.map(({ plain, place }) => ({
          plaintext: plain.toString('base64'),
          associated_data: additionalData(place).toString('base64'),
          key_version: version,
        }))
        const answer = await call('POST', path, { batch_input })
        const { data, success } = sealedSchema.safeParse(answer.data)
        if (answer.status !== 200 || !success) throw await refused(answer, version, path)
        if (
          data.batch_results.length !== batch.length ||
          data.batch_results.some(({ ciphertext }) => versionOf(ciphertext) !== version)
        )
          throw strange(path)
        return data.batch_results.map(({ ciphertext }) => Buffer.from(ciphertext, 'latin1'))
      })
    },
    async unwrap(version, pieces) {
      return inBatches(pieces, async (batch) => {
        const path = `decrypt/${name}`
        const batch_input = batch.map(({ wrapped: bytes, place }) => ({
          ciphertext: asCiphertext(bytes, version),
          associated_data: additionalData(place).toString('base64'),
        }))
        const answer = await call('POST', path, { batch_input })
        const { data, success } = openedSchema.safeParse(answer.data)
        if (answer.status !== 200 || !success) throw await refused(answer, version, path)
        if (data.batch_results.length !== batch.length) throw strange(path)
        return data.batch_results.map(({ plaintext }) => Buffer.from(plaintext, 'base64'))
      })
    },
    async retire(version) {
      const key = await read()
      if (key.min_encryption_version > version) return
      await goBeyond(key, version)
      await change(`keys/${name}/config`, { min_encryption_version: version + 1 })
    },
    async destroy(version) {
      const key = await read()
      if (key.min_available_version > version) return
      await goBeyond(key, version)
      const above = (least: number) => Math.max(least, version + 1)
      // Together: neither may fall below the other, and trimming asks for both.
      await change(`keys/${name}/config`, {
        min_decryption_version: above(key.min_decryption_version),
        min_encryption_version: above(key.min_encryption_version),
      })
      await change(`keys/${name}/trim`, { min_available_version: version + 1 })
      if ((await read()).min_available_version <= version) throw strange(`keys/${name}/trim`)
    },
  }
  return provider
}

/** Older engines let associated data fall without a word: then a wrapped key would open for anybody it was copied to. */
async function proveBinding(provider: KeyProvider, key: string, version: number): Promise<void> {
  const [wrapped] = await provider.wrap(version, [{ plain: randomBytes(32), place: ['binding', 'here'] }])
  if (!wrapped) throw new Error('platform: a provider kept a key to itself')
  const opened = await provider.unwrap(version, [{ wrapped, place: ['binding', 'elsewhere'] }]).then(
    () => true,
    (error: unknown) => {
      if (isProblem(error, 'platform.sealed-mismatch')) return false
      throw error
    },
  )
  if (opened) throw problem('platform.transit-key-unfit', { key, reason: 'unbound' })
}

/** A key that can be copied out, or that others derive from, cannot be destroyed by us. */
function refuseUnfit(key: string, { type, exportable, allow_plaintext_backup, derived }: Key): void {
  const unfit = (reason: string) => problem('platform.transit-key-unfit', { key, reason })
  if (type !== 'aes256-gcm96') throw unfit('type')
  if (exportable || allow_plaintext_backup) throw unfit('exportable')
  if (derived === true) throw unfit('derived')
}

const versionOf = (ciphertext: string): number => Number(wrapped.exec(ciphertext)?.[1])

/** A wrapped key tells its version too: one that was called another's is refused before it is sent. */
function asCiphertext(bytes: Buffer, version: number): string {
  const ciphertext = bytes.toString('latin1')
  if (versionOf(ciphertext) !== version) throw problem('platform.sealed-mismatch')
  return ciphertext
}

async function inBatches<From, To>(
  pieces: readonly From[],
  work: (batch: readonly From[]) => Promise<readonly To[]>,
): Promise<readonly To[]> {
  const done: To[] = []
  for (let at = 0; at < pieces.length; at += atOnce) done.push(...(await work(pieces.slice(at, at + atOnce))))
  return done
}
