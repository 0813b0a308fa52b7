import type { Retention } from '../inventory/public.ts'
import { type Html, html } from '../platform/html.ts'
import { type Language, say } from '../platform/texts.ts'
import {
  type AccessContents,
  isTelling,
  type PackagedCollection,
  type PackagedKeep,
} from './access-contents.ts'
import { recordsSection } from './access-records.ts'
import { pageFoot, pageHead } from './document-page.ts'
import { inUnits, list, longDate, number, words, years } from './in-words.ts'

export interface AccessPageInput {
  readonly contents: AccessContents
  readonly language: Language
  readonly requestId: string
  readonly createdAt: Date
  readonly controllerNames: readonly string[]
  /** ISO 3166-1 alpha-2: whose data protection authority is named. */
  readonly country: string | undefined
}

type Say = (key: string, params?: Readonly<Record<string, string | number>>) => string

/** The readable part of an access package (Art. 15, ACC-01), in pieces that can be written as they come. */
export function* accessPage(input: AccessPageInput): Generator<Html> {
  const { contents, language, controllerNames } = input
  const controllers =
    controllerNames.length > 0
      ? list(language, controllerNames)
      : say(language, 'requests.package-controllers-unknown')
  const text: Say = (key, params) => say(language, `requests.package-${key}`, { controllers, ...params })
  yield pageHead(language, text('title'))
  yield html`<h1>${text('title')}</h1>
<p class="lead">${text('intro', { date: longDate(language, input.createdAt) })}</p>
<p class="soft small">${text('request', { request: input.requestId })}</p>
${unreachableNotice(contents, text)}
${contentsList(text, contents.collections.length > 0)}
`
  yield overview(contents, language, text)
  if (contents.collections.length > 0) {
    yield reasons(contents, language, text)
    yield* records(contents, language, text)
  }
  yield notHere(contents, text)
  yield rights(text, input.country)
  yield files(contents, text)
  yield pageFoot
}

/** First of all: a person must not take a part for the whole. */
const unreachableNotice = ({ unreachable }: AccessContents, text: Say): Html | false =>
  unreachable.length > 0 &&
  html`<section class="notice" aria-labelledby="incomplete">
<h2 id="incomplete">${text('incomplete-title')}</h2>
<p>${text('incomplete')}</p>
<ul>${unreachable.map(({ system }) => html`<li>${system}</li>`)}</ul>
</section>`

function contentsList(text: Say, hasData: boolean): Html {
  const sections = hasData
    ? ['overview', 'reasons', 'data', 'not-here', 'rights', 'files']
    : ['overview', 'not-here', 'rights', 'files']
  return html`<nav aria-label="${text('contents')}"><ul>${sections.map((id) => html`<li><a href="#${id}">${text(`${id}-title`)}</a></li>`)}</ul></nav>`
}

function overview({ collections, nothingFound }: AccessContents, language: Language, text: Say): Html {
  const categories = (one: PackagedCollection) => {
    const telling = new Set(one.fields.map(({ category }) => category).filter(isTelling))
    return [...telling].map((category) => say(language, `requests.category-${category}`)).join(' · ')
  }
  return html`<section aria-labelledby="overview">
<h2 id="overview">${text('overview-title')}</h2>
${
  collections.length === 0
    ? html`<p>${text('nothing-at-all')}</p>`
    : html`<div class="scroll" role="region" tabindex="0" aria-label="${text('overview-title')}">
<table>
<caption>${text('overview-caption')}</caption>
<thead><tr><th scope="col">${text('system')}</th><th scope="col">${text('collection')}</th><th scope="col" class="number">${text('records')}</th><th scope="col">${text('categories')}</th></tr></thead>
<tbody>
${collections.map((one, i) => html`<tr><td>${one.system}</td><th scope="row"><a href="#c${i + 1}">${one.name}</a></th><td class="number">${number(language, one.rows.length)}</td><td class="plain">${categories(one)}</td></tr>\n`)}</tbody>
</table>
</div>`
}
${nothingFound.length > 0 && html`<p>${text('nothing-found', { systems: list(language, nothingFound) })}</p>`}
</section>
`
}

function reasons({ collections }: AccessContents, language: Language, text: Say): Html {
  return html`<section aria-labelledby="reasons">
<h2 id="reasons">${text('reasons-title')}</h2>
<div class="scroll" role="region" tabindex="0" aria-label="${text('reasons-title')}">
<table>
<caption>${text('reasons-caption')}</caption>
<thead><tr><th scope="col">${text('collection')}</th><th scope="col">${text('purpose')}</th><th scope="col">${text('period')}</th></tr></thead>
<tbody>
${collections.map((one) => html`<tr><th scope="row">${one.name} <span class="soft">(${one.system})</span></th><td class="plain">${purposes(one, language, text)}</td><td class="plain">${periods(one, language, text)}</td></tr>\n`)}</tbody>
</table>
</div>
</section>
`
}

