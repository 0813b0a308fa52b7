import { type Html, html } from '../platform/html.ts'
import { type Language, say } from '../platform/texts.ts'
import type { Certificate, SignedCertificate } from './certificate.ts'
import { certifiedSystemSection, searchedTable } from './certificate-system.ts'
import { pageFoot, pageHead } from './document-page.ts'
import { list, longDate, longTime, number } from './in-words.ts'

type Say = (key: string, params?: Readonly<Record<string, string | number>>) => string
/** An instant in the controller's time zone, in words. */
type When = (instant: string) => string

/**
 * A certificate as the person or an authority reads it: in `language`, without script, to be printed. The state of each
 * system stands in words; an erasure that is not complete is never called a certificate.
 */
export function certificatePage({ document, signature }: SignedCertificate, language: Language): string {
  const controllers =
    document.controllers.length > 0
      ? list(language, document.controllers)
      : say(language, 'requests.certificate-controllers-unknown')
  const text: Say = (key, params) => say(language, `requests.certificate-${key}`, { controllers, ...params })
  const when: When = (instant) => longTime(language, instant, document.timeZone)
  const isComplete = document.state === 'verified-absent' || document.state === 'kept'
  const title = text(isComplete ? 'title' : 'title-incomplete')
  return html`${pageHead(language, title)}<h1>${title}</h1>
<p class="lead">${text(`lead-${document.state}`)}</p>
<p class="soft small">${text('issued', { at: when(document.issuedAt), timeZone: document.timeZone })}</p>
${requestSection(document, text, when, language)}
<section aria-labelledby="systems">
<h2 id="systems">${text('systems-title')}</h2>
${document.systems.map((system, i) => certifiedSystemSection(system, `s${i + 1}`, language))}</section>
${verificationSection(document, text, when, language)}
${keysSection(document, text, when)}
${evidenceSection(document, text, language)}
<section aria-labelledby="limits">
<h2 id="limits">${text('limits-title')}</h2>
<ul>
${document.limits.map((limit) => html`<li>${text(`limit-${limit}`, numberOf(limit, document))}</li>\n`)}</ul>
</section>
<section aria-labelledby="complaint">
<h2 id="complaint">${text('complaint-title')}</h2>
<p>${text('complaint')}</p>
</section>
${signatureSection(signature, text)}
${pageFoot}`.toString()
}

/** How many of what a limit speaks of, where it speaks of any. */
const numberOf = (limit: Certificate['limits'][number], { verification }: Certificate) => ({
  number: (limit === 'shared-terms' ? verification?.together : verification?.tooShort) ?? 0,
})

function requestSection(
  { request, map, controllers }: Certificate,
  text: Say,
  when: When,
  language: Language,
): Html {
  const due = {
    due: longDate(language, request.dueOn),
    extended: longDate(language, request.extendedDueOn),
    calendar: request.calendar,
  }
  const approval =
    request.approvedAt === null
      ? text('not-completed')
      : text('approved-by', { at: when(request.approvedAt), actor: request.approvedBy ?? '–' })
  const facts: readonly (readonly [string, Html | string])[] = [
    ['controller', controllers.length > 0 ? list(language, controllers) : text('controllers-none')],
    ['request', html`<code>${request.id}</code>`],
    [
      'subject',
      html`<code>${request.subject}</code><br><span class="soft small">${text('subject-means')}</span>`,
    ],
    ['received', when(request.receivedAt)],
    ['due', text(request.calendar === 'weekends-only' ? 'due-weekends' : 'due-means', due)],
    ['identity', text(`identity-${request.identityProof}`)],
    ['approved', approval],
    ['completed', request.completedAt === null ? text('not-completed') : when(request.completedAt)],
    ['map', html`${text('map-means', { number: map.number })} <code>${map.sha256}</code>`],
  ]
  return html`<section aria-labelledby="request">
<h2 id="request">${text('request-title')}</h2>
<dl class="facts">
${facts.map(([key, value]) => html`<dt>${text(key)}</dt><dd>${value}</dd>\n`)}</dl>
</section>`
}

function verificationSection(document: Certificate, text: Say, when: When, language: Language): Html {
  const { verification, next } = document
  const kinds = list(
    language,
    (verification?.kinds ?? []).map((kind) => text(`kind-${kind}`)),
  )
  return html`<section aria-labelledby="verification">
<h2 id="verification">${text('verification-title')}</h2>
${
  verification === null
    ? html`<p>${text('verification-nothing')}</p>`
    : html`<p>${text('verification', { at: when(verification.at), kinds })}</p>
${searchedTable(verification, language)}`
}
<p>${
    next.length === 0
      ? text('no-next')
      : text('next', {
          dates: list(
            language,
            next.map(({ dueAt }) => when(dueAt)),
          ),
        })
  }</p>
</section>`
}

function keysSection({ searchTerms, keyHorizonDays }: Certificate, text: Say, when: When): Html {
  const { until, destroyedAt } = searchTerms
  const terms =
    destroyedAt !== null
      ? text('terms-gone', { at: when(destroyedAt) })
      : until !== null
        ? text('terms', { until: when(until) })
        : text('terms-open')
  return html`<section aria-labelledby="keys">
<h2 id="keys">${text('keys-title')}</h2>
<p>${terms} ${text('key-horizon', { days: keyHorizonDays })}</p>
<p>${text('tombstone')}</p>
</section>`
}

const evidenceSection = (
  { evidence }: Certificate,
  text: Say,
  language: Language,
): Html => html`<section aria-labelledby="evidence">
<h2 id="evidence">${text('evidence-title')}</h2>
<p>${text('evidence', { size: number(language, evidence.logSize) })} ${text('evidence-checkpoint')}</p>
<ol class="small">
${evidence.entries.map((entry) => html`<li><code>${entry}</code></li>\n`)}</ol>
</section>`

const signatureSection = (
  signature: SignedCertificate['signature'],
  text: Say,
): Html => html`<section class="keep-together" aria-labelledby="signature">
<h2 id="signature">${text('signature-title')}</h2>
<p>${text('signature', { algorithm: signature.algorithm })}</p>
<dl class="facts">
<dt>${text('key')}</dt><dd><code>${signature.publicKey}</code></dd>
<dt>${text('value')}</dt><dd><code>${signature.value}</code></dd>
</dl>
<p>${text('evidence-check')} <code>npx dossier evidence verify</code></p>
</section>
`
