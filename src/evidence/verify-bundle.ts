import { sha256 } from '../platform/bytes.ts'
import { type Manifest, manifestSchema, manifestText, parts, pathsOf } from './bundle-manifest.ts'
import type { Finding, FindingCode } from './finding.ts'
import { cosignedAt, type NoteKey, openCheckpoint, openNote, readWitnessKey } from './note.ts'
import { verifyDocument } from './signed-document.ts'
import type { ReadZip } from './stored-zip.ts'
import { verifierKeyIn } from './verifier-key.ts'
import { type BundleProofs, verifyCheckpoints, verifyEntries } from './verify-bundle-proofs.ts'

export interface BundleReport {
  readonly ok: boolean
  /** The log's name and its size at the newest checkpoint; null when that does not hold. */
  readonly origin: string | null
  readonly size: number | null
  readonly request: string | null
  readonly createdAt: string | null
  /** The key that everything rests on: base64 of 32 bytes. */
  readonly publicKey: string | null
  /** `bundle`: taken from the bundle itself, so it proves no more than that nothing was changed since it was made. */
  readonly keyFrom: 'given' | 'bundle'
  readonly entries: number
  /** Earlier checkpoints, proven to be the beginning of the newest. */
  readonly checkpoints: number
  readonly files: number
  /** Who cosigned the log, when, and at which size: the newest of its checkpoints here. `given`: by a key from elsewhere. */
  readonly witnesses: readonly {
    readonly name: string
    readonly at: string
    readonly size: number
    readonly given: boolean
  }[]
  readonly documents: readonly {
    readonly name: string
    readonly sha256: string
    /** The entry whose facts name this document's hash; null: it is only enclosed, and proven by nothing. */
    readonly entry: string | null
  }[]
  readonly details: { readonly enclosed: number; readonly notEnclosed: number; readonly destroyed: number }
  readonly findings: readonly Finding[]
}

export interface Trust {
  /** The log's public key from elsewhere: name+id+base64, or base64 of 32 bytes. */
  readonly key?: string
  /** Keys of witnesses from elsewhere: each must have cosigned a checkpoint of the bundle. */
  readonly witnesses?: readonly string[]
}

const nothing = {
  ok: false,
  origin: null,
  size: null,
  request: null,
  createdAt: null,
  publicKey: null,
  keyFrom: 'bundle',
  entries: 0,
  checkpoints: 0,
  files: 0,
  witnesses: [],
  documents: [],
  details: { enclosed: 0, notEnclosed: 0, destroyed: 0 },
} as const

/**
 * Checks a bundle with no database and no network, and never throws. Whatever differs is named: the file, the entry, the
 * step of a proof. It proves what is enclosed; that nothing was left out, only the whole log can prove.
 */
export function verifyBundle({ files, stray }: ReadZip, trust: Trust = {}): BundleReport {
  const keyFrom = trust.key === undefined ? 'bundle' : 'given'
  const enclosed = files.get(parts.key)?.toString() ?? ''
  const key = verifierKeyIn(enclosed, trust.key)
  const manifest = readManifest(files.get(parts.manifest))
  if (!manifest || !key.known) {
    const place = manifest ? parts.key : parts.manifest
    return { ...nothing, keyFrom, findings: [{ code: 'not-a-bundle', place }] }
  }
  const findings: Finding[] = []
  const find = (code: FindingCode, place: string, more: Omit<Finding, 'code' | 'place'> = {}) =>
    findings.push({ code, place, ...more })
  if (key.isAnother) find('another-key', key.known.name)
  verifyManifest(files, key.known, find)
  const checkpoint = openCheckpoint(text(files, parts.checkpoint), key.known)
  if (!checkpoint || checkpoint.size !== manifest.size) find('checkpoint-changed', parts.checkpoint)
  else verifyProofs({ files, manifest, checkpoint, key: key.known, find })
  const witnesses = verifyWitnesses(files, manifest, trust, find)
  const documents = manifest.documents.map((document) => verifyEnclosed(document, files, manifest, key, find))
  verifyFiles(files, manifest, findings)
  if (stray && !findings.some(({ place }) => place === stray.path))
    find('archive-changed', stray.path ?? `${stray.byte}`)
  const count = (state: Manifest['entries'][number]['detail']) =>
    manifest.entries.filter(({ detail }) => detail === state).length
  return {
    ok: findings.length === 0,
    origin: checkpoint?.origin ?? null,
    size: checkpoint?.size ?? null,
    request: manifest.request,
    createdAt: manifest.createdAt,
    publicKey: key.known.publicKey.toString('base64'),
    keyFrom,
    entries: manifest.entries.length,
    checkpoints: manifest.checkpoints.length,
    files: files.size,
    witnesses,
    documents,
    details: {
      enclosed: count('enclosed'),
      notEnclosed: count('not-enclosed'),
      destroyed: count('destroyed'),
    },
    findings,
  }
}

