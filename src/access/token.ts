import { randomBytes, timingSafeEqual } from 'node:crypto'
import { sha256 } from '../platform/bytes.ts'

/** `dossier_<id>_<secret>`: the prefix lets scanners of leaked secrets find it, the id is looked up, the secret proves. */
export interface Token {
  readonly id: string
  readonly text: string
}

/** A letter in front: digits alone would look like a phone number to the evidence log. */
const newId = () => `k${randomBytes(8).toString('hex')}`

export const isKeyId = (text: string): boolean => /^k[0-9a-f]{16}$/.test(text)

/** 256 bits from the system's generator (security.md §2, row 9). */
export function newToken(): Token {
  const id = newId()
  return { id, text: `dossier_${id}_${randomBytes(32).toString('base64url')}` }
}

/** The token in an `Authorization` header; undefined when there is none of ours. */
export function readToken(header: string): Token | undefined {
  const text = /^Bearer +(\S+) *$/i.exec(header)?.[1] ?? ''
  const id = /^dossier_(k[0-9a-f]{16})_[\w-]{43}$/.exec(text)?.[1]
  return id === undefined ? undefined : { id, text }
}

/** What is stored. A plain hash suffices: 256 random bits cannot be guessed. */
export const hashToken = (token: Token): Buffer => sha256(token.text)

const nobodysHash = sha256('')

/** Takes the same time for a key that is not there. */
export const isToken = (token: Token, hash: Buffer | undefined): boolean =>
  timingSafeEqual(hashToken(token), hash ?? nobodysHash)
