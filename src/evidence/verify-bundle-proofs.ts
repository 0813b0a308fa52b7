import { sha256 } from '../platform/bytes.ts'
import { type Manifest, pathsOf } from './bundle-manifest.ts'
import { leafBytes } from './entry.ts'
import type { Finding, FindingCode } from './finding.ts'
import { leafSchema } from './leaf-schema.ts'
import { consistencyNodes, inclusionNodes, leafHash } from './merkle.ts'
import { type Checkpoint, type NoteKey, openCheckpoint, splitNote } from './note.ts'
import { type ProofFile, readConsistency, readInclusion, unreadableStep } from './proof-file.ts'

/** What the proofs of a bundle are checked against. */
export interface BundleProofs {
  readonly files: ReadonlyMap<string, Buffer>
  readonly manifest: Manifest
  readonly checkpoint: Checkpoint
  readonly key: NoteKey
  find(code: FindingCode, place: string, more?: Omit<Finding, 'code' | 'place'>): void
}

/** Each entry is what it says, belongs to the request, and stands in the log where it says. */
export function verifyEntries(bundle: BundleProofs): void {
  const seen = new Set<string>()
  for (const listed of bundle.manifest.entries) {
    const entry = { entry: listed.id }
    const path = pathsOf.leaf(listed.index)
    const content = bundle.files.get(path)
    const leaf = content && readLeaf(content)
    if (
      !leaf ||
      leaf.id !== listed.id ||
      leaf.kind !== listed.kind ||
      leaf.request !== bundle.manifest.request
    )
      bundle.find('entry-changed', path, entry)
    else if (seen.has(leaf.id)) bundle.find('entry-twice', path, entry)
    else verifyInclusionOf(bundle, listed, leafHash(content))
    seen.add(listed.id)
    if (leaf && listed.detail === 'enclosed') verifyDetail(bundle, listed, leaf.commitment)
  }
}

function verifyInclusionOf(bundle: BundleProofs, listed: Manifest['entries'][number], leaf: Buffer): void {
  const { checkpoint, find } = bundle
  const entry = { entry: listed.id }
  const path = pathsOf.proof(listed.index)
  const written = String(bundle.files.get(path) ?? '')
  const proof = readInclusion(written)
  const fits = proof?.from === listed.index && leadsTo(bundle, proof)
  const nodes = fits && inclusionNodes({ index: listed.index, size: checkpoint.size, leaf }, proof.hashes)
  const step = nodes
    ? astray(nodes, listed.nodes, checkpoint.root)
    : proof === undefined
      ? unreadableStep(written, listed.nodes.length)
      : undefined
  if (!nodes && step === undefined) find('proof-changed', path, entry)
  else if (step === 0) find('entry-changed', pathsOf.leaf(listed.index), entry)
  else if (step !== undefined) find('proof-step', path, { ...entry, step })
}

/** Nonce and sealed detail: together they hash to what the entry commits to. */
function verifyDetail(bundle: BundleProofs, listed: Manifest['entries'][number], commitment: string): void {
  const path = pathsOf.detail(listed.index)
  const content = bundle.files.get(path)
  if (content && sha256(content).toString('hex') !== commitment)
    bundle.find('detail-changed', path, { entry: listed.id })
}

/** Each earlier state of the log was signed, and is the beginning of the newest. */
export function verifyCheckpoints(bundle: BundleProofs): void {
  for (const { size, nodes: listed } of bundle.manifest.checkpoints) {
    const first = openCheckpoint(String(bundle.files.get(pathsOf.checkpoint(size)) ?? ''), bundle.key)
    if (first?.size !== size) {
      bundle.find('checkpoint-changed', pathsOf.checkpoint(size))
      continue
    }
    const path = pathsOf.consistency(size)
    const written = String(bundle.files.get(path) ?? '')
    const proof = readConsistency(written)
    const nodes =
      proof && leadsTo(bundle, proof) && proof.from === size
        ? consistencyNodes(first, bundle.checkpoint.size, proof.hashes)
        : undefined
    const step = nodes
      ? astray(nodes.after, listed, bundle.checkpoint.root)
      : proof === undefined
        ? unreadableStep(written, listed.length)
        : undefined
    if (!nodes && step === undefined) bundle.find('consistency-changed', path)
    else if (step !== undefined) bundle.find('consistency-step', path, { step })
    else if (!nodes?.before.equals(first.root)) bundle.find('consistency-changed', path)
  }
}

/** The bundle holds one newest checkpoint, and a proof that leads to another one proves something else. */
const leadsTo = ({ files }: BundleProofs, { checkpoint }: ProofFile): boolean =>
  checkpoint === files.get('checkpoint')?.toString() && splitNote(checkpoint) !== undefined

/** The first step at which the hashes are not those that the manifest tells; undefined when all are, up to the root. */
function astray(nodes: readonly Buffer[], listed: readonly string[], root: Buffer): number | undefined {
  const step = nodes.findIndex((node, i) => node.toString('hex') !== listed[i])
  if (step >= 0) return step
  return nodes.at(-1)?.equals(root) && nodes.length === listed.length ? undefined : nodes.length - 1
}

/** Only the very bytes that the log hashed: canonical JSON of a leaf and nothing else. */
function readLeaf(content: Buffer) {
  let json: unknown
  try {
    json = JSON.parse(content.toString())
  } catch {
    return undefined
  }
  const parsed = leafSchema.safeParse(json)
  return parsed.success && leafBytes(parsed.data).equals(content) ? parsed.data : undefined
}
