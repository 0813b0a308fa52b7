import type { Cell } from '../connectors/public.ts'
import { type Html, html } from '../platform/html.ts'
import { type Language, say } from '../platform/texts.ts'
import type { PackagedField } from './access-contents.ts'
import { truthOf } from './access-values.ts'
import { longDate, number } from './in-words.ts'

/** Beyond this a text makes the page unreadable; the files have it whole. In UTF-16 units. */
const longestText = 4_000

/** What a cell looks like to a person. `file` is where they find what is too long, or not text. */
export function cellHtml(
  field: PackagedField,
  cell: Cell | undefined,
  language: Language,
  file: string,
): Html {
  if (cell === undefined) return html`<span class="soft">${say(language, 'requests.package-hidden')}</span>`
  if (cell === null || cell === '')
    return html`<span class="soft"><span aria-hidden="true">–</span><span class="hidden">${say(language, 'requests.package-empty')}</span></span>`
  if (field.kind === 'boolean') return html`${truthText(cell, language)}`
  if (field.kind === 'date' || field.kind === 'timestamp') return dateHtml(cell, language)
  if (field.kind === 'binary' && cell.startsWith('\\x')) {
    const bytes = number(language, (cell.length - 2) / 2)
    return html`<span class="soft">${say(language, 'requests.package-binary', { bytes, file })}</span>`
  }
  return textHtml(cell, language, file)
}

function truthText(cell: string, language: Language): string {
  const truth = truthOf(cell)
  return truth === null
    ? visible(cell)
    : say(language, truth ? 'requests.package-yes' : 'requests.package-no')
}

/** The day in words; the time and its zone stay as the system prints them. */
function dateHtml(cell: string, language: Language): Html {
  const [, day, time = ''] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d.*))?$/.exec(cell) ?? []
  if (day === undefined || Number.isNaN(Date.parse(day))) return html`${visible(cell)}`
  return html`<time datetime="${day}">${longDate(language, day)}</time> ${visible(time)}`
}

function textHtml(cell: string, language: Language, file: string): Html {
  if (cell.length <= longestText) return html`${visible(cell)}`
  const cut = cell.slice(0, longestText).replace(/[\ud800-\udbff]$/, '')
  const rest = say(language, 'requests.package-cut', { length: number(language, cell.length), file })
  return html`${visible(cut)}… <span class="soft">${rest}</span>`
}

/** Characters that print nothing, or that HTML forbids, become a visible sign; line ends and tabs stay. */
const visible = (text: string): string =>
  text.toWellFormed().replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]/g, '\ufffd')
