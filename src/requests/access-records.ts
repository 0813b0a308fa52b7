import type { Cell } from '../connectors/public.ts'
import { type Html, html } from '../platform/html.ts'
import { type Language, say } from '../platform/texts.ts'
import { cellHtml } from './access-cell.ts'
import {
  isTelling,
  type PackagedCollection,
  type PackagedField,
  type PackagedRow,
} from './access-contents.ts'
import { list, number } from './in-words.ts'

/** A browser shows this many rows without stumbling; the files have them all. */
const mostRows = 1_000
/** So few rows with so many fields read better one below the other. */
const fewRows = 3
const manyFields = 5
/** More columns than fit an upright sheet of paper. */
const wideFields = 7

type Say = (key: string, params?: Readonly<Record<string, string | number>>) => string

interface Column {
  readonly field: PackagedField
  /** Its place among the cells. */
  readonly place: number
  readonly style: 'number' | 'long' | null
}

/** How some rows of a collection are to be shown. */
interface View {
  readonly columns: readonly Column[]
  readonly caption: string
  readonly file: string
  readonly language: Language
  readonly text: Say
}

/** One collection's records: the person's own first, then what other people's records say of them. */
export function recordsSection(collection: PackagedCollection, id: string, language: Language): Html {
  const own = collection.rows.filter(({ role }) => role !== 'party')
  const others = collection.rows.filter(({ role }) => role === 'party')
  const text = (key: string) => say(language, `requests.package-${key}`)
  return html`<section aria-labelledby="${id}">
<h4 id="${id}">${collection.name}</h4>
${own.some(({ role }) => role === 'shared') && html`<p>${text('shared')}</p>`}
${own.length > 0 && recordsHtml(collection, own, 'caption-own', language)}
${others.length > 0 && html`<p>${text('party')}</p>`}
${others.length > 0 && recordsHtml(collection, others, 'caption-party', language)}
</section>
`
}

function recordsHtml(
  collection: PackagedCollection,
  rows: readonly PackagedRow[],
  captionKey: string,
  language: Language,
): Html {
  const text: Say = (key, params) => say(language, `requests.package-${key}`, params)
  const shown = rows.slice(0, mostRows)
  const columns = columnsOf(collection.fields, shown)
  const view: View = {
    columns,
    caption: text(captionKey, { number: number(language, rows.length) }),
    file: `${collection.path}.json`,
    language,
    text,
  }
  const isFew = shown.length <= fewRows && columns.length >= manyFields
  const empty = emptyFields(collection.fields, shown)
  const counts = {
    shown: number(language, shown.length),
    total: number(language, rows.length),
    file: view.file,
  }
  return html`${columns.length > 0 && (isFew ? oneByOne(view, shown) : allAtOnce(view, shown, collection.name))}
${empty.length > 0 && html`<p class="soft small">${text('empty-fields', { fields: list(language, empty) })}</p>`}
${rows.length > shown.length && html`<p>${text('more-rows', counts)}</p>`}`
}

const hasValue = (cell: Cell | undefined): cell is string => cell != null && cell !== ''

/** Fields with a value in at least one of the rows. */
const columnsOf = (fields: readonly PackagedField[], rows: readonly PackagedRow[]): readonly Column[] =>
  fields.flatMap((field, place) => {
    const values = rows.map(({ cells }) => cells[place]).filter(hasValue)
    if (values.length === 0) return []
    const isNumber = field.kind === 'integer' || field.kind === 'decimal'
    return [
      { field, place, style: isNumber ? 'number' : values.some(({ length }) => length > 60) ? 'long' : null },
    ]
  })

/** Names of fields that are the person's and hold nothing in any of the rows. */
const emptyFields = (fields: readonly PackagedField[], rows: readonly PackagedRow[]): readonly string[] =>
  fields.flatMap(({ name }, place) => {
    const cells = rows.map((row) => row.cells[place])
    return cells.some(hasValue) || cells.every((cell) => cell === undefined) ? [] : [name]
  })

const oneByOne = (
  { columns, caption, file, language, text }: View,
  rows: readonly PackagedRow[],
): readonly Html[] =>
  rows.map(
    (row, i) => html`<table class="record">
<caption>${caption}${rows.length > 1 && `. ${text('record', { number: i + 1 })}`}${sharedMark(row, text)}</caption>
<tbody>
${columns.map(
  ({ field, place, style }) =>
    html`<tr><th scope="row">${fieldHtml(field, language)}</th><td dir="auto"${classed(style === 'long' && style)}>${cellHtml(field, row.cells[place], language, file)}</td></tr>\n`,
)}</tbody>
</table>`,
  )

function allAtOnce(view: View, rows: readonly PackagedRow[], name: string): Html {
  const { columns, caption, file, language, text } = view
  const heads = columns.map(
    ({ field, style }) =>
      html`<th scope="col"${classed(style === 'number' && style)}>${fieldHtml(field, language)}</th>`,
  )
  const cells = (row: PackagedRow) =>
    columns.map(
      ({ field, place, style }) =>
        html`<td dir="auto"${classed(style)}>${cellHtml(field, row.cells[place], language, file)}</td>`,
    )
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${name}. ${caption}">
<table${classed(columns.length > wideFields && 'wide')}>
<caption>${caption}</caption>
<thead><tr><th scope="col" class="number count">${text('number')}</th>${heads}</tr></thead>
<tbody>
${rows.map((row, i) => html`<tr><th scope="row" class="number">${i + 1}${sharedMark(row, text)}</th>${cells(row)}</tr>\n`)}</tbody>
</table>
</div>`
}

const classed = (name: string | false | null): Html | false =>
  typeof name === 'string' && html` class="${name}"`

const sharedMark = ({ role }: PackagedRow, text: Say): Html | false =>
  role === 'shared' && html` <span class="soft">${text('shared-mark')}</span>`

/** What kind of data it is, in words, above the name the system gives it. */
const fieldHtml = ({ name, category }: PackagedField, language: Language): Html =>
  isTelling(category)
    ? html`${say(language, `requests.category-${category}`)} <code>${name}</code>`
    : html`<code>${name}</code>`
