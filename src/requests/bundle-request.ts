import { bundleEvidence, type EvidenceBundle } from '../evidence/public.ts'
import type { Context } from '../platform/context.ts'
import { type Language, languages } from '../platform/texts.ts'
import type { SignedCertificate } from './certificate.ts'
import { certificatePage } from './certificate-page.ts'
import { evidencePage } from './evidence-page.ts'
import { evidenceReadme } from './evidence-readme.ts'
import { legalSeat } from './legal-seat.ts'

export interface BundleRequest {
  readonly requestId: string
  readonly language: Language
  readonly withDetails: boolean
  /** The bytes whose hash stands in the log; null where none was issued. */
  readonly certificate: Buffer | null
}

/** A request's evidence, its certificate and a page that tells it all, to be checked by anyone. Throws as `bundleEvidence`. */
export async function bundleRequest(ctx: Context, input: BundleRequest): Promise<EvidenceBundle> {
  const { language, certificate, requestId } = input
  const { timeZone } = await legalSeat(ctx)
  const documents = certificate === null ? [] : certificateDocuments(requestId, certificate)
  return bundleEvidence(ctx, {
    ...input,
    documents,
    pages: (told) =>
      new Map([
        ['README.txt', evidenceReadme(told, language)],
        [
          'index.html',
          evidencePage({ told, language, timeZone, documents: documents.map(({ name }) => name) }),
        ],
      ]),
  })
}

function certificateDocuments(requestId: string, content: Buffer) {
  const signed = JSON.parse(content.toString()) as SignedCertificate
  const name = `certificate-${requestId}`
  return [
    { name: `${name}.json`, mediaType: 'application/json', content },
    ...languages.map((language) => ({
      name: `${name}.${language}.html`,
      mediaType: 'text/html',
      content: Buffer.from(certificatePage(signed, language)),
    })),
  ]
}
