import { sha256 } from '../platform/bytes.ts'
import type { Context } from '../platform/context.ts'
import { type BundleInput, bundleEvidence, type EvidenceBundle } from './bundle-evidence.ts'
import { recordEvidence } from './record-evidence.ts'
import { sequence } from './sequence.ts'
import { signDocument } from './signed-document.ts'

export const requestId = '0190aaaa-0000-7000-8000-000000000001'
export const subjectId = '0190aaaa-0000-7000-8000-00000000000a'

/** A log of 273 entries, of which two are a request's, published at two sizes; the second names the certificate's hash. */
export async function recordRequest(ctx: Context): Promise<Buffer> {
  const certificate = Buffer.from(
    JSON.stringify(signDocument(ctx, { request: requestId, systems: ['shop'] })),
  )
  for (let i = 0; i < 270; i += 1) await recordEvidence(ctx, { kind: 'test.noise', facts: { step: i } })
  const about = { subjectId, requestId }
  await recordEvidence(ctx, {
    ...about,
    kind: 'requests.approved',
    facts: { rows: 12, byHand: true },
    sealedDetail: Buffer.from('sealed'),
  })
  await sequence(ctx)
  await recordEvidence(ctx, {
    ...about,
    kind: 'requests.certified',
    facts: { sha256: sha256(certificate).toString('hex') },
  })
  await recordEvidence(ctx, { kind: 'test.noise', facts: {} })
  return certificate
}

export const bundleOf = (
  ctx: Context,
  certificate: Buffer | null = null,
  more: Partial<BundleInput> = {},
): Promise<EvidenceBundle> =>
  bundleEvidence(ctx, {
    requestId,
    language: 'en',
    withDetails: false,
    documents: certificate
      ? [
          { name: 'certificate.json', mediaType: 'application/json', content: certificate },
          { name: 'letter.txt', mediaType: 'text/plain', content: Buffer.from('a letter') },
        ]
      : [],
    pages: ({ entries }) => new Map([['index.html', `<p>${entries.length} entries</p>`]]),
    ...more,
  })

/** The files with one bit of one of them turned over. */
export function flipped(
  files: ReadonlyMap<string, Buffer>,
  path: string,
  bit: number,
): ReadonlyMap<string, Buffer> {
  const content = Buffer.from(files.get(path) ?? [])
  content[bit >> 3] = (content[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return new Map([...files, [path, content]])
}
