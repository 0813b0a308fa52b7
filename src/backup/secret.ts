import { createSecretKey, hkdfSync, type KeyObject, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { seal, unseal } from '../platform/sealing.ts'
import { problem } from './problems.ts'

/** What opens a backup's file: a passphrase somebody thought of, or a key that was drawn and shown once. */
export type Secret =
  | { readonly kind: 'passphrase'; readonly text: string }
  | { readonly kind: 'recovery-key'; readonly text: string }

/** How a file's own key is wrapped. Stands in the file's header, in the clear. */
export interface Wrapping {
  readonly kind: Secret['kind']
  readonly salt: string
  /** scrypt's cost; only for a passphrase. */
  readonly cost?: number
  readonly key: string
}

/** 128 MB and about half a second for each guess (OWASP: N = 2^17, r = 8, p = 1). */
const cost = 2 ** 17
const shortest = 12

/** 256 random bits, in groups that can be copied by hand. */
export const drawRecoveryKey = (): Secret => ({
  kind: 'recovery-key',
  text: (randomBytes(32).toString('hex').match(/.{8}/g) ?? []).join('-'),
})

/** Throws `backup.short-passphrase`. */
export function asPassphrase(text: string): Secret {
  const trimmed = text.normalize('NFKC').trim()
  if (trimmed.length < shortest) throw problem('backup.short-passphrase', { least: shortest })
  return { kind: 'passphrase', text: trimmed }
}

/** What somebody kept: a recovery key looks like one, everything else is a passphrase. */
export function readSecret(text: string): Secret {
  const trimmed = text.normalize('NFKC').trim()
  const isKey = /^[0-9a-f]{8}(-[0-9a-f]{8}){7}$/i.test(trimmed)
  return isKey ? { kind: 'recovery-key', text: trimmed.toLowerCase() } : { kind: 'passphrase', text: trimmed }
}

const place = ['backup-file-key'] as const

export async function wrapKey(key: Buffer, secret: Secret): Promise<Wrapping> {
  const salt = randomBytes(16)
  const wrapping = {
    kind: secret.kind,
    salt: salt.toString('base64url'),
    ...(secret.kind === 'passphrase' && { cost }),
  }
  const wrapped = seal(await wrappingKey(secret, salt, cost), key, place)
  return { ...wrapping, key: wrapped.toString('base64url') }
}

/** Throws `platform.sealed-mismatch` for another secret. */
export async function unwrapKey(wrapping: Wrapping, secret: Secret): Promise<Buffer> {
  const salt = Buffer.from(wrapping.salt, 'base64url')
  const key = await wrappingKey({ ...secret, kind: wrapping.kind }, salt, wrapping.cost ?? cost)
  return unseal(key, Buffer.from(wrapping.key, 'base64url'), place)
}

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
)

async function wrappingKey({ kind, text }: Secret, salt: Buffer, N: number): Promise<KeyObject> {
  const bytes =
    kind === 'passphrase'
      ? await derive(text, salt, 32, { N, r: 8, p: 1, maxmem: 2 ** 28 })
      : Buffer.from(
          hkdfSync('sha256', Buffer.from(text.replaceAll('-', ''), 'hex'), salt, 'dossier backup v1', 32),
        )
  return createSecretKey(bytes)
}