function purposes({ purposes }: PackagedCollection, language: Language, text: Say): Html {
  if (purposes.length === 0) return html`<span class="soft">${text('no-purpose')}</span>`
  const lines = purposes.map(({ name, basis, article, description }) => {
    const ground = say(language, `requests.basis-${basis}`)
    return html`<li>${words(name)}: ${ground}${article !== undefined && html` <span class="soft">(${article})</span>`}${description !== undefined && html`<br><span dir="auto">${description}</span>`}</li>`
  })
  return html`<ul>${lines}</ul>`
}

/** How long, or what decides it (Art. 15(1)(d)): a purpose's own term, then what the law keeps after it. */
function periods({ keep, purposes }: PackagedCollection, language: Language, text: Say): Html {
  const terms = purposes.flatMap(({ name, retention }) =>
    retention
      ? [html`<li>${words(name)}: <span dir="auto">${term(retention, language, text)}</span></li>`]
      : [],
  )
  const kept = keep.map(
    (one) => html`<li>${period(one, language, text)} <span class="soft">(${one.article})</span></li>`,
  )
  if (terms.length + kept.length === 0) return html`<span class="soft">${text('no-period')}</span>`
  return html`<ul>${terms}${kept}</ul>`
}

function term(retention: Retention, language: Language, text: Say): string {
  const { years: inYears, months, days, from, until } = retention
  const parts = [
    ...(inYears === undefined ? [] : [inUnits(language, inYears, 'year')]),
    ...(months === undefined ? [] : [inUnits(language, months, 'month')]),
    ...(days === undefined ? [] : [inUnits(language, days, 'day')]),
  ]
  if (parts.length === 0) return text('term-until', { event: until ?? '' })
  const time = list(language, parts)
  return from === undefined ? text('term', { time }) : text('term-from', { time, event: from })
}

function period(keep: PackagedKeep, language: Language, text: Say): string {
  const time =
    keep.years !== null && keep.from !== null
      ? text('keep-years', { years: years(language, keep.years), from: keep.from })
      : text('keep-while', { rule: words(keep.rule) })
  const ground = say(language, `requests.ground-${keep.ground}`)
  const because = keep.neededBy === null ? '' : text('keep-needed-by', { collection: keep.neededBy })
  const fields = list(language, keep.fields)
  return text('keep', { fields, time, ground, because })
}

function* records({ collections }: AccessContents, language: Language, text: Say): Generator<Html> {
  yield html`<section aria-labelledby="data">
<h2 id="data">${text('data-title')}</h2>
<p>${text('data-intro')}</p>
`
  let system: string | null = null
  for (const [i, collection] of collections.entries()) {
    if (collection.system !== system) yield html`<h3>${collection.system}</h3>\n`
    system = collection.system
    yield recordsSection(collection, `c${i + 1}`, language)
  }
  yield html`</section>\n`
}

/** What is missing and why (ACC-05), and what Art. 15(1) owes the person besides the copy. */
function notHere({ leftOut, mentions, uncertain }: AccessContents, text: Say): Html {
  const lines = leftOut.map(
    ({ system, collection, field, reason, why }) =>
      html`<li><code>${field}</code> (${system}, ${collection}): ${text(`left-out-${reason}`)} ${why !== null && html`<span dir="auto">${why}</span>`}</li>\n`,
  )
  return html`<section aria-labelledby="not-here">
<h2 id="not-here">${text('not-here-title')}</h2>
${lines.length > 0 && html`<p>${text('left-out')}</p>\n<ul>${lines}</ul>`}
${mentions.length > 0 && html`<p>${text('mentions')}</p>`}
${uncertain && html`<p>${text('uncertain')}</p>`}
<p>${text('particulars')}</p>
</section>
`
}

/** Authorities whose address has its own sentence. */
const authorities = new Set(['FR', 'GB'])

function rights(text: Say, country: string | undefined): Html {
  const items = ['rectification', 'erasure', 'restriction', 'objection', 'portability', 'withdrawal']
  return html`<section aria-labelledby="rights">
<h2 id="rights">${text('rights-title')}</h2>
<p>${text('rights')}</p>
<ul>
${items.map((item) => html`<li>${text(`right-${item}`)}</li>\n`)}</ul>
<h3>${text('complaint-title')}</h3>
<p>${text('complaint')} ${text(country !== undefined && authorities.has(country) ? `complaint-${country}` : 'complaint-any')}</p>
</section>
`
}

const files = ({ collections }: AccessContents, text: Say): Html => html`<section aria-labelledby="files">
<h2 id="files">${text('files-title')}</h2>
<p>${text('files')}</p>
${
  collections.length > 0 &&
  html`<ul>
${collections.map(({ system, name, path }) => html`<li>${name} <span class="soft">(${system})</span>: <a href="${path}.json">JSON</a>, <a href="${path}.csv">CSV</a></li>\n`)}</ul>`
}
<p>${text('manifest')} <a href="manifest.json">manifest.json</a></p>
</section>
`
