import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { publicRandom } from './bytes.ts'
import { problem } from './problems.ts'

const version = 1
const versionByte = Buffer.from([version])
const nonceLength = 12
const tagLength = 16

/** Where a sealed value lives; opening it anywhere else fails (security.md §6, AAD). */
export type Place = readonly [purpose: string, ...ids: readonly string[]]

/** AES-256-GCM: version ‖ nonce (96 random bits) ‖ ciphertext ‖ tag, bound to its place. */
export function seal(key: KeyObject, plain: Buffer | string, place: Place): Buffer {
  const nonce = publicRandom(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(additionalData(place))
  const body = cipher.update(plain)
  // In GCM nothing is left for the end.
  cipher.final()
  return Buffer.concat([versionByte, nonce, body, cipher.getAuthTag()])
}

/** Throws `platform.sealed-mismatch` for another key, another place or a changed byte. */
export function unseal(key: KeyObject, sealed: Buffer, place: Place): Buffer {
  if (sealed[0] !== version || sealed.length < 1 + nonceLength + tagLength)
    throw problem('platform.sealed-mismatch')
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + nonceLength), {
    authTagLength: tagLength,
  })
  decipher.setAAD(additionalData(place))
  decipher.setAuthTag(sealed.subarray(sealed.length - tagLength))
  try {
    const plain = decipher.update(sealed.subarray(1 + nonceLength, -tagLength))
    decipher.final()
    return plain
  } catch (cause) {
    throw problem('platform.sealed-mismatch', {}, cause)
  }
}

/** Lengths in front, so that no two places share their bytes. */
export function additionalData(place: Place): Buffer {
  const bytes = Buffer.allocUnsafe(place.reduce((sum, part) => sum + 4 + Buffer.byteLength(part), 0))
  let at = 0
  for (const part of place) {
    const length = bytes.write(part, at + 4)
    bytes.writeUInt32BE(length, at)
    at += 4 + length
  }
  return bytes
}
