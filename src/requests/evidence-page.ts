import type { ToldEntry, ToldEvidence } from '../evidence/public.ts'
import { type Html, html } from '../platform/html.ts'
import { type Language, say } from '../platform/texts.ts'
import { pageFoot, pageHead } from './document-page.ts'
import { entrySentence, entryTitle } from './evidence-story.ts'
import { list, longTime, number } from './in-words.ts'

type Say = (key: string, params?: Readonly<Record<string, string | number>>) => string

export interface EvidencePage {
  readonly told: ToldEvidence
  readonly language: Language
  /** IANA name: the controller's. */
  readonly timeZone: string
  /** Names of the documents enclosed. */
  readonly documents: readonly string[]
}

/**
 * The `index.html` of an evidence bundle: what was asked, found, approved, done and verified, entry by entry as the log has
 * it, each with the way from its hash to the signed root. Without script; it tells, and the files beside it prove.
 */
export function evidencePage(page: EvidencePage): string {
  const { told, language, documents } = page
  const text: Say = (key, params) => say(language, `evidence.page-${key}`, params)
  return html`${pageHead(language, text('title'))}<h1>${text('title')}</h1>
<p class="lead">${text('lead')}</p>
<p class="soft small">${text('made', { at: when(page, told.createdAt), timeZone: page.timeZone })}</p>
${summarySection(page, text)}
<section aria-labelledby="story">
<h2 id="story">${text('story-title')}</h2>
<p>${text('story')}</p>
${told.entries.map((entry) => entrySection(page, entry, text))}</section>
${documents.length > 0 && documentsSection(documents, text)}
${logSection(page, text)}
<section aria-labelledby="check">
<h2 id="check">${text('check-title')}</h2>
<p>${text('check')}</p>
<ul>
<li>${text('check-dossier')} <code>npx dossier evidence verify evidence.zip --key …</code></li>
<li>${text('check-node')} <code>node verify.mjs . --key …</code></li>
<li>${text('check-hand')} <code>README.txt</code></li>
</ul>
</section>
<section aria-labelledby="limits">
<h2 id="limits">${text('limits-title')}</h2>
<ul>
${['entries', 'left-out', 'page', 'key', 'details'].map((limit) => html`<li>${text(`limit-${limit}`)}</li>\n`)}</ul>
</section>
${pageFoot}`.toString()
}

const when = ({ language, timeZone }: EvidencePage, at: Date): string =>
  longTime(language, at.toISOString(), timeZone)

function summarySection(page: EvidencePage, text: Say): Html {
  const { told, language } = page
  const subject = told.entries.find(({ entry }) => entry.subjectId !== null)?.entry.subjectId
  const witnesses = told.cosigned.map(({ name, at, size }) =>
    text('cosigned', { name, at: when(page, at), size: number(language, size) }),
  )
  const facts: readonly (readonly [string, Html | string])[] = [
    ['request', html`<code>${told.requestId}</code>`],
    [
      'subject',
      html`<code>${subject ?? '–'}</code><br><span class="soft small">${text('subject-means')}</span>`,
    ],
    ['entries', number(language, told.entries.length)],
    ['log', html`<code>${told.origin}</code>, ${text('log-size', { size: number(language, told.size) })}`],
    ['key', html`<code>${told.key}</code><br><span class="soft small">${text('key-means')}</span>`],
    ['witnesses', witnesses.length > 0 ? list(language, witnesses) : text('witnesses-none')],
  ]
  return html`<section aria-labelledby="summary">
<h2 id="summary">${text('summary-title')}</h2>
<dl class="facts">
${facts.map(([key, value]) => html`<dt>${text(key)}</dt><dd>${value}</dd>\n`)}</dl>
</section>`
}

function entrySection(page: EvidencePage, told: ToldEntry, text: Say): Html {
  const { entry, index } = told
  const { language } = page
  const sentence = entrySentence(entry, language)
  return html`<section aria-labelledby="e${index}">
<h3 id="e${index}">${entryTitle(entry, language)}</h3>
<p class="soft small"><time datetime="${entry.at.toISOString()}">${when(page, entry.at)}</time> · ${text(`actor-${entry.actor.kind}`)} <code>${entry.actor.id}</code></p>
${sentence && html`<p>${sentence}</p>`}
<details>
<summary>${text('proof', { index: number(language, index), size: number(language, page.told.size) })}</summary>
${factsTable(told, text)}
${proofTable(told, text)}
</details>
</section>
`
}

/** As the log has it: names and values, in no language. */
function factsTable({ entry, index, detail }: ToldEntry, text: Say): Html {
  const facts = [
    ['id', entry.id],
    ['kind', entry.kind],
    ['at', entry.at.toISOString()],
    ...Object.entries(entry.facts).map(([name, value]) => [`facts.${name}`, String(value)] as const),
    ['commitment', entry.commitment.toString('hex')],
  ] as const
  const caption = text('facts-caption', { file: `entries/${index}.json` })
  const rows = facts.map(
    ([name, value]) =>
      html`<tr><th scope="row"><code>${name}</code></th><td class="plain"><code>${value}</code></td></tr>\n`,
  )
  return html`${table(caption, [text('fact'), text('value')], rows)}
<p class="small">${text(`detail-${detail}`)}</p>`
}

function proofTable({ index, hashes, nodes }: ToldEntry, text: Say): Html {
  const caption = text('proof-caption', { file: `entries/${index}.tlog-proof` })
  const rows = nodes.map((node, step) => {
    // The first node is the leaf's own hash; each further one takes a hash of the proof in.
    const added = step === 0 ? undefined : hashes[step - 1]
    return html`<tr><th scope="row">${step}</th><td class="plain">${added ? html`<code>${added.toString('hex')}</code>` : text('proof-leaf')}</td><td class="plain"><code>${node.toString('hex')}</code></td></tr>\n`
  })
  return table(caption, [text('step'), text('step-takes'), text('step-gives')], rows)
}

const documentsSection = (
  documents: readonly string[],
  text: Say,
): Html => html`<section aria-labelledby="documents">
<h2 id="documents">${text('documents-title')}</h2>
<p>${text('documents')}</p>
<ul>
${documents.map((name) => html`<li><a href="documents/${name}">${name}</a></li>\n`)}</ul>
</section>`

function logSection(page: EvidencePage, text: Say): Html {
  const { told, language } = page
  const states = told.checkpoints.map(
    ({ size, at }) =>
      html`<li>${text('log-earlier', { size: number(language, size), at: when(page, at) })}</li>\n`,
  )
  return html`<section aria-labelledby="log">
<h2 id="log">${text('log-title')}</h2>
<p>${text('log-means', { size: number(language, told.size) })} <code>${told.root.toString('base64')}</code></p>
${states.length > 0 && html`<p>${text('log-earlier-means')}</p>\n<ul>\n${states}</ul>`}
</section>`
}

const table = (
  caption: string,
  heads: readonly string[],
  rows: readonly Html[],
): Html => html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
<table>
<caption>${caption}</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>
</div>`
