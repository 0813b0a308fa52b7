import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { problem } from './problems.ts'

const version = 1
const nonceLength = 12
const tagLength = 16

/** Where a sealed value lives; opening it anywhere else fails (security.md §6, AAD). */
export type Place = readonly [purpose: string, ...ids: readonly string[]]

/** AES-256-GCM: version ‖ nonce (96 random bits) ‖ ciphertext ‖ tag, bound to its place. */
export function seal(key: KeyObject, plain: Buffer | string, place: Place): Buffer {
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(additionalData(place))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([Buffer.from([version]), nonce, body, cipher.getAuthTag()])
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
    return Buffer.concat([decipher.update(sealed.subarray(1 + nonceLength, -tagLength)), decipher.final()])
  } catch (cause) {
    throw problem('platform.sealed-mismatch', {}, cause)
  }
}

/** Lengths in front, so that no two places share their bytes. */
export const additionalData = (place: Place): Buffer =>
  Buffer.concat(
    place.flatMap((part) => {
      const bytes = Buffer.from(part)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  ) // prettier-ignore