export type Find = (code: FindingCode, place: string, more?: Omit<Finding, 'code' | 'place'>) => void

const text = (files: ReadonlyMap<string, Buffer>, path: string): string => files.get(path)?.toString() ?? ''

function readManifest(content: Buffer | undefined): Manifest | undefined {
  const parsed = manifestSchema.safeParse(content && parseJson(content))
  return parsed.success ? parsed.data : undefined
}

function verifyManifest(files: ReadonlyMap<string, Buffer>, key: NoteKey, find: Find): void {
  const manifest = files.get(parts.manifest) ?? Buffer.alloc(0)
  const signed = openNote(text(files, parts.signature), key)
  if (signed === undefined) find('manifest-changed', parts.signature)
  else if (signed !== manifestText(sha256(manifest).toString('hex'))) find('manifest-changed', parts.manifest)
}

function verifyProofs(proofs: BundleProofs): void {
  verifyEntries(proofs)
  verifyCheckpoints(proofs)
}

/** Every file against its hash. What was found out more exactly is not said twice. */
function verifyFiles(files: ReadonlyMap<string, Buffer>, manifest: Manifest, findings: Finding[]): void {
  const named = new Set(findings.map(({ place }) => place))
  const listed = new Map(manifest.files.map((file) => [file.path, file]))
  for (const { path, bytes, sha256: expected } of manifest.files) {
    const content = files.get(path)
    if (named.has(path)) continue
    if (!content) findings.push({ code: 'file-missing', place: path })
    else if (content.length !== bytes || sha256(content).toString('hex') !== expected)
      findings.push({ code: 'file-changed', place: path })
  }
  for (const path of files.keys())
    if (!listed.has(path) && path !== parts.manifest && path !== parts.signature)
      findings.push({ code: 'file-unknown', place: path })
}

/** Keys from elsewhere must have cosigned; those that the bundle names are looked at, and prove little. */
function verifyWitnesses(
  files: ReadonlyMap<string, Buffer>,
  manifest: Manifest,
  trust: Trust,
  find: Find,
): BundleReport['witnesses'] {
  const given = new Set(trust.witnesses)
  const earlier = manifest.checkpoints.toSorted((a, b) => b.size - a.size)
  const notes = [
    { size: manifest.size, note: text(files, parts.checkpoint) },
    ...earlier.map(({ size }) => ({ size, note: text(files, pathsOf.checkpoint(size)) })),
  ]
  return [...new Set([...given, ...manifest.witnesses])].flatMap((written) => {
    const isGiven = given.has(written)
    const key = readWitnessKey(written)
    if (!key && isGiven) find('witness-unreadable', written.slice(0, 100))
    if (!key) return []
    const seen = notes.map(({ size, note }) => ({ size, at: cosignedAt(note, key)?.toISOString() }))
    const newest = seen.find(({ at }) => at !== undefined)
    if (!newest && isGiven) find('witness-missing', key.name)
    return newest?.at ? [{ name: key.name, at: newest.at, size: newest.size, given: isGiven }] : []
  })
}

function verifyEnclosed(
  { path, mediaType }: Manifest['documents'][number],
  files: ReadonlyMap<string, Buffer>,
  manifest: Manifest,
  key: { readonly known: NoteKey | undefined },
  find: Find,
): BundleReport['documents'][number] {
  const content = files.get(path) ?? Buffer.alloc(0)
  const hash = sha256(content).toString('hex')
  const proof = manifest.entries.find(({ index }) => namesHash(files.get(pathsOf.leaf(index)), hash))
  if (mediaType === 'application/json') {
    const verdict = verifyDocument(parseJson(content), key.known?.publicKey.toString('base64'))
    if (!verdict.valid && verdict.reason !== 'not-signed-json') find('document-signature', path)
  }
  return { name: path, sha256: hash, entry: proof?.id ?? null }
}

function namesHash(leaf: Buffer | undefined, hash: string): boolean {
  const parsed = leaf && (parseJson(leaf) as { readonly facts?: Readonly<Record<string, unknown>> } | null)
  return typeof parsed?.facts === 'object' && Object.values(parsed.facts ?? {}).includes(hash)
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}
