import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleOf, flipped, recordRequest, subjectId } from '../src/evidence/bundle.fixture.ts'
import { pathsOf } from '../src/evidence/bundle-manifest.ts'
import { destroyDetails } from '../src/evidence/destroy-details.ts'
import { openLog } from '../src/evidence/log.ts'
import { rawPublicKey, writeVerifierKey } from '../src/evidence/note.ts'
import { sequence, showCheckpoint, writeStoredZip } from '../src/evidence/public.ts'
import { readConfig } from '../src/platform/config.ts'
import { freshInstallation } from './installation.ts'
import { startWitness } from './witness.ts'

/**
 * `node test/write-evidence-vectors.ts` makes the bundles in verifier/vectors anew, with new keys: only after a change of the
 * format, for they stand for all bundles that were ever handed out.
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

const whole = writeStoredZip(good.files)
const zips: Readonly<Record<string, Buffer>> = {
  good: whole,
  witnessed: writeStoredZip(witnessed.files),
  shredded: writeStoredZip(shredded.files),
  'flipped-entry': writeStoredZip(flipped(good.files, pathsOf.leaf(270), 300)),
  'flipped-proof': writeStoredZip(flipped(good.files, pathsOf.proof(271), 8 * 120)),
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
  { file: 'truncated.zip', key, witnesses: [], holds: false, place: 'manifest.note' },
]
writeFileSync(join(directory, 'vectors.json'), `${JSON.stringify(vectors, null, 2)}\n`)
