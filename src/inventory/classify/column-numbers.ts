import { type CountryCode, type MetadataJson, parsePhoneNumberFromString } from 'libphonenumber-js/core'
import everyCountry from 'libphonenumber-js/metadata.max'
import { stdnum } from 'stdnum'
import nationalNumbers from './words/national-numbers.json' with { type: 'json' }

/** Checks that only a column can pass: one number in ten satisfies some checksum by chance, thirty in thirty do not. */

interface NationalNumber {
  readonly shape: 'national-id' | 'tax-id'
  readonly pattern: RegExp
  /** What its form is like, where `9` is any digit and `A` any letter. */
  readonly form: RegExp
  readonly isValid: (value: string) => boolean
}

const validators = stdnum as unknown as Readonly<
  Record<string, Readonly<Record<string, { validate(value: string): { isValid: boolean } }>>>
>

/** stdnum says no with an Error, whose stack costs ten times what the check costs. */
function withoutStack<T>(act: () => T): T {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return act()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

const known: readonly NationalNumber[] = nationalNumbers.numbers.map(
  ({ country, validator, shape, pattern }) => ({
    shape: shape === 'tax-id' ? 'tax-id' : 'national-id',
    pattern: new RegExp(`^(?:${pattern})$`),
    form: new RegExp(`^(?:${formPattern(pattern)})$`),
    isValid: (value) =>
      withoutStack(() => validators[country]?.[validator]?.validate(value).isValid === true),
  }),
)

/** The pattern of such numbers' forms: `[1-478]\\d{4}2[AB]` → `[9]9{4}9[A]`. */
function formPattern(pattern: string): string {
  return pattern.replace(/\{[^}]*\}|\[[^\]]*\]|\\d|[A-Z\d]/g, (token) => {
    if (token.startsWith('{')) return token
    if (!token.startsWith('[')) return /[A-Z]/.test(token) ? 'A' : '9'
    const signs = `${token.includes('+') ? '+' : ''}${token.startsWith('[-') ? '-' : ''}`
    return `[${/\d/.test(token) ? '9' : ''}${/[A-Z]/.test(token) ? 'A' : ''}${signs}]`
  })
}

const formOf = (value: string): string => value.replace(/\d/g, '9').replace(/[A-Z]/g, 'A')

/** Which numbers a form leaves open: a column's values have few forms, and most forms are no country's. */
const openFor = new Map<string, readonly NationalNumber[]>()
const mostForms = 2_000
/** No national number is longer. */
const longestNumber = 20
const none: readonly NationalNumber[] = []

function numbersLike(value: string): readonly NationalNumber[] {
  if (value.length > longestNumber) return none
  const form = formOf(value)
  const remembered = openFor.get(form)
  if (remembered !== undefined) return remembered
  if (openFor.size >= mostForms) openFor.clear()
  const open = known.filter((number) => number.form.test(form))
  openFor.set(form, open)
  return open
}

/** How countries' phone numbers are written at home, digits alone: where all fit, the library is asked. Strict ones first. */
const phonesAtHome: readonly (readonly [CountryCode, RegExp])[] = [
  ['FR', /^0[1-9]\d{8}$/],
  ['GB', /^0[1-37-9]\d{8,9}$/],
  ['ES', /^[6-9]\d{8}$/],
  ['IT', /^(?:0\d{5,10}|3\d{8,9})$/],
  ['NL', /^0[1-9]\d{8}$/],
  ['PL', /^[1-9]\d{8}$/],
  ['PT', /^[239]\d{8}$/],
  ['US', /^1?[2-9]\d{9}$/],
  ['BR', /^0?[1-9]\d{9,10}$/],
  ['CH', /^0[2-9]\d{8}$/],
  ['BE', /^0[1-9]\d{7,8}$/],
  ['DE', /^0[1-9]\d{5,11}$/],
  ['AT', /^0[1-9]\d{3,12}$/],
  ['IE', /^0[1-9]\d{6,9}$/],
]
/** Asking a library takes ten to fifty microseconds a number; so many tell a column. */
const enough = 8
/** And so many, where they agree. */
const few = 3
const fewest = 4
const mostMisses = 0.15

/** Share of the values that one country's national or tax number explains; null where none explains (nearly) all. */
export function nationalNumber(
  values: readonly string[],
): { readonly shape: 'national-id' | 'tax-id'; readonly share: number } | null {
  if (values.length < fewest) return null
  const tellers = values.slice(0, 2 * enough)
  // One of the first few must be like one: most columns of digits end here.
  const first = tellers.slice(0, Math.floor(tellers.length * mostMisses) + 1).map(closeUp)
  if (!first.some((value) => isAmerican(value) || numbersLike(bareOf(value)).length > 0)) return null
  const written = tellers.map(closeUp)
  const bare = written.map(bareOf)
  const american = shareOf(written, isAmerican)
  if (american >= 1 - mostMisses) return { shape: 'national-id', share: american }
  const tried = bare.slice(0, enough)
  for (const { shape, pattern, isValid } of openForMost(bare)) {
    if (!areMost(bare, (value) => pattern.test(value))) continue
    const share = shareOfMost(tried, isValid)
    if (share > 0) return { shape, share }
  }
  return null
}

const closeUp = (value: string): string => value.toUpperCase().replace(/[\s./]/g, '')
const isAmerican = (value: string): boolean => /^(?!000|666|9)\d{3}-\d{2}-\d{4}$/.test(value)
/** 123-45-6789 is an American number only with its dashes; most others are written with or without. */
const bareOf = (value: string): string => (/^\d{6}[-+]\w{4}$/.test(value) ? value : value.replaceAll('-', ''))

