import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleOf, flipped, recordRequest, subjectId } from '../src/evidence/bundle.fixture.ts'
import { type Manifest, parts, pathsOf, signManifest } from '../src/evidence/bundle-manifest.ts'
import { destroyDetails } from '../src/evidence/destroy-details.ts'
import { asLeaf, leafBytes } from '../src/evidence/entry.ts'
import { openLog } from '../src/evidence/log.ts'
import { inclusionNodes, inclusionProof, leafHash } from '../src/evidence/merkle.ts'
import { rawPublicKey, signNote, writeCheckpoint, writeVerifierKey } from '../src/evidence/note.ts'
import { readInclusion, writeInclusion } from '../src/evidence/proof-file.ts'
import { sequence, showCheckpoint, writeStoredZip } from '../src/evidence/public.ts'
import { leavesBetween } from '../src/evidence/queries.ts'
import { tilesInDatabase } from '../src/evidence/stored-tiles.ts'
import { sha256 } from '../src/platform/bytes.ts'
import { readConfig } from '../src/platform/config.ts'
import { freshInstallation } from './installation.ts'
import { startWitness } from './witness.ts'

/**
 * `node test/write-evidence-vectors.ts` makes the bundles in verifier/vectors anew, with new keys: only after a change of the
 * format, for they stand for all bundles that were ever handed out. `npm run format` sets the list in order.
 */
const directory = join(import.meta.dirname, '..', 'verifier', 'vectors')
mkdirSync(directory, { recursive: true })

await using installation = await freshInstallation({ now: () => new Date('2026-11-22T08:00:00Z') })
await using witness = await startWitness()
await using stranger = await startWitness('stranger.example/w2')
const { origin } = await openLog(installation.ctx)
const key = writeVerifierKey({
  name: origin,
  publicKey: rawPublicKey(installation.ctx.keyring.signing),
})
const other = writeVerifierKey({ name: origin, publicKey: Buffer.alloc(32, 1) })
witness.trust(key)
const { witnesses } = readConfig({ DOSSIER_WITNESS: witness.address }).config
const ctx = { ...installation.ctx, witnesses }

const certificate = await recordRequest(ctx)
await sequence(ctx)
await showCheckpoint(ctx)
const witnessed = await bundleOf(ctx, certificate)
const good = await bundleOf({ ...ctx, witnesses: [] }, certificate, { withDetails: true })
await destroyDetails(ctx, subjectId)
const shredded = await bundleOf({ ...ctx, witnesses: [] }, certificate)

/** What a dishonest controller could make: whatever it likes, signed with the log's own key. Only proofs stand against it. */
function resigned(
  changes: readonly (readonly [path: string, content: Buffer])[],
  edit: (manifest: Manifest) => Manifest = (manifest) => manifest,
): Buffer {
  const files = new Map([...good.files, ...changes])
  for (const path of [parts.manifest, parts.signature]) files.delete(path)
  const list = [...files].map(([path, content]) => ({
    path,
    bytes: content.length,
    sha256: sha256(content).toString('hex'),
  }))
  const manifest = Buffer.from(JSON.stringify(edit({ ...good.manifest, files: list }), null, 1))
  const signer = { name: origin, privateKey: ctx.keyring.signing }
  files.set(parts.manifest, manifest)
  files.set(parts.signature, Buffer.from(signManifest(sha256(manifest).toString('hex'), signer)))
  return writeStoredZip(files)
}
const read = (path: string): string => String(good.files.get(path))
const hex = (bytes: Buffer): string => bytes.toString('hex')
const { size } = good.manifest

function forgedEntry(): Buffer {
  const leaf = Buffer.from(read(pathsOf.leaf(270)).replace('"rows":12', '"rows":13'))
  const { hashes = [] } = readInclusion(read(pathsOf.proof(270))) ?? {}
  const nodes = inclusionNodes({ index: 270, size, leaf: leafHash(leaf) }, hashes)?.map(hex) ?? []
  return resigned([[pathsOf.leaf(270), leaf]], (manifest) => ({
    ...manifest,
    entries: manifest.entries.map((one) => (one.index === 270 ? { ...one, nodes } : one)),
  }))
}

