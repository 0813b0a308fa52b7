import { z } from 'zod'
import { sha256 } from '../platform/bytes.ts'
import { leafBytes } from './entry.ts'
import type { Finding, FindingCode } from './finding.ts'
import { leafSchema } from './leaf-schema.ts'
import { leafHash, verifyInclusion } from './merkle.ts'
import { type Checkpoint, decodeBase64, type NoteKey, openCheckpoint, readVerifierKey } from './note.ts'
import { verifyDocument } from './signed-document.ts'

const bundleSchema = z.strictObject({
  format: z.literal('dossier evidence bundle'),
  version: z.literal(1),
  /** The log's public key, as other tools for transparency logs read it. */
  key: z.string(),
  /** A signed note (C2SP tlog-checkpoint). */
  checkpoint: z.string(),
  entries: z.array(
    z.strictObject({ index: z.int().nonnegative(), leaf: leafSchema, proof: z.array(z.base64()).max(64) }),
  ),
  documents: z.array(
    z.strictObject({ name: z.string(), mediaType: z.string(), sha256: z.string(), content: z.base64() }),
  ),
})

/** Entries of the log with all it takes to check them elsewhere: that each stands in the log, unchanged. */
export type EvidenceBundle = z.infer<typeof bundleSchema>

export interface BundleReport {
  readonly ok: boolean
  /** The log's name and its size at the checkpoint; null when the checkpoint does not hold. */
  readonly origin: string | null
  readonly size: number | null
  /** The key that everything rests on: base64 of 32 bytes. Compare it with the one you were given by another way. */
  readonly publicKey: string | null
  readonly entries: number
  readonly documents: readonly {
    readonly name: string
    readonly sha256: string
    /** The entry whose facts name this document's hash; null: it is only enclosed, and proven by nothing. */
    readonly entry: string | null
  }[]
  readonly findings: readonly Finding[]
}

/**
 * Checks a bundle with no database and no network, and never throws. With `trustedKey` (base64 of 32 bytes) a bundle of
 * any other log is refused. It proves what is enclosed; that nothing was left out, only the whole log can prove.
 */
export function verifyBundle(bundle: unknown, trustedKey?: string): BundleReport {
  const parsed = bundleSchema.safeParse(bundle)
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path.join('.') ?? ''
    return { ...nothing, findings: [{ code: 'not-a-bundle', place }] }
  }
  const { documents } = parsed.data
  // As they came: what a schema passes over in silence must not escape the hash.
  const { entries } = bundle as EvidenceBundle
  const key = readVerifierKey(parsed.data.key)
  if (!key) return { ...nothing, findings: [{ code: 'not-a-bundle', place: 'key' }] }
  const publicKey = key.publicKey.toString('base64')
  const checkpoint = openCheckpoint(parsed.data.checkpoint, key)
  const findings: Finding[] = []
  const find = (code: FindingCode, place: string) => findings.push({ code, place })
  if (trustedKey !== undefined && trustedKey !== publicKey) find('another-key', key.name)
  if (!checkpoint) find('checkpoint-changed', key.name)
  else findings.push(...entryFindings(entries, checkpoint))
  for (const document of documents) findings.push(...documentFindings(document, key))
  return {
    ok: findings.length === 0,
    origin: checkpoint?.origin ?? null,
    size: checkpoint?.size ?? null,
    publicKey,
    entries: entries.length,
    documents: documents.map(({ name, sha256 }) => ({ name, sha256, entry: entryNaming(sha256, entries) })),
    findings,
  }
}

const nothing = { ok: false, origin: null, size: null, publicKey: null, entries: 0, documents: [] } as const

function entryFindings(entries: EvidenceBundle['entries'], { size, root }: Checkpoint): readonly Finding[] {
  const seen = new Set<string>()
  return entries.flatMap(({ index, leaf, proof }): readonly Finding[] => {
    const path = proof.flatMap((hash) => decodeBase64(hash) ?? [])
    const claim = { index, size, leaf: leafHash(leafBytes(leaf)), root }
    const isProven =
      path.length === proof.length && path.every((hash) => hash.length === 32) && verifyInclusion(claim, path)
    if (!isProven) return [{ code: 'entry-changed', place: leaf.id }]
    if (seen.has(leaf.id)) return [{ code: 'entry-twice', place: leaf.id }]
    seen.add(leaf.id)
    return []
  })
}

function documentFindings(document: EvidenceBundle['documents'][number], key: NoteKey): readonly Finding[] {
  const content = decodeBase64(document.content)
  if (!content || sha256(content).toString('hex') !== document.sha256)
    return [{ code: 'document-changed', place: document.name }]
  if (document.mediaType !== 'application/json') return []
  const verdict = verifyDocument(parseJson(content), key.publicKey.toString('base64'))
  return verdict.valid || verdict.reason === 'not-signed-json'
    ? []
    : [{ code: 'document-signature', place: document.name }]
}

const entryNaming = (hash: string, entries: EvidenceBundle['entries']): string | null =>
  entries.find(({ leaf }) => Object.values(leaf.facts).includes(hash))?.leaf.id ?? null

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}
