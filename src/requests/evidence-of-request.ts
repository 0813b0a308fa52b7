import { readFile } from 'node:fs/promises'
import { type EvidenceBundle, sequence, showCheckpoint, writeStoredZip } from '../evidence/public.ts'
import type { Context } from '../platform/context.ts'
import type { Language } from '../platform/texts.ts'
import { bundleRequest } from './bundle-request.ts'
import { issuedCertificate } from './issue-certificate.ts'

/** A request's evidence as it stands now, as a zip to hand out. Throws `evidence.no-entries`, and what `bundleEvidence` throws. */
export async function evidenceOfRequest(
  ctx: Context,
  requestId: string,
  options: { readonly language: Language; readonly withDetails: boolean },
): Promise<{ readonly zip: Buffer; readonly manifest: EvidenceBundle['manifest'] }> {
  // So that what was just done is cosigned too; a witness out of reach costs seconds, and no bundle.
  await sequence(ctx)
  await showCheckpoint(ctx)
  const issued = /^[0-9a-f-]{36}$/.test(requestId) ? await issuedCertificate(ctx, requestId) : null
  const certificate = issued && (await readFile(issued.file))
  const { files, manifest } = await bundleRequest(ctx, { requestId, certificate, ...options })
  return { zip: writeStoredZip(files), manifest }
}
