import { isUuid, sha256 } from '../platform/bytes.ts'
import type { Context } from '../platform/context.ts'
import { entriesOf } from './entries-of.ts'
import { asLeaf } from './entry.ts'
import { openLog } from './log.ts'
import { inclusionProof, remembered } from './merkle.ts'
import { rawPublicKey, writeVerifierKey } from './note.ts'
import { problem } from './problems.ts'
import { leafIndexes } from './queries.ts'
import { openOwn } from './restore-state.ts'
import { sequence } from './sequence.ts'
import { tilesInDatabase } from './stored-tiles.ts'
import { readOutsideCheckpoint } from './tile-files.ts'
import { type EvidenceBundle, verifyBundle } from './verify-bundle.ts'

export interface EnclosedDocument {
  readonly name: string
  readonly mediaType: string
  readonly content: Buffer
}

/**
 * A request's entries with proofs that anyone can check offline, and documents to go with them: one is proven when an
 * entry's facts hold its SHA-256 in hex. Sequences first, so not inside a transaction. Throws `evidence.no-entries`,
 * and what `sequence` throws.
 */
export async function bundleEvidence(
  ctx: Context,
  input: { readonly requestId: string; readonly documents?: readonly EnclosedDocument[] },
): Promise<EvidenceBundle> {
  if (!isUuid(input.requestId)) throw problem('evidence.no-entries')
  await sequence(ctx)
  const { origin } = await openLog(ctx)
  const note = (await readOutsideCheckpoint(ctx.paths.evidence)) ?? ''
  const checkpoint = openOwn(ctx, origin, note)
  if (!checkpoint) throw problem('evidence.no-entries')
  const entries = await entriesOf(ctx, { requestId: input.requestId })
  const rows = await leafIndexes(
    ctx.db,
    entries.map((entry) => entry.id),
  )
  const indexes = new Map(rows.map((row) => [row.entryId, row.leafIndex]))
  const tiles = remembered(tilesInDatabase(ctx.db, checkpoint.size))
  const bundled: EvidenceBundle['entries'] = []
  for (const entry of entries) {
    const index = indexes.get(entry.id)
    // What was recorded after the checkpoint goes into the next bundle.
    if (index === undefined || index >= checkpoint.size) continue
    const proof = await inclusionProof(index, checkpoint.size, tiles)
    bundled.push({ index, leaf: asLeaf(entry), proof: proof.map((hash) => hash.toString('base64')) })
  }
  if (bundled.length === 0) throw problem('evidence.no-entries')
  const bundle: EvidenceBundle = {
    format: 'dossier evidence bundle',
    version: 1,
    key: writeVerifierKey({ name: origin, publicKey: rawPublicKey(ctx.keyring.signing) }),
    checkpoint: note,
    entries: bundled,
    documents: (input.documents ?? []).map(({ name, mediaType, content }) => ({
      name,
      mediaType,
      sha256: sha256(content).toString('hex'),
      content: content.toString('base64'),
    })),
  }
  const [finding] = verifyBundle(bundle).findings
  if (finding) throw problem('evidence.damaged', { place: finding.place })
  return bundle
}
