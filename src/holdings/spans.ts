import type { Identifier } from './holdings.ts'
import { fold, foldSpelledOut, nameForms } from './name-forms.ts'

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

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Where the terms stand in a text, merged and in order. Linear patterns only: texts come from strangers. */
export function spansOf(text: string, terms: readonly Term[]): readonly Span[] {
  let readings: readonly Folded[] | undefined
  const spans = terms.flatMap((term) => {
    if (term.beside && spansOf(text, term.beside).length === 0) return []
    if (term.kind === 'name') {
      readings ??= readingsOf(text)
      return nameSpans(text, readings, term)
    }
    if (!mayHold(text, term)) return []
    return [...text.matchAll(patternOf(term))].map(
      (match): Span => [match.index, match.index + match[0].length],
    )
  })
  return merge(spans)
}

/** What its pattern asks of a text in any case, and most texts do not have. */
const mayHold = (text: string, { kind }: Term): boolean =>
  kind === 'email' ? text.includes('@') || text.includes('%40') : kind !== 'phone' || /\d/.test(text)

/** A term is looked for in one text after the other: its patterns are made once. */
const patterns = new WeakMap<Term, RegExp>()
const patternsOfNames = new WeakMap<Term, readonly NamePattern[]>()

function patternOf(term: Term): RegExp {
  const pattern = patterns.get(term) ?? identifierPattern(term)
  patterns.set(term, pattern)
  return pattern
}

/** An identifier stands alone, not inside a longer one. */
function identifierPattern(term: Term): RegExp {
  const { value } = term
  if (term.kind === 'email') return emailPattern(term)
  if (term.kind === 'phone') {
    const national = value.replace(/\D/g, '').slice(-9)
    const digits = [...national].join('[ .()/\\u00a0\\u202f-]{0,3}')
    return new RegExp(`(?<!\\d)(?:\\+|00)?(?:\\d{1,4}[ .()/\\u00a0\\u202f-]{0,3})?${digits}(?!\\d)`, 'gu')
  }
  const spaced = [...value]
    .map(escapeRegExp)
    .join(term.kind === 'bank-account' || term.kind === 'national-id' ? '[ .-]?' : '')
  return new RegExp(`(?<![\\p{L}\\p{N}])${spaced}(?![\\p{L}\\p{N}])`, 'giu')
}

/** As it stands, or as a web address writes it; an alias has a part behind a plus sign that its owner made up (RFC 5233). */
function emailPattern({ value, isAlias }: Term): RegExp {
  const [local = '', domain = ''] = value.split('@').map(escapeRegExp)
  const between = `${isAlias ? '(?:\\+|%2b)[\\w.+-]{1,64}' : ''}(?:@|%40)`
  const start = '(?:(?<![\\w.%+-])|(?<=%[0-9a-f]{2}))'
  return new RegExp(`${start}${local}${between}${domain}(?![\\w-]|\\.\\w)`, 'giu')
}

/** Whether a text is read a second time, with its umlauts spelled out. */
export const hasUmlaut = (text: string): boolean => /[äöüåø]/i.test(text)

/** A full name in any case and spelling, first name before or after the last. */
function nameSpans(text: string, readings: readonly Folded[], term: Term): readonly Span[] {
  const named = patternsOfNames.get(term) ?? nameForms(term.value).flatMap(namePatterns)
  patternsOfNames.set(term, named)
  return named.flatMap(({ word, pattern }) =>
    readings.flatMap((reading) =>
      reading.text.includes(word) ? spansOfPattern(text, reading, pattern) : [],
    ),
  )
}

function readingsOf(text: string): readonly Folded[] {
  const readings = [foldWithPlaces(text, fold)]
  if (hasUmlaut(text)) readings.push(foldWithPlaces(text, foldSpelledOut))
  return readings
}

/** The words of a name, and the same with its first word last. */
export function orders(name: string): readonly (readonly string[])[] {
  const words = name.split(/\s+/)
  return [words, [...words.slice(1), words[0] ?? '']]
}

interface NamePattern {
  readonly pattern: RegExp
  /** One of its words: a text without it needs no closer look. */
  readonly word: string
}

const namePatterns = (form: string): readonly NamePattern[] =>
  orders(form).map((order) => ({
    pattern: new RegExp(
      `(?<![\\p{L}\\p{N}])${order.map(escapeRegExp).join('[\\s,.]{1,3}')}(?![\\p{L}\\p{N}])`,
      'gu',
    ),
    word: order.reduce((longest, one) => (one.length > longest.length ? one : longest), ''),
  }))

const spansOfPattern = (text: string, folded: Folded, pattern: RegExp): readonly Span[] =>
  [...folded.text.matchAll(pattern)].map(
    (match): Span => [
      folded.places[match.index] ?? 0,
      folded.places[match.index + match[0].length] ?? text.length,
    ],
  )

/** A folded text, and for each of its units where it came from. */
interface Folded {
  readonly text: string
  readonly places: readonly number[]
}

function foldWithPlaces(text: string, foldLetter: (letter: string) => string): Folded {
  const places: number[] = []
  let folded = ''
  let place = 0
  for (const character of text) {
    const piece = foldLetter(character)
    for (let i = 0; i < piece.length; i += 1) places.push(place)
    folded += piece
    place += character.length
  }
  places.push(text.length)
  return { text: folded, places }
}

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
