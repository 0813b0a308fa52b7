import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isUuid, sha256 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import type { Language } from '../platform/texts.ts'
import { type Manifest, parts, pathsOf, signManifest } from './bundle-manifest.ts'
import { consistencyAt, cosignedNote, earlierCheckpoints } from './earlier-checkpoints.ts'
import { entriesOf } from './entries-of.ts'
import { asLeaf, type Entry, leafBytes } from './entry.ts'
import { openLog } from './log.ts'
import { inclusionNodes, inclusionProof, leafHash, type ReadTile, remembered } from './merkle.ts'
import { cosignedAt, rawPublicKey, readWitnessKey, writeVerifierKey } from './note.ts'
import { problem } from './problems.ts'
import { writeInclusion } from './proof-file.ts'
import { leafPlaces } from './queries.ts'
import { recordEvidence } from './record-evidence.ts'
import { openOwn } from './restore-state.ts'
import { sequence } from './sequence.ts'
import { tilesInDatabase } from './stored-tiles.ts'
import { readOutsideCheckpoint } from './tile-files.ts'
import { verifyBundle } from './verify-bundle.ts'

export interface EnclosedDocument {
  /** A file's name, plain ASCII. */
  readonly name: string
  readonly mediaType: string
  readonly content: Buffer
}

/** What a bundle proves, for whoever writes the pages that tell it. */
export interface ToldEvidence {
  readonly requestId: string
  readonly createdAt: Date
  readonly origin: string
  readonly size: number
  readonly root: Buffer
  /** The log's public key as tools for transparency logs read it. */
  readonly key: string
  readonly entries: readonly ToldEntry[]
  /** Earlier states of the log that the bundle proves to be the beginning of the newest. */
  readonly checkpoints: readonly { readonly size: number; readonly at: Date }[]
  readonly cosigned: readonly { readonly name: string; readonly at: Date }[]
}

export interface ToldEntry {
  readonly index: number
  readonly entry: Entry
  /** The hashes that the proof adds, one a step, and those it gives: the leaf's first, the root last. */
  readonly hashes: readonly Buffer[]
  readonly nodes: readonly Buffer[]
  readonly detail: Manifest['entries'][number]['detail']
  readonly sealed: Buffer | null
}

export interface BundleInput {
  readonly requestId: string
  readonly language: Language
  /** One is proven when an entry's facts hold its SHA-256 in hex. */
  readonly documents: readonly EnclosedDocument[]
  /** Encloses sealed details that are still there; that they leave the house is written down first. */
  readonly withDetails: boolean
  /** Files at the top of the bundle that tell what it holds, by path. */
  pages(told: ToldEvidence): ReadonlyMap<string, string>
}

export interface EvidenceBundle {
  readonly files: ReadonlyMap<string, Buffer>
  readonly manifest: Manifest
}

/**
 * A request's entries with all it takes to check them elsewhere, without database and network: proofs, checkpoints, keys, a
 * verifier. Sequences first, so not inside a transaction. Throws `evidence.no-entries`, `evidence.damaged` where the log
 * no longer proves itself, and what `sequence` throws.
 */
