import { sign, verify } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson, type Json } from '../platform/bytes.ts'
import type { Context } from '../platform/context.ts'
import { decodeBase64, keyFromRaw, rawPublicKey } from './note.ts'

/** A JSON document and its signature: Ed25519 (RFC 8032) over a fixed line and the canonical JSON (RFC 8785). */
export interface SignedDocument {
  readonly document: Json
  readonly signature: {
    readonly algorithm: 'Ed25519'
    /** 32 bytes, base64. */
    readonly publicKey: string
    /** 64 bytes, base64. */
    readonly value: string
  }
}

export type DocumentVerdict =
  | { readonly valid: true; readonly document: Json; readonly publicKey: string }
  | { readonly valid: false; readonly reason: 'not-signed-json' | 'another-key' | 'changed' }

/** In front of what is signed: a signature on a document can never pass for one on a checkpoint. */
const purpose = 'dossier signed document v1\n'

/** The installation's public key: 32 bytes, base64. Whoever verifies should have it from somewhere else too. */
export const publicKey = (ctx: Context): string => rawPublicKey(ctx.keyring.signing).toString('base64')

/** Numbers in it must be integers: canonical JSON of fractions is nobody's agreed ground. */
export function signDocument(ctx: Context, document: Json): SignedDocument {
  const value = sign(null, Buffer.from(purpose + canonicalJson(document)), ctx.keyring.signing)
  return {
    document,
    signature: { algorithm: 'Ed25519', publicKey: publicKey(ctx), value: value.toString('base64') },
  }
}

const schema = z.strictObject({
  document: z.unknown(),
  signature: z.strictObject({ algorithm: z.literal('Ed25519'), publicKey: z.string(), value: z.string() }),
})

/** Needs no database and no network. With `trustedKey` (base64), a signature by any other key is refused. Never throws. */
export function verifyDocument(signed: unknown, trustedKey?: string): DocumentVerdict {
  try {
    return verdictOn(signed, trustedKey)
  } catch {
    // JSON so deep that reading it exhausts the stack.
    return { valid: false, reason: 'not-signed-json' }
  }
}

function verdictOn(signed: unknown, trustedKey: string | undefined): DocumentVerdict {
  const parsed = schema.safeParse(signed)
  if (!parsed.success) return { valid: false, reason: 'not-signed-json' }
  const { signature } = parsed.data
  const document = parsed.data.document as Json
  if (trustedKey !== undefined && signature.publicKey !== trustedKey)
    return { valid: false, reason: 'another-key' }
  const key = keyFromRaw(decodeBase64(signature.publicKey) ?? Buffer.alloc(0))
  const value = decodeBase64(signature.value)
  if (!key || !value) return { valid: false, reason: 'not-signed-json' }
  return verify(null, Buffer.from(purpose + canonicalJson(document)), key, value)
    ? { valid: true, document, publicKey: signature.publicKey }
    : { valid: false, reason: 'changed' }
}
