import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { stdnum } from 'stdnum'
import nationalNumbers from './words/national-numbers.json' with { type: 'json' }

/** Checks that only a column can pass: one number in ten satisfies some checksum by chance, thirty in thirty do not. */

interface NationalNumber {
  readonly shape: 'national-id' | 'tax-id'
  readonly pattern: RegExp
  readonly isValid: (value: string) => boolean
}

type Validators = Readonly<
  Record<string, Readonly<Record<string, { validate(value: string): { isValid: boolean } }>>>
>

const known: readonly NationalNumber[] = nationalNumbers.numbers.map(
  ({ country, validator, shape, pattern }) => ({
    shape: shape === 'tax-id' ? 'tax-id' : 'national-id',
    pattern: new RegExp(`^(?:${pattern})$`),
    isValid: (value) =>
      (stdnum as unknown as Validators)[country]?.[validator]?.validate(value).isValid === true,
  }),
)

/** Countries whose national spelling of a phone number is tried: those of the dictionaries, and their neighbours. */
const phoneCountries: readonly CountryCode[] = [
  'FR',
  'DE',
  'GB',
  'ES',
  'IT',
  'NL',
  'PL',
  'PT',
  'BE',
  'CH',
  'AT',
  'US',
  'BR',
  'IE',
]
/** Validating a number takes about ten microseconds; so many tell a column. */
const enough = 16
const fewest = 4
const mostMisses = 0.15

/** Share of the values that one country's national or tax number explains; null where none explains (nearly) all. */
export function nationalNumber(
  values: readonly string[],
): { readonly shape: 'national-id' | 'tax-id'; readonly share: number } | null {
  const written = values.slice(0, 2 * enough).map((value) => value.toUpperCase().replace(/[\s./]/g, ''))
  // 123-45-6789 is an American number only with its dashes; most others are written with or without.
  const bare = written.map((value) => (/^\d{6}[-+]\w{4}$/.test(value) ? value : value.replaceAll('-', '')))
  if (bare.length < fewest) return null
  const american = shareOf(written, (value) => /^(?!000|666|9)\d{3}-\d{2}-\d{4}$/.test(value))
  if (american >= 1 - mostMisses) return { shape: 'national-id', share: american }
  for (const { shape, pattern, isValid } of known) {
    if (shareOf(bare, (value) => pattern.test(value)) < 1 - mostMisses) continue
    const share = shareOf(bare.slice(0, enough), isValid)
    if (share >= 1 - mostMisses) return { shape, share }
  }
  return null
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
    known.some(
      ({ shape, pattern, isValid }) => shape === 'national-id' && pattern.test(bare) && isValid(bare),
    )
  )
}

/** Share of phone-like values that are valid numbers: international ones, or all of them in one country's spelling. */
export function phoneShare(values: readonly string[]): number {
  const tried = values.slice(0, enough)
  if (tried.length === 0) return 0
  const isAbroad = (value: string) => /^(?:\+|00)/.test(value)
  const abroad = shareOf(tried, (value) => isAbroad(value) && isPhone(value.replace(/^00/, '+')))
  const national = tried.filter((value) => !isAbroad(value) && isWrittenAsPhone(value))
  return abroad + (bestNationalShare(national) * national.length) / tried.length
}

function bestNationalShare(values: readonly string[]): number {
  let best = 0
  for (const country of values.length === 0 ? [] : phoneCountries) {
    best = Math.max(best, nationalShare(values, country))
    if (best > 1 - mostMisses) break
  }
  return best
}

function nationalShare(values: readonly string[], country: CountryCode): number {
  const first = values.slice(0, fewest)
  if (shareOf(first, (value) => isPhone(value, country)) < 0.5) return 0
  return shareOf(values, (value) => isPhone(value, country))
}

/** With a trunk zero, brackets or groups: a plain row of digits may be any number. */
const isWrittenAsPhone = (value: string): boolean =>
  /^\(?0\d/.test(value) || /^\(\d/.test(value) || /^\d{3}[-. ]\d{3}[-. ]\d{3,4}$/.test(value)

const isPhone = (value: string, country?: CountryCode): boolean =>
  parsePhoneNumberFromString(
    value,
    country === undefined ? {} : { defaultCountry: country, extract: false },
  )?.isValid() === true

const shareOf = (values: readonly string[], is: (value: string) => boolean): number =>
  values.length === 0 ? 0 : values.filter(is).length / values.length
