import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { sha256 } from '../platform/bytes.ts'

/** Signed notes (C2SP signed-note) with Ed25519 keys, and the checkpoints written in them (C2SP tlog-checkpoint). */
export interface NoteKey {
  readonly name: string
  /** 32 bytes (RFC 8032). */
  readonly publicKey: Buffer
}

export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Buffer
}

const ed25519 = Buffer.from([1])
const signatureMark = '\u2014 '
const mostLines = 100

/** The 32 bytes of a key's public half. */
export function rawPublicKey(key: KeyObject): Buffer {
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  if (!x) throw new Error('not an Ed25519 key')
  return Buffer.from(x, 'base64url')
}

/** Undefined when the bytes are no Ed25519 key. */
export function keyFromRaw(publicKey: Buffer): KeyObject | undefined {
  if (publicKey.length !== 32) return undefined
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') },
    format: 'jwk',
  })
}

const keyId = (key: NoteKey): Buffer => sha256(key.name, '\n', ed25519, key.publicKey).subarray(0, 4)

/** A key as other tools for transparency logs read it: name+id+base64. */
export const writeVerifierKey = (key: NoteKey): string =>
  `${key.name}+${keyId(key).toString('hex')}+${Buffer.concat([ed25519, key.publicKey]).toString('base64')}`

/** Undefined when the text is not a key, or its id is not the key's. */
export function readVerifierKey(text: string): NoteKey | undefined {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text) ?? []
  if (!name || !id || !encoded) return undefined
  const bytes = decodeBase64(encoded)
  if (bytes?.length !== 33 || bytes[0] !== 1) return undefined
  const key = { name, publicKey: bytes.subarray(1) }
  return keyId(key).toString('hex') === id ? key : undefined
}

/** `text` ends in a newline. */
export function signNote(
  text: string,
  key: { readonly name: string; readonly privateKey: KeyObject },
): string {
  const id = keyId({ name: key.name, publicKey: rawPublicKey(key.privateKey) })
  const signature = Buffer.concat([id, sign(null, Buffer.from(text), key.privateKey)])
  return `${text}\n${signatureMark}${key.name} ${signature.toString('base64')}\n`
}

/** The text of a note that the key has signed; undefined for any other note. Signatures by strangers are passed over. */
export function openNote(note: string, key: NoteKey): string | undefined {
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note) || !note.isWellFormed()) return undefined
  const end = note.lastIndexOf('\n\n')
  if (end < 0 || !note.endsWith('\n')) return undefined
  const text = note.slice(0, end + 1)
  const lines = note.slice(end + 2, -1).split('\n')
  if (lines.length > mostLines) return undefined
  const publicKey = keyFromRaw(key.publicKey)
  if (!publicKey) return undefined
  let signed = false
  for (const line of lines) {
    const [, name, encoded] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? []
    const bytes = encoded && decodeBase64(encoded)
    if (!name || !bytes || bytes.length < 5) return undefined
    if (name !== key.name || !bytes.subarray(0, 4).equals(keyId(key))) continue
    if (!verify(null, Buffer.from(text), publicKey, bytes.subarray(4))) return undefined
    signed = true
  }
  return signed ? text : undefined
}

export const writeCheckpoint = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`

/** A checkpoint that the key has signed under its own name; undefined for anything else. */
export function openCheckpoint(note: string, key: NoteKey): Checkpoint | undefined {
  const [origin, size, root, ...rest] = openNote(note, key)?.split('\n') ?? []
  if (origin !== key.name || !size || !root || rest.length !== 1) return undefined
  const bytes = decodeBase64(root)
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)) || bytes?.length !== 32)
    return undefined
  return { origin, size: Number(size), root: bytes }
}

/** Strict: what Node would silently skip is refused, so that no two texts mean the same bytes. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
