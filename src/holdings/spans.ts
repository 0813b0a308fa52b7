import type { Identifier } from './holdings.ts'
import { spansOfIdentifier } from './spans-of-identifier.ts'
import { spansOfName } from './spans-of-name.ts'
import { asRead, type TextAsRead } from './text-as-read.ts'

/** Something that names the person inside a text; with `beside`, only in a text that holds one of those too. */
export interface Term {
  readonly kind: Identifier['kind'] | 'name'
  readonly value: string
  readonly beside?: readonly Term[]
  /** An e-mail address with anything after a plus sign: in a text it is the person's, as an identifier it may be another's. */
  readonly isAlias?: true
}

/** Half-open ranges of UTF-16 units. */
export type Span = readonly [start: number, end: number]

/** Put in place of a name or an identifier inside somebody else's text. */
export const redactionMark = '[erased]'

/** Where the terms stand in a text, merged and in order. In linear time: texts come from strangers. */
export const spansOf = (text: string, terms: readonly Term[]): readonly Span[] =>
  merge(spansIn(asRead(text), terms))

const spansIn = (text: TextAsRead, terms: readonly Term[]): readonly Span[] =>
  terms.flatMap((term) => {
    if (term.beside && spansIn(text, term.beside).length === 0) return []
    return term.kind === 'name' ? spansOfName(text, term) : spansOfIdentifier(text, term)
  })

function merge(spans: readonly Span[]): readonly Span[] {
  const merged: [number, number][] = []
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  return merged
}

/** The text with every span replaced; `maxLength` in characters, null for none. */
export function redact(text: string, spans: readonly Span[], maxLength: number | null): string {
  let out = ''
  let from = 0
  for (const [start, end] of spans) {
    out += text.slice(from, start) + redactionMark
    from = end
  }
  out += text.slice(from)
  if (maxLength === null || [...out].length <= maxLength) return out
  // The mark may be longer than what it hides: then a single character stands for it, which always fits.
  return spans.reduceRight((result, [start, end]) => `${result.slice(0, start)}…${result.slice(end)}`, text)
}