export async function bundleEvidence(ctx: Context, input: BundleInput): Promise<EvidenceBundle> {
  if (!isUuid(input.requestId)) throw problem('evidence.no-entries')
  if (input.withDetails) await noteDetails(ctx, input.requestId)
  await sequence(ctx)
  const { origin } = await openLog(ctx)
  const outside = (await readOutsideCheckpoint(ctx.paths.evidence)) ?? ''
  const checkpoint = openOwn(ctx, origin, outside)
  if (!checkpoint) throw problem('evidence.no-entries')
  const { size, root } = checkpoint
  const note = await cosignedNote(ctx, size, outside)
  const tiles = remembered(tilesInDatabase(ctx.db, size))
  const entries = await provenEntries(ctx, input, size, tiles)
  const first = entries[0]
  if (!first) throw problem('evidence.no-entries')

  const earlier = await earlierCheckpoints(
    ctx,
    entries.map(({ index }) => index),
    size,
  )
  const key = writeVerifierKey({ name: origin, publicKey: rawPublicKey(ctx.keyring.signing) })
  const createdAt = ctx.now()
  const cosigned = witnessKeys(ctx).flatMap((witness) => {
    const at = cosignedAt(note, witness.key)
    return at ? [{ name: witness.key.name, at }] : []
  })
  const told = { requestId: input.requestId, createdAt, origin, size, root, key, entries, cosigned }
  const files = new Map<string, Buffer>()
  const add = (path: string, content: Buffer | string) => files.set(path, Buffer.from(content))
  for (const [path, page] of input.pages({ ...told, checkpoints: earlier })) add(path, page)
  add(parts.key, `${key}\n`)
  add(parts.checkpoint, note)
  for (const { index, entry, hashes, sealed } of entries) {
    add(pathsOf.leaf(index), leafBytes(asLeaf(entry)))
    add(pathsOf.proof(index), writeInclusion({ from: index, hashes, checkpoint: note }))
    if (sealed) add(pathsOf.detail(index), sealed)
  }
  const checkpoints: Manifest['checkpoints'] = []
  for (const { size: before, note: old } of earlier) {
    const { nodes, text } = await consistencyAt({ ctx, origin, old, size, note, tiles })
    add(pathsOf.checkpoint(before), old)
    add(pathsOf.consistency(before), text)
    checkpoints.push({ size: before, nodes: nodes.map(hex) })
  }
  for (const { name, content } of input.documents) add(documentPath(name), content)
  add(parts.verifier, await readFile(verifierFile))

  const manifest: Manifest = {
    format: 'dossier-evidence-bundle',
    version: 1,
    createdAt: createdAt.toISOString(),
    language: input.language,
    origin,
    size,
    request: input.requestId,
    entries: entries.map(({ index, entry, nodes, detail }) => ({
      index,
      id: entry.id,
      kind: entry.kind,
      nodes: nodes.map(hex),
      detail,
    })),
    checkpoints,
    documents: input.documents.map(({ name, mediaType }) => ({ path: documentPath(name), mediaType })),
    witnesses: witnessKeys(ctx).map(({ text }) => text),
    files: [...files].map(([path, content]) => ({
      path,
      bytes: content.length,
      sha256: hex(sha256(content)),
    })),
  }
  return sealed(ctx, manifest, files)
}

/** Signs the list of all files, and hands nothing out that does not hold. */
function sealed(ctx: Context, manifest: Manifest, files: Map<string, Buffer>): EvidenceBundle {
  const list = Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`)
  const signer = { name: manifest.origin, privateKey: ctx.keyring.signing }
  files.set(parts.manifest, list)
  files.set(parts.signature, Buffer.from(signManifest(hex(sha256(list)), signer)))
  const [finding] = verifyBundle({ files, stray: undefined }).findings
  if (finding) throw problem('evidence.damaged', { place: finding.place })
  return { files, manifest }
}

const verifierFile = join(import.meta.dirname, '..', '..', 'verifier', 'verify.mjs')
const documentPath = (name: string): string => `documents/${name}`
const hex = (bytes: Buffer): string => bytes.toString('hex')

async function provenEntries(
  ctx: Context,
  { requestId, withDetails }: BundleInput,
  size: number,
  tiles: ReadTile,
): Promise<readonly ToldEntry[]> {
  const entries = await entriesOf(ctx, { requestId })
  const rows = await leafPlaces(
    ctx.db,
    entries.map(({ id }) => id),
  )
  const places = new Map(rows.map((row) => [row.entryId, row]))
  const proven: ToldEntry[] = []
  for (const entry of entries) {
    const { leafIndex: index, nonce, sealedDetail } = places.get(entry.id) ?? {}
    // What was recorded after the checkpoint goes into the next bundle.
    if (index === undefined || index >= size) continue
    const leaf = leafHash(leafBytes(asLeaf(entry)))
    const hashes = await inclusionProof(index, size, tiles)
    const nodes = inclusionNodes({ index, size, leaf }, hashes) ?? []
    // Nonce and detail in one file: its SHA-256 is the commitment that stands in the entry.
    const sealed = withDetails && nonce && sealedDetail ? Buffer.concat([nonce, sealedDetail]) : null
    const detail = !nonce ? 'destroyed' : !sealedDetail ? 'none' : sealed ? 'enclosed' : 'not-enclosed'
    proven.push({ index, entry, hashes, nodes, detail, sealed })
  }
  return proven.toSorted((a, b) => a.index - b.index)
}

/** Evidence before effect: details of a person leave the house. */
async function noteDetails(ctx: Context, requestId: string): Promise<void> {
  const entries = await entriesOf(ctx, { requestId })
  const subjectId = entries.find((entry) => entry.subjectId !== null)?.subjectId
  if (subjectId)
    await inTransaction(ctx, (tx) =>
      recordEvidence(tx, { subjectId, requestId, kind: 'evidence.details-enclosed', facts: {} }),
    )
}

const witnessKeys = (ctx: Context) =>
  ctx.witnesses.flatMap((witness) => {
    const key = witness.kind === 'http' ? readWitnessKey(witness.key) : undefined
    return key && witness.kind === 'http' ? [{ key, text: witness.key }] : []
  })
