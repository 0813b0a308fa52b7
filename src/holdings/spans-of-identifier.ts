import { oneCase } from './one-case.ts'
import type { Span, Term } from './spans.ts'
import type { TextAsRead } from './text-as-read.ts'

/** An identifier stands alone, not inside a longer one. */
export function spansOfIdentifier(text: TextAsRead, term: Term): readonly Span[] {
  if (term.kind === 'email') return spansOfAddress(text, term)
  if (term.kind === 'phone') return spansOfPhone(text, term)
  return term.kind === 'bank-account' || term.kind === 'national-id'
    ? spansOfGrouped(text, term)
    : spansOfWord(text, term)
}

const isAt = (pattern: RegExp, text: string, place: number): boolean =>
  endAt(pattern, text, place) !== undefined

function endAt(pattern: RegExp, text: string, place: number): number | undefined {
  pattern.lastIndex = place
  return pattern.test(text) ? pattern.lastIndex : undefined
}

/** Wherever a text of one case holds what one begins with, as far as `end` says that it is one. */
function spansFrom({ cased }: TextAsRead, beginning: string, end: (start: number) => number | undefined) {
  const spans: Span[] = []
  for (let from = 0; from <= cased.length; ) {
    const start = cased.indexOf(beginning, from)
    if (start < 0) break
    const found = end(start)
    if (found !== undefined) spans.push([start, found])
    from = Math.max(found ?? 0, start + 1)
  }
  return spans
}

const [beforeWord, afterWord] = [/(?<![\p{L}\p{N}])/iuy, /(?![\p{L}\p{N}])/iuy]

function spansOfWord(read: TextAsRead, { value }: Term): readonly Span[] {
  const word = oneCase(value)
  return spansFrom(read, word, (start) =>
    isAt(beforeWord, read.text, start) && isAt(afterWord, read.text, start + word.length)
      ? start + word.length
      : undefined,
  )
}

const [beforeAddress, afterAddress] = [/(?:(?<![\w.%+-])|(?<=%[0-9a-f]{2}))/iuy, /(?![\w-]|\.\w)/iuy]
const at = /@|%40/y
/** What its owner made up behind a plus sign (RFC 5233). */
const aliasAt = /(?:\+|%2b)[\w.+-]{1,64}(?:@|%40)/iuy

/** As it stands, or as a web address writes it. */
function spansOfAddress(read: TextAsRead, { value, isAlias }: Term): readonly Span[] {
  const [local = '', domain = ''] = oneCase(value).split('@')
  if (!read.cased.includes(domain)) return []
  const { text, cased } = read
  return spansFrom(read, local, (start) => {
    if (!isAt(beforeAddress, text, start)) return undefined
    const border = endAt(isAlias ? aliasAt : at, text, start + local.length)
    if (border === undefined || !cased.startsWith(domain, border)) return undefined
    const end = border + domain.length
    return isAt(afterAddress, text, end) ? end : undefined
  })
}

/** A term is looked for in one text after the other: where its digits or letters stand its pattern is made, and once. */
const patterns = new WeakMap<Term, RegExp>()

function spansOfPattern(text: string, term: Term, make: () => RegExp): readonly Span[] {
  const pattern = patterns.get(term) ?? make()
  patterns.set(term, pattern)
  return [...text.matchAll(pattern)].map((match): Span => [match.index, match.index + match[0].length])
}

const between = '[ .()/\\u00a0\\u202f-]{0,3}'

function spansOfPhone({ text, digits }: TextAsRead, term: Term): readonly Span[] {
  const national = term.value.replace(/\D/g, '').slice(-9)
  if (digits === '' || !digits.includes(national)) return []
  return spansOfPattern(text, term, () => {
    const grouped = [...national].join(between)
    return new RegExp(`(?<!\\d)(?:\\+|00)?(?:\\d{1,4}${between})?${grouped}(?!\\d)`, 'gu')
  })
}

/** An account or a national number, however grouped. */
function spansOfGrouped({ text, cased }: TextAsRead, term: Term): readonly Span[] {
  if (!joined(cased).includes(joined(oneCase(term.value)))) return []
  return spansOfPattern(text, term, () => {
    const grouped = [...term.value].map(escapeRegExp).join('[ .-]?')
    return new RegExp(`(?<![\\p{L}\\p{N}])${grouped}(?![\\p{L}\\p{N}])`, 'giu')
  })
}

const joined = (text: string): string => text.replace(/[ .-]+/g, '')
const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
