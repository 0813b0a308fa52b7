import { type Html, html } from '../platform/html.ts'
import { type Language, say } from '../platform/texts.ts'
import { cellHtml, list, number } from './access-cell.ts'
import type { PackagedCollection, PackagedField, PackagedRow } from './access-contents.ts'

/** A browser shows this many rows without stumbling; the files have them all. */
const mostRows = 1_000
/** So few rows with so many fields read better one below the other. */
const fewRows = 3
const manyFields = 5
/** More columns than fit an upright sheet of paper. */
const wideFields = 7

interface Column {
  readonly field: PackagedField
  readonly place: number
  readonly isLong: boolean
}

/** One collection's records: the person's own first, then what other people's records say of them. */
export function recordsSection(collection: PackagedCollection, id: string, language: Language): Html {
  const own = collection.rows.filter(({ role }) => role !== 'party')
  const others = collection.rows.filter(({ role }) => role === 'party')
  const text = (key: string) => say(language, `requests.${key}`)
  return html`<section aria-labelledby="${id}">
<h4 id="${id}">${collection.name}</h4>
${own.some(({ role }) => role === 'shared') && html`<p>${text('package-shared')}</p>`}
${own.length > 0 && recordsHtml(collection, own, 'package-caption-own', language)}
${others.length > 0 && html`<p>${text('package-party')}</p>`}
${others.length > 0 && recordsHtml(collection, others, 'package-caption-party', language)}
</section>
`
}

function recordsHtml(
  collection: PackagedCollection,
  rows: readonly PackagedRow[],
  captionKey: string,
  language: Language,
): Html {
  const shown = rows.slice(0, mostRows)
  const columns = columnsOf(collection.fields, shown)
  const empty = collection.fields.filter(
    (_, place) =>
      !columns.some((column) => column.place === place) &&
      shown.some(({ cells }) => cells[place] !== undefined),
  )
  const caption = say(language, `requests.${captionKey}`, { number: number(language, rows.length) })
  const file = `${collection.path}.json`
  const isFew = shown.length <= fewRows && columns.length >= manyFields
  return html`${isFew ? shown.map((row, i) => oneRecord(columns, row, shown.length > 1 ? i + 1 : null, caption, file, language)) : columns.length > 0 && allRecords(columns, shown, caption, collection, language)}
${
  empty.length > 0 &&
  html`<p class="soft small">${say(language, 'requests.package-empty-fields', {
    fields: list(
      language,
      empty.map(({ name }) => name),
    ),
  })}</p>`
}
${rows.length > shown.length && html`<p>${say(language, 'requests.package-more-rows', { shown: number(language, shown.length), total: number(language, rows.length), file })}</p>`}`
}

/** Fields with a value in at least one of the rows. */
function columnsOf(fields: readonly PackagedField[], rows: readonly PackagedRow[]): readonly Column[] {
  return fields.flatMap((field, place) => {
    const cells = rows.map(({ cells }) => cells[place])
    if (!cells.some((cell) => cell != null && cell !== '')) return []
    return [{ field, place, isLong: cells.some((cell) => (cell?.length ?? 0) > 60) }]
  })
}

function oneRecord(
  columns: readonly Column[],
  row: PackagedRow,
  count: number | null,
  caption: string,
  file: string,
  language: Language,
): Html {
  const which = count === null ? '' : ` ${say(language, 'requests.package-record', { number: count })}`
  return html`<table class="record">
<caption>${caption}.${which}${sharedMark(row, language)}</caption>
<tbody>
${columns.map(({ field, place, isLong }) => html`<tr><th scope="row">${fieldHtml(field, language)}</th><td dir="auto" class="${isLong ? 'long' : ''}">${cellHtml(field, row.cells[place], language, file)}</td></tr>\n`)}</tbody>
</table>`
}

function allRecords(
  columns: readonly Column[],
  rows: readonly PackagedRow[],
  caption: string,
  { name, path }: PackagedCollection,
  language: Language,
): Html {
  const isNumber = ({ field }: Column) => field.kind === 'integer' || field.kind === 'decimal'
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${name}. ${caption}">
<table class="${columns.length > wideFields ? 'wide' : ''}">
<caption>${caption}</caption>
<thead><tr><th scope="col" class="number count">${say(language, 'requests.package-number')}</th>${columns.map((column) => html`<th scope="col" class="${isNumber(column) ? 'number' : ''}">${fieldHtml(column.field, language)}</th>`)}</tr></thead>
<tbody>
${rows.map((row, i) => html`<tr><th scope="row" class="number">${i + 1}${sharedMark(row, language)}</th>${columns.map((column) => html`<td dir="auto" class="${isNumber(column) ? 'number' : column.isLong ? 'long' : ''}">${cellHtml(column.field, row.cells[column.place], language, `${path}.json`)}</td>`)}</tr>\n`)}</tbody>
</table>
</div>`
}

const sharedMark = ({ role }: PackagedRow, language: Language): Html | false =>
  role === 'shared' && html` <span class="soft">${say(language, 'requests.package-shared-mark')}</span>`

/** What kind of data it is, in words, above the name the system gives it. */
function fieldHtml({ name, category }: PackagedField, language: Language): Html {
  if (category === null || category === 'none' || category === 'generic-id') return html`<code>${name}</code>`
  return html`${say(language, `requests.category-${category}`)} <code>${name}</code>`
}
