import { isValidIBAN } from 'ibantools'
import type { Cell } from '../../connectors/public.ts'
import type { Category } from '../data-map.ts'
import { isCardNumber } from './cell-shapes.ts'
import { isNationalNumber } from './column-numbers.ts'
import { foldText, splitWords } from './fold-text.ts'
import { givenNames, isGivenName } from './person-names.ts'
import { sensitiveSpans, sensitiveWords } from './sensitive-text.ts'
import { wordFilter } from './word-filter.ts'
import { foldedEntries } from './word-lists.ts'
import valueWords from './words/value-words.json' with { type: 'json' }

/** How often texts speak of each kind of data: spans, so that two names in one text count twice. */
export type Mentions = Readonly<Partial<Record<Category, number>>>

/** Longest piece of a text that is searched. */
const longestText = 4_000

interface Finder {
  readonly category: Category
  /** Fewer digits in the whole text, and it is not searched. */
  readonly digits: number
  /** Without it neither. */
  readonly sign: string
  readonly pattern: RegExp
  readonly is: (span: string) => boolean
}

// Every repetition is bounded, so that no text is slow. What one finder took the next does not see: an IBAN is no phone.
const finders: readonly Finder[] = [
  {
    category: 'bank-account',
    digits: 8,
    sign: '',
    pattern: /\b[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g,
    is: (span) => isValidIBAN(span.replaceAll(' ', '')),
  },
  { category: 'payment-card', digits: 13, sign: '', pattern: /\b\d(?:[ -]?\d){12,18}\b/g, is: isCardNumber },
  // A number that begins with `+` is no national one.
  { category: 'phone', digits: 8, sign: '+', pattern: /\+\d(?:[\s()./-]{0,2}\d){7,14}\b/g, is: isPhone },
  {
    category: 'national-id',
    digits: 7,
    sign: '',
    pattern: /\b[A-Z0-9](?:[ ./-]?[A-Z0-9]){7,17}\b/g,
    is: (span) => /\d{2}/.test(span) && isNationalNumber(span),
  },
  {
    category: 'ip-address',
    digits: 4,
    sign: '.',
    pattern: /\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b/g,
    is: () => true,
  },
  {
    category: 'phone',
    digits: 8,
    sign: '',
    pattern: /(?:\b0|\(0?)\d(?:[\s()./-]{0,2}\d){7,14}\b/g,
    is: isPhone,
  },
]

const salutations = new Set(foldedEntries(valueWords.salutations))
/** One or more words with capitals, small particles between them. */
const capitalised =
  /\p{Lu}[\p{L}'’-]{1,30}\.?(?: (?:(?:van|von|de|der|den|da|di|del|la|le|ten|ter|dos) ){0,2}\p{Lu}[\p{L}'’-]{0,30}\.?){0,4}/gu

/** What texts mention, counted per kind. Counts alone: no text and no span leaves this function. */
export function mentionsInText(cells: readonly Cell[]): Mentions {
  const counts = new Map<Category, number>()
  const count = (category: Category, times: number) =>
    counts.set(category, (counts.get(category) ?? 0) + times)
  for (const [text, times] of timesOf(cells))
    for (const category of mentionsIn(text.slice(0, longestText))) count(category, times)
  return Object.fromEntries([...counts].toSorted((a, b) => b[1] - a[1]))
}

/** Each text once, with how often it stands there: canned answers and remarks repeat. */
function timesOf(cells: readonly Cell[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  for (const cell of cells) if (cell !== null) times.set(cell, (times.get(cell) ?? 0) + 1)
  return times
}

/** One entry for every span. */
function mentionsIn(whole: string): readonly Category[] {
  const found: Category[] = []
  let text = withoutEmails(whole, () => found.push('email'))
  const written = digitsIn(text)
  for (const { category, digits, sign, pattern, is } of finders) {
    if (written < digits || !text.includes(sign)) continue
    text = text.replace(pattern, (span) => {
      if (!is(span)) return span
      found.push(category)
      return ' · '
    })
  }
  const spoken = spokenOf(text)
  const people = (spoken & ofPeople) === 0 ? 0 : peopleIn(text)
  for (let person = 0; person < people; person++) found.push('person-name')
  if ((spoken & ofSpecial) !== 0) found.push(...sensitiveSpans(splitWords(foldText(text))))
  return found
}

const ofPeople = 1
const ofSpecial = 2
const spokenOf = wordFilter([[...givenNames, ...salutations], sensitiveWords])

const domain = /^[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,4}/u
const longestLocal = 64
const longestDomain = 255

/** The text with addresses taken out. Looks around each `@` only: a pattern would try every letter before it. */
function withoutEmails(text: string, onEmail: () => void): string {
  let rest = ''
  let from = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at
    while (start > from && at - start < longestLocal && isLocalPart(text.charCodeAt(start - 1))) start--
    const host = start < at ? domain.exec(text.slice(at + 1, at + longestDomain))?.[0] : undefined
    if (host === undefined) continue
    onEmail()
    rest += `${text.slice(from, start)} · `
    from = at + 1 + host.length
  }
  return from === 0 ? text : rest + text.slice(from)
}

/** Letters, digits and `._%+-`. */
const isLocalPart = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  code > 191 ||
  code === 46 ||
  code === 95 ||
  code === 37 ||
  code === 43 ||
  code === 45

function digitsIn(text: string): number {
  let digits = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 48 && code <= 57) digits++
  }
  return digits
}

function isPhone(span: string): boolean {
  if (/^\d{1,2}[./-]\d{1,2}[./-]\d{4}$/.test(span)) return false
  const digits = span.replace(/\D/g, '')
  // Among the words of a text the length of an E.164 number says enough, and a library's answer takes fifty times as long.
  if (/^(?:\+|00)[1-9]/.test(span)) return digits.length >= 8 && digits.length <= 15
  return digits.length >= 9 && digits.length <= 12
}

/** Runs of capitals that a salutation opens, or a known given name: alone only in mid-sentence, where it is no first word. */
function peopleIn(text: string): number {
  let people = 0
  for (const { 0: run, index } of text.matchAll(capitalised)) {
    const words = splitWords(foldText(run))
    const known = words.findIndex(isGivenName)
    const opened = words.findIndex((word) => salutations.has(word))
    const begins = index === 0 || /[.!?\n:]\s*$/.test(text.slice(Math.max(0, index - 3), index))
    const isOpened = opened >= 0 && opened < words.length - 1
    if (isOpened || (known >= 0 && (words.length > known + 1 || !begins))) people++
  }
  return people
}
