import { type Html, html } from '../platform/html.ts'
import { type Language, say } from '../platform/texts.ts'
import type { Certificate } from './certificate.ts'
import { list, longDate, number } from './in-words.ts'

type CertifiedSystem = Certificate['systems'][number]
type CertifiedCollection = CertifiedSystem['collections'][number]
type Kept = CertifiedCollection['kept'][number]

/** A state has a word, a sign and a colour; the word alone says all, on paper and to a screen reader. */
const marks: Readonly<Record<CertifiedSystem['state'], readonly [sign: string, style: string]>> = {
  'verified-absent': ['○', 'absent'],
  kept: ['◐', 'kept'],
  unreachable: ['?', 'unreachable'],
  residue: ['●', 'residue'],
}

/** What was done in one system, what stays and why, and what was found that should not be there. */
export function certifiedSystemSection(system: CertifiedSystem, id: string, language: Language): Html {
  const text = (key: string, params = {}) => say(language, `requests.certificate-${key}`, params)
  const [sign, style] = marks[system.state]
  const done = system.collections.filter(({ deleted, changed }) => deleted + changed.length > 0)
  const kept = system.collections.filter((one) => one.kept.length > 0)
  const isUntouched =
    done.length + kept.length + system.residue.length === 0 && system.state === 'verified-absent'
  return html`<section aria-labelledby="${id}">
<h3 id="${id}">${system.name} <span class="mark ${style}"><span aria-hidden="true">${sign}</span> ${say(language, `requests.state-${system.state}`)}</span></h3>
<p>${isUntouched ? text('nothing-held') : say(language, `requests.state-means-${system.state}`)}${system.problem !== null && html` ${text('problem')} <code>${system.problem}</code>`}</p>
${system.residue.length > 0 && residueTable(system, language)}
${done.length > 0 && doneTable(system.name, done, language)}
${kept.length > 0 && keptTable(system.name, kept, language)}
</section>
`
}

function doneTable(system: string, collections: readonly CertifiedCollection[], language: Language): Html {
  const text = (key: string, params = {}) => say(language, `requests.certificate-${key}`, params)
  const rows = collections.map(({ name, deleted, changed }) => {
    const changes = changed.map(
      ({ field, action, rows }) =>
        html`<li><code>${field}</code> ${text(`action-${action}`)} (${number(language, rows)})</li>`,
    )
    return html`<tr><th scope="row">${name}</th><td class="number">${number(language, deleted)}</td><td class="plain">${changes.length > 0 ? html`<ul>${changes}</ul>` : none}</td></tr>\n`
  })
  const heads = [
    html`<th scope="col">${text('collection')}</th>`,
    html`<th scope="col" class="number">${text('deleted')}</th>`,
    html`<th scope="col">${text('changed')}</th>`,
  ]
  return table(text('done-caption', { system }), heads, rows)
}

function keptTable(system: string, collections: readonly CertifiedCollection[], language: Language): Html {
  const text = (key: string, params = {}) => say(language, `requests.certificate-${key}`, params)
  const rows = collections.flatMap(({ name, kept }) =>
    keptTogether(kept).map(({ rows, fields, ground, article, ends }) => {
      const why = html`${say(language, `requests.ground-${ground}`)} <span class="soft">(${article})</span>`
      return html`<tr><th scope="row">${name}</th><td class="number">${number(language, rows)}</td><td class="plain">${codes(fields)}</td><td class="plain">${why}</td><td class="plain">${endText(ends, language)}</td></tr>\n`
    }),
  )
  const heads = [
    html`<th scope="col">${text('collection')}</th>`,
    html`<th scope="col" class="number">${text('rows')}</th>`,
    ...['kept', 'ground', 'until'].map((key) => html`<th scope="col">${text(key)}</th>`),
  ]
  return table(text('kept-caption', { system }), heads, rows)
}

interface KeptTogether extends Pick<Kept, 'rows' | 'fields' | 'ground' | 'article'> {
  readonly ends: readonly Kept['until'][]
}

/** Invoices of ten years are one line to a reader, though each ends on its own day. */
function keptTogether(kept: readonly Kept[]): readonly KeptTogether[] {
  const together = new Map<string, KeptTogether>()
  for (const { rows, fields, rule, ground, article, until } of kept) {
    const label = JSON.stringify([rule, ground, article, fields, until === null])
    const before = together.get(label)
    together.set(label, {
      rows: rows + (before?.rows ?? 0),
      fields,
      ground,
      article,
      ends: [...(before?.ends ?? []), until],
    })
  }
  return [...together.values()]
}

function endText(ends: readonly Kept['until'][], language: Language): string {
  const days = ends.filter((end) => end !== null).toSorted()
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return say(language, 'requests.certificate-until-open')
  if (first === last) return longDate(language, first)
  const range = { first: longDate(language, first), last: longDate(language, last) }
  return say(language, 'requests.certificate-until-range', range)
}

function residueTable({ name, residue }: CertifiedSystem, language: Language): Html {
  const text = (key: string, params = {}) => say(language, `requests.certificate-${key}`, params)
  const rows = residue.map(
    (one) =>
      html`<tr><th scope="row">${one.collection}</th><td class="plain"><code>${one.field}</code></td><td class="plain">${list(
        language,
        one.kinds.map((kind) => text(`kind-${kind}`)),
      )}</td><td class="number">${number(language, one.rows)}</td></tr>\n`,
  )
  const heads = [
    ...['collection', 'field', 'kinds'].map((key) => html`<th scope="col">${text(key)}</th>`),
    html`<th scope="col" class="number">${text('rows')}</th>`,
  ]
  return table(text('residue-caption', { system: name }), heads, rows)
}

/** What the second reader read, and what it did not: unknown is a state with a name. */
export function searchedTable(
  { systems }: NonNullable<Certificate['verification']>,
  language: Language,
): Html {
  const text = (key: string, params = {}) => say(language, `requests.certificate-${key}`, params)
  const rows = systems.map(({ name, searched, notSearched }) => {
    if (searched === null)
      return html`<tr><th scope="row">${name}</th><td class="plain" colspan="4">${text('not-searched-system')}</td></tr>\n`
    const skipped = notSearched.map(
      ({ collection, field, why }) =>
        html`<li><code>${collection}${field !== null && `.${field}`}</code>: ${text(`not-searched-${why}`)}</li>`,
    )
    const counts = [searched.collections, searched.fields, searched.rows].map(
      (count) => html`<td class="number">${number(language, count)}</td>`,
    )
    return html`<tr><th scope="row">${name}</th>${counts}<td class="plain">${skipped.length > 0 ? html`<ul>${skipped}</ul>` : text('everything-searched')}</td></tr>\n`
  })
  const heads = [
    html`<th scope="col">${text('system')}</th>`,
    ...['collections', 'fields', 'rows'].map(
      (key) => html`<th scope="col" class="number">${text(`searched-${key}`)}</th>`,
    ),
    html`<th scope="col">${text('not-searched')}</th>`,
  ]
  return table(text('verification-caption'), heads, rows)
}

const none = html`<span class="soft">–</span>`

const codes = (names: readonly string[]): Html =>
  html`${names.map((name, i) => html`${i > 0 && ', '}<code>${name}</code>`)}`

const table = (
  caption: string,
  heads: readonly Html[],
  rows: readonly Html[],
): Html => html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
<table>
<caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${rows}</tbody>
</table>
</div>`