/** An entry that does stand in the log, and tells of something else. */
async function foreignEntry(): Promise<Buffer> {
  const [row] = await leavesBetween(ctx.db, 7, 8)
  if (!row?.entry) throw new Error('no such entry')
  const { id, kind } = row.entry
  const hashes = await inclusionProof(7, size, tilesInDatabase(ctx.db, size))
  const leaf = leafBytes(asLeaf(row.entry))
  const nodes = inclusionNodes({ index: 7, size, leaf: leafHash(leaf) }, hashes)?.map(hex) ?? []
  const proof = writeInclusion({ from: 7, hashes, checkpoint: read(parts.checkpoint) })
  const changes = [[pathsOf.leaf(7), leaf] as const, [pathsOf.proof(7), Buffer.from(proof)] as const]
  return resigned(changes, (manifest) => ({
    ...manifest,
    entries: [{ index: 7, id, kind, nodes, detail: 'none' }, ...manifest.entries],
  }))
}

/** An earlier state of another history. */
function forked(): Buffer {
  const note = writeCheckpoint({ origin, size: 271, root: sha256('another history') })
  const signed = signNote(note, { name: origin, privateKey: ctx.keyring.signing })
  return resigned([[pathsOf.checkpoint(271), Buffer.from(signed)]])
}

const whole = writeStoredZip(good.files)
const zips: Readonly<Record<string, Buffer>> = {
  good: whole,
  witnessed: writeStoredZip(witnessed.files),
  shredded: writeStoredZip(shredded.files),
  'flipped-entry': writeStoredZip(flipped(good.files, pathsOf.leaf(270), 300)),
  'flipped-proof': writeStoredZip(flipped(good.files, pathsOf.proof(271), 8 * 120)),
  'forged-entry': forgedEntry(),
  'forged-detail': resigned([[pathsOf.detail(270), Buffer.from('something else that was never sealed')]]),
  'foreign-entry': await foreignEntry(),
  forked: forked(),
  truncated: whole.subarray(0, Math.floor((whole.length * 2) / 3)),
}
for (const [name, zip] of Object.entries(zips)) writeFileSync(join(directory, `${name}.zip`), zip)

const vectors = [
  { file: 'good.zip', key, witnesses: [], holds: true },
  { file: 'good.zip', key: other, witnesses: [], holds: false, place: 'log.key' },
  { file: 'good.zip', key, witnesses: [witness.key], holds: true },
  { file: 'witnessed.zip', key, witnesses: [witness.key], holds: true },
  { file: 'witnessed.zip', key, witnesses: [stranger.key], holds: false, place: 'checkpoint' },
  { file: 'shredded.zip', key, witnesses: [], holds: true },
  { file: 'flipped-entry.zip', key, witnesses: [], holds: false, place: 'entries/270.json' },
  { file: 'flipped-proof.zip', key, witnesses: [], holds: false, place: 'entries/271.tlog-proof' },
  { file: 'forged-entry.zip', key, witnesses: [], holds: false, place: 'entries/270.tlog-proof' },
  { file: 'forged-detail.zip', key, witnesses: [], holds: false, place: 'entries/270.sealed' },
  { file: 'foreign-entry.zip', key, witnesses: [], holds: false, place: 'entries/7.json' },
  { file: 'forked.zip', key, witnesses: [], holds: false, place: 'checkpoints/271.consistency' },
  { file: 'truncated.zip', key, witnesses: [], holds: false, place: 'manifest.note' },
]
writeFileSync(join(directory, 'vectors.json'), `${JSON.stringify(vectors, null, 2)}\n`)
