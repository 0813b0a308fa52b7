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
const cosignatureV1 = Buffer.from([4])
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

const keyId = (key: NoteKey, algorithm: Buffer = ed25519): Buffer =>
  sha256(key.name, '\n', algorithm, key.publicKey).subarray(0, 4)

/** A key as other tools for transparency logs read it: name+id+base64. */
export const writeVerifierKey = (key: NoteKey): string => writeKey(key, ed25519)

/** Undefined when the text is not a key, or its id is not the key's. */
export const readVerifierKey = (text: string): NoteKey | undefined => readKey(text, ed25519)

/** The key of a witness (C2SP tlog-cosignature): another algorithm byte, so that neither passes for the other. */
export const writeWitnessKey = (key: NoteKey): string => writeKey(key, cosignatureV1)
export const readWitnessKey = (text: string): NoteKey | undefined => readKey(text, cosignatureV1)

const writeKey = (key: NoteKey, algorithm: Buffer): string =>
  `${key.name}+${keyId(key, algorithm).toString('hex')}+${Buffer.concat([algorithm, key.publicKey]).toString('base64')}`

function readKey(text: string, algorithm: Buffer): NoteKey | undefined {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text) ?? []
  if (!name || !id || !encoded) return undefined
  const bytes = decodeBase64(encoded)
  if (bytes?.length !== 33 || bytes[0] !== algorithm[0]) return undefined
  const key = { name, publicKey: bytes.subarray(1) }
  return keyId(key, algorithm).toString('hex') === id ? key : undefined
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
  const split = splitNote(note)
  const publicKey = keyFromRaw(key.publicKey)
  if (!split || !publicKey) return undefined
  const mine = signaturesBy(split, key, ed25519)
  const isSigned = mine.every((signature) => verify(null, Buffer.from(split.text), publicKey, signature))
  return mine.length > 0 && isSigned ? split.text : undefined
}

/** The line of a witness who saw this checkpoint at a time (C2SP tlog-cosignature, cosignature/v1). */
export function cosignNote(
  text: string,
  key: { readonly name: string; readonly privateKey: KeyObject },
  at: Date,
): string {
  const time = timestamp(at)
  const id = keyId({ name: key.name, publicKey: rawPublicKey(key.privateKey) }, cosignatureV1)
  const signature = sign(null, cosigned(text, time), key.privateKey)
  return `${signatureMark}${key.name} ${Buffer.concat([id, time, signature]).toString('base64')}\n`
}

/** When the witness cosigned this checkpoint; undefined when it did not, or the signature does not hold. */
export function cosignedAt(note: string, witness: NoteKey): Date | undefined {
  const split = splitNote(note)
  const publicKey = keyFromRaw(witness.publicKey)
  if (!split || !publicKey) return undefined
  const times = signaturesBy(split, witness, cosignatureV1).map((bytes) => {
    if (bytes.length !== 72) return undefined
    const [time, signature] = [bytes.subarray(0, 8), bytes.subarray(8)]
    return verify(null, cosigned(split.text, time), publicKey, signature) ? time : undefined
  })
  const [first] = times
  if (!first || times.includes(undefined)) return undefined
  const seconds = first.readBigUInt64BE()
  // Beyond what a Date can hold it is no time of this world.
  return seconds <= 8_640_000_000_000n ? new Date(Number(seconds) * 1000) : undefined
}

const cosigned = (text: string, time: Buffer): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${time.readBigUInt64BE()}\n${text}`)

function timestamp(at: Date): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 1000)))
  return bytes
}

export interface SplitNote {
  readonly text: string
  readonly signatures: readonly { readonly line: string; readonly name: string; readonly bytes: Buffer }[]
}

/** A note's text and its signature lines, none of them verified; undefined for what is no note. */
export function splitNote(note: string): SplitNote | undefined {
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note) || !note.isWellFormed()) return undefined
  const end = note.lastIndexOf('\n\n')
  if (end < 0 || !note.endsWith('\n')) return undefined
  const lines = note.slice(end + 2, -1).split('\n')
  if (lines.length > mostLines) return undefined
  const signatures = lines.map((line) => {
    const [, name, encoded] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? []
    const bytes = encoded && decodeBase64(encoded)
    return name && bytes && bytes.length >= 5 ? { line: `${line}\n`, name, bytes } : undefined
  })
  return signatures.includes(undefined)
    ? undefined
    : { text: note.slice(0, end + 1), signatures: signatures.filter((one) => one !== undefined) }
}

/** What follows the key's id in each of its signatures. */
const signaturesBy = ({ signatures }: SplitNote, key: NoteKey, algorithm: Buffer): readonly Buffer[] =>
  signatures
    .filter(({ name, bytes }) => name === key.name && bytes.subarray(0, 4).equals(keyId(key, algorithm)))
    .map(({ bytes }) => bytes.subarray(4))

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
