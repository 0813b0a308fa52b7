const markup = Symbol('markup')

/** Text that is safe to send as HTML: made by `html`, or vouched for with `raw`. Its string is the markup itself. */
export interface Html {
  readonly [markup]: string
  toString(): string
}

type Embedded = Html | string | number | null | undefined | false | readonly Embedded[]

/** Markup of the program's own, a stylesheet for instance. Never of its input. */
export const raw = (text: string): Html => ({ [markup]: text, toString: () => text })

/**
 * A template whose values are escaped: html`<td title="${title}">${cell}</td>`. Nested templates stay as they are, lists
 * are joined; null, undefined and false are nothing. Put quotes around attributes; never embed in <script> or <style>.
 */
export function html(strings: TemplateStringsArray, ...embedded: readonly Embedded[]): Html {
  let text = strings[0] ?? ''
  for (const [i, value] of embedded.entries()) text += toMarkup(value) + (strings[i + 1] ?? '')
  return raw(text)
}

function toMarkup(value: Embedded): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  if (isHtml(value)) return value[markup]
  return value.map(toMarkup).join('')
}

/** JSON from outside cannot forge a symbol, so what looks like Html was made here. */
const isHtml = (value: Html | readonly Embedded[]): value is Html => markup in value

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Safe between tags and inside quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => entities[char] ?? char)
