import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isUuid, sha256 } from '../platform/bytes.ts'
import type { Context } from '../platform/context.ts'
import type { Language } from '../platform/texts.ts'
import { noteDetails, provenEntries, type ToldEntry } from './bundle-entries.ts'
import { type Manifest, parts, pathsOf, signManifest } from './bundle-manifest.ts'
import {
  consistencyOf,
  cosignedNote,
  type EarlierCheckpoint,
  earlierCheckpoints,
} from './earlier-checkpoints.ts'
import { asLeaf, leafBytes } from './entry.ts'
import { openLog } from './log.ts'
import { remembered } from './merkle.ts'
import { cosignedAt, rawPublicKey, readWitnessKey, writeVerifierKey } from './note.ts'
import { problem } from './problems.ts'
import { writeInclusion } from './proof-file.ts'
import { openOwn } from './restore-state.ts'
import { sequence } from './sequence.ts'
import { tilesForProofs } from './stored-tiles.ts'
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
  /** By whom, and when: the newest of these states that each witness cosigned. */
  readonly cosigned: readonly { readonly name: string; readonly at: Date; readonly size: number }[]
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
  const { told, note, checkpoints } = await gather(ctx, input)
  const files = new Map<string, Buffer>()
  const add = (path: string, content: Buffer | string) => files.set(path, Buffer.from(content))
  for (const [path, page] of input.pages(told)) add(path, page)
  add(parts.key, `${told.key}\n`)
  add(parts.checkpoint, note)
  for (const { index, entry, hashes, sealed } of told.entries) {
    add(pathsOf.leaf(index), leafBytes(asLeaf(entry)))
    add(pathsOf.proof(index), writeInclusion({ from: index, hashes, checkpoint: note }))
    if (sealed) add(pathsOf.detail(index), sealed)
  }
  for (const one of checkpoints) {
    add(pathsOf.checkpoint(one.size), one.note)
    add(pathsOf.consistency(one.size), one.proof)
  }
  for (const { name, content } of input.documents) add(documentPath(name), content)
  add(parts.verifier, await readFile(verifierFile))
  return signed(ctx, listed(ctx, input, told, checkpoints, files), files)
}

/** All that is proven, and the newest checkpoint that it leads to. */
async function gather(ctx: Context, input: BundleInput) {
  const { origin } = await openLog(ctx)
  const outside = (await readOutsideCheckpoint(ctx.paths.evidence)) ?? ''
  const checkpoint = openOwn(ctx, origin, outside)
  if (!checkpoint) throw problem('evidence.no-entries')
  const { size, root } = checkpoint
  const note = await cosignedNote(ctx, size, outside)
  const tiles = remembered(tilesForProofs(ctx.db, size))
  const entries = await provenEntries(ctx, input, size, tiles)
  if (entries.length === 0) throw problem('evidence.no-entries')
  const indexes = entries.map(({ index }) => index)
  const checkpoints: ProvenCheckpoint[] = []
  for (const earlier of await earlierCheckpoints(ctx, indexes, size))
    checkpoints.push({ ...earlier, ...(await consistencyOf(ctx, earlier, { origin, size, note, tiles })) })
  const told: ToldEvidence = {
    requestId: input.requestId,
    createdAt: ctx.now(),
    origin,
    size,
    root,
    key: writeVerifierKey({ name: origin, publicKey: rawPublicKey(ctx.keyring.signing) }),
    entries,
    checkpoints,
    cosigned: cosigned(ctx, [{ size, note }, ...checkpoints.toReversed()]),
  }
  return { told, note, checkpoints }
}

interface ProvenCheckpoint extends EarlierCheckpoint {
  readonly nodes: readonly Buffer[]
  readonly proof: string
}

/** The newest state first: each witness counts once. */
const cosigned = (ctx: Context, states: readonly { readonly size: number; readonly note: string }[]) =>
  witnessKeys(ctx).flatMap(({ key }) => {
    const seen = states.map(({ size, note }) => ({ name: key.name, at: cosignedAt(note, key), size }))
    return seen.flatMap((one) => (one.at ? [{ ...one, at: one.at }] : [])).slice(0, 1)
  })

const listed = (
  ctx: Context,
  { requestId, language, documents }: BundleInput,
  { createdAt, origin, size, entries }: ToldEvidence,
  checkpoints: readonly ProvenCheckpoint[],
  files: ReadonlyMap<string, Buffer>,
): Manifest => ({
  format: 'dossier-evidence-bundle',
  version: 1,
  createdAt: createdAt.toISOString(),
  language,
  origin,
  size,
  request: requestId,
  entries: entries.map(({ index, entry: { id, kind }, nodes, detail }) => ({
    index,
    id,
    kind,
    nodes: nodes.map(hex),
    detail,
  })),
  checkpoints: checkpoints.map((one) => ({ size: one.size, nodes: one.nodes.map(hex) })),
  documents: documents.map(({ name, mediaType }) => ({ path: documentPath(name), mediaType })),
  witnesses: witnessKeys(ctx).map(({ text }) => text),
  files: [...files].map(([path, content]) => ({ path, bytes: content.length, sha256: hex(sha256(content)) })),
})

/** Signs the list of all files, and hands nothing out that does not hold. */
function signed(ctx: Context, manifest: Manifest, files: Map<string, Buffer>): EvidenceBundle {
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

const witnessKeys = (ctx: Context) =>
  ctx.witnesses.flatMap((witness) => {
    const key = witness.kind === 'http' ? readWitnessKey(witness.key) : undefined
    return key && witness.kind === 'http' ? [{ key, text: witness.key }] : []
  })
