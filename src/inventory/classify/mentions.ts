import { isValidIBAN } from 'ibantools'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { Cell } from '../../connectors/public.ts'
import type { Category } from '../data-map.ts'
import { isCardNumber } from './cell-shapes.ts'
import { isNationalNumber } from './column-numbers.ts'
import { foldText, splitWords } from './fold-text.ts'
import { isGivenName } from './person-names.ts'
import { sensitiveSpans } from './sensitive-text.ts'
import { foldedEntries } from './word-lists.ts'
import valueWords from './words/value-words.json' with { type: 'json' }

/** How often texts speak of each kind of data: spans, so that two names in one text count twice. */
export type Mentions = Readonly<Partial<Record<Category, number>>>

/** Longest piece of a text that is searched. */
const longestText = 4_000

interface Finder {
  readonly category: Category
  readonly pattern: RegExp
  readonly is: (span: string) => boolean
}

// Every repetition is bounded, so that no text is slow. What one finder took the next does not see: an IBAN is no phone.
const finders: readonly Finder[] = [
  {
    category: 'email',
    pattern: /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,4}/gu,
    is: () => true,
  },
  {
    category: 'bank-account',
    pattern: /\b[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g,
    is: (span) => isValidIBAN(span.replaceAll(' ', '')),
  },
  { category: 'payment-card', pattern: /\b\d(?:[ -]?\d){12,18}\b/g, is: isCardNumber },
  {
    category: 'national-id',
    pattern: /\b[A-Z0-9](?:[ ./-]?[A-Z0-9]){7,17}\b/g,
    is: (span) => /\d{2}/.test(span) && isNationalNumber(span),
  },
  {
    category: 'ip-address',
    pattern: /\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b/g,
    is: () => true,
  },
  { category: 'phone', pattern: /(?:\+|\b0|\(0?)\d(?:[\s()./-]{0,2}\d){7,14}\b/g, is: isPhone },
]

const salutations = new Set(foldedEntries(valueWords.salutations))
/** One or more words with capitals, small particles between them. */
const capitalised =
  /\p{Lu}[\p{L}'’-]{1,30}\.?(?: (?:(?:van|von|de|der|den|da|di|del|la|le|ten|ter|dos) ){0,2}\p{Lu}[\p{L}'’-]{0,30}\.?){0,4}/gu

/** What texts mention, counted per kind. Counts alone: no text and no span leaves this function. */
export function mentionsInText(cells: readonly Cell[]): Mentions {
  const counts = new Map<Category, number>()
  const count = (category: Category, times: number) => {
    if (times > 0) counts.set(category, (counts.get(category) ?? 0) + times)
  }
  for (const cell of cells) {
    if (cell === null || cell.trim() === '') continue
    let text = cell.slice(0, longestText)
    for (const { category, pattern, is } of finders)
      text = text.replace(pattern, (span) => {
        if (!is(span)) return span
        count(category, 1)
        return ' · '
      })
    count('person-name', peopleIn(text))
    for (const category of sensitiveSpans(splitWords(foldText(text)))) count(category, 1)
  }
  return Object.fromEntries([...counts].toSorted((a, b) => b[1] - a[1]))
}

function isPhone(span: string): boolean {
  if (/^\d{1,2}[./-]\d{1,2}[./-]\d{4}$/.test(span)) return false
  const digits = span.replace(/\D/g, '')
  if (/^(?:\+|00)/.test(span))
    return parsePhoneNumberFromString(span.replace(/^00/, '+'))?.isPossible() === true
  return digits.length >= 9 && digits.length <= 12
}

/** Runs of capitals that a salutation opens, or a known given name: alone only in mid-sentence, where it is no first word. */
function peopleIn(text: string): number {
  let people = 0
  for (const { 0: run, index } of text.matchAll(capitalised)) {
    const words = run.split(' ').map((word) => foldText(word.replace(/[.'’]+$/, '')))
    const known = words.findIndex(isGivenName)
    const opened = words.findIndex((word) => salutations.has(word))
    const begins = index === 0 || /[.!?\n:]\s*$/.test(text.slice(Math.max(0, index - 3), index))
    const isOpened = opened >= 0 && opened < words.length - 1
    if (isOpened || (known >= 0 && (words.length > known + 1 || !begins))) people++
  }
  return people
}
