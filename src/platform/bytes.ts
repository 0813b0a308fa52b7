import { createHash, createHmac, hash as hashOnce, type KeyObject, randomFillSync } from 'node:crypto'

export const sha256 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const [only, ...others] = parts
  if (only !== undefined && others.length === 0) return hashOnce('sha256', only, 'buffer')
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** With a KeyObject: raw keys cost twenty times as much per call (benchmarks.md §4.2). */
export const hmac = (key: KeyObject, ...parts: readonly (Buffer | string)[]): Buffer => {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(part)
  return mac.digest()
}

const drawn = Buffer.allocUnsafeSlow(4_096)
let drawnUsed = drawn.length

/**
 * A few random bytes that nobody has had before, for nonces and ids: drawn together, because a call for twelve costs as much as one
 * for thousands. Not for keys: these do not lie about.
 */
export function publicRandom(count: number): Buffer {
  if (drawnUsed + count > drawn.length) {
    randomFillSync(drawn)
    drawnUsed = 0
  }
  const bytes = Buffer.allocUnsafe(count)
  drawn.copy(bytes, 0, drawnUsed, drawnUsed + count)
  drawnUsed += count
  return bytes
}

/** A UUID of version 7 (RFC 9562 §5.7): its time is the app's, its tail random. */
export function uuidv7(now: Date): string {
  const bytes = publicRandom(16)
  bytes.writeUIntBE(now.getTime(), 0, 6)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** JSON with sorted keys and no spaces (RFC 8785 for the values we use: no floats in hashed documents). */
export function canonicalJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  let text = ''
  // By UTF-16 code units, as the standard wants it, and as `sort` does by itself.
  for (const key of Object.keys(value).sort())
    text += `${text === '' ? '{' : ','}${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`
  return text === '' ? '{}' : `${text}}`
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)