/** Numbers that nearly all of the values may be: one of the first few must be of their form. */
function openForMost(values: readonly string[]): readonly NationalNumber[] {
  const first = values.slice(0, Math.floor(values.length * mostMisses) + 1)
  const [open = none, ...others] = new Set(first.map(numbersLike))
  return others.length === 0
    ? open
    : known.filter((number) => open.includes(number) || others.some((other) => other.includes(number)))
}

/** Ten to thirteen digits that begin with a birth day, months of later centuries counted on (PESEL: 81 to 92, 21 to 32). */
const bornNumber = /^\d\d(?:[02468][1-9]|[13579][0-2])(?:0[1-9]|[12]\d|3[01])[-+/]?\d{4,5}$/
const fewestBorn = 6
const leastBorn = 0.9

/** Share of the values that begin with somebody's birth day, where they are enough: one number in five does so by chance. */
export function bornShare(values: readonly string[]): number {
  if (values.length < fewestBorn) return 0
  const share = shareOfMost(values, (value) => bornNumber.test(value), 1 - leastBorn)
  if (share < leastBorn) return 0
  // The days of a year run on in the numbers of orders and parcels: people are born in any.
  const years = new Set(values.map((value) => value.slice(0, 2)))
  return years.size >= fewestBorn / 2 ? share : 0
}

/** Whether nearly all of the values are so: a few misses settle it, and most lists of numbers miss at once. */
const areMost = (values: readonly string[], is: (value: string) => boolean, share = mostMisses): boolean =>
  shareOfMost(values, is, share) > 0

/** Share of the values that are so, each asked once; 0 where those are not nearly all. */
function shareOfMost(values: readonly string[], is: (value: string) => boolean, share = mostMisses): number {
  // A hair more, as one tenth of ten is not quite one.
  const most = values.length * share + 1e-9
  let misses = 0
  return values.every((value) => is(value) || ++misses <= most) ? 1 - misses / values.length : 0
}

/** So few digits without a letter satisfy some country's check by chance. */
const fewestDigits = 11

/** Whether one value by itself is some country's national number beyond chance. */
export function isNationalNumber(value: string): boolean {
  if (/^(?!000|666|9)\d{3}-\d{2}-\d{4}$/.test(value)) return true
  const bare = value.toUpperCase().replace(/[\s./-]/g, '')
  const isLong = /[A-Z]/.test(bare) ? /\d{7}|^[A-Z]{6}\d\d/.test(bare) : bare.length >= fewestDigits
  return (
    isLong &&
    numbersLike(bare).some(
      ({ shape, pattern, isValid }) => shape === 'national-id' && pattern.test(bare) && isValid(bare),
    )
  )
}

/** Share of phone-like values that are valid numbers: international ones, or all of them in one country's spelling. */
export function phoneShare(values: readonly string[]): number {
  const first = shareOfPhones(values.slice(0, few))
  return values.length <= few || first === 0 || first === 1 ? first : shareOfPhones(values.slice(0, enough))
}

function shareOfPhones(tried: readonly string[]): number {
  if (tried.length === 0) return 0
  const isAbroad = (value: string) => /^(?:\+|00)/.test(value)
  const abroad = shareOf(tried, (value) => isAbroad(value) && isPhoneAbroad(value))
  const national = tried.filter((value) => !isAbroad(value) && isWrittenAsPhone(value))
  return abroad + (bestNationalShare(national) * national.length) / tried.length
}

function bestNationalShare(values: readonly string[]): number {
  const digits = values.map((value) => value.replace(/\D/g, ''))
  let best = 0
  for (const [country, pattern] of values.length === 0 ? [] : phonesAtHome) {
    const fit = values.filter((_, i) => pattern.test(digits[i] ?? ''))
    if (fit.length <= best * values.length) continue
    best = Math.max(best, phonesAmong(fit, country, best * values.length) / values.length)
    if (best > 1 - mostMisses) break
  }
  return best
}

/** How many are phone numbers of a country; 0 as soon as they cannot be more than others found. */
function phonesAmong(values: readonly string[], country: CountryCode, most: number): number {
  let found = 0
  for (const [i, value] of values.entries()) {
    if (found + values.length - i <= most) return 0
    if (isPhoneAtHome(value, country)) found++
  }
  return found
}

/** With a trunk zero, brackets or groups: a plain row of digits may be any number. */
const isWrittenAsPhone = (value: string): boolean =>
  /^\(?0\d/.test(value) || /^\(\d/.test(value) || /^\d{3}[-. ]\d{3}[-. ]\d{3,4}$/.test(value)

const numbering = everyCountry as unknown as MetadataJson
/**
 * Of each calling code the main country, and Canada: the library tries all that share one, twenty-five for `+1`, to tell
 * Jersey from England. That takes half the time of an answer, and says nothing of a column.
 */
const phones: MetadataJson = {
  ...numbering,
  country_calling_codes: Object.fromEntries(
    Object.entries(numbering.country_calling_codes).map(([code, [main, ...others]]) => [
      code,
      [main, ...others.filter((country) => country === 'CA')],
    ]),
  ) as MetadataJson['country_calling_codes'],
}

/** With its country's code, a number of the right length is nothing else. */
const isPhoneAbroad = (value: string): boolean =>
  parsePhoneNumberFromString(value.replace(/^00/, '+'), phones)?.isPossible() === true

const isPhoneAtHome = (value: string, defaultCountry: CountryCode): boolean =>
  parsePhoneNumberFromString(value, { defaultCountry, extract: false }, phones)?.isValid() === true

const shareOf = (values: readonly string[], is: (value: string) => boolean): number =>
  values.length === 0 ? 0 : values.filter(is).length / values.length
