import { isIPv4, isIPv6 } from 'node:net'
import { isValidIBAN } from 'ibantools'
import { detectorsOf, foundBy, type Made, type Traits } from './cell-traits.ts'
import { phraseAt } from './fold-text.ts'
import { isPersonName } from './person-names.ts'
import { isCity, isCountryCode, isCountryName } from './places.ts'
import { foldedEntries } from './word-lists.ts'
import valueWords from './words/value-words.json' with { type: 'json' }

/** What one value looks like by itself. */
export type CellShape =
  | 'email'
  | 'phone-like'
  | 'ip'
  | 'mac'
  | 'imei'
  | 'user-agent'
  | 'uuid'
  | 'iban'
  | 'card'
  | 'masked-card'
  | 'person-name'
  | 'city'
  | 'country'
  | 'country-code'
  | 'street'
  | 'postcode'
  | 'date'
  | 'gender'
  | 'company'
  | 'job-title'
  | 'coordinates'
  | 'social-url'
  | 'image-url'
  | 'password-hash'
  | 'hash'
  | 'token'
  | 'payment-token'
  | 'prose'
  | 'embedded-email'
  | 'embedded-phone'

const words = (list: string): ReadonlySet<string> => new Set(foldedEntries(list))
const streetWords = words(valueWords.street)
const streetEndings = foldedEntries(valueWords.streetEndings)
const companyEndings = words(valueWords.companyEndings)
const jobWords = words(valueWords.jobs)
const genderWords = words(valueWords.gender)

const emailPattern = /^[^\s@<>(),;:"]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}[\p{L}\p{N}-]{1,62}$/u
const phonePattern = /^(?:tel:)?[+(]?\d[\d\s()./-]*(?:\s?(?:x|ext\.?)\s?\d{1,6})?$/i
const datePattern =
  /^(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{1,2}\/\d{1,2}\/\d{2}|\d{2}([.-])\d{2}\1\d{2}|\d{4}\/\d{1,2}\/\d{1,2})(?:[T ]|$)/
const macPattern = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i
const uuidPattern = /^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$/i
const agentPattern = /^(?:mozilla|opera|dalvik|okhttp|safari|chrome)\/\d|^[\w.]+\/\d+\.\d+ \(/i
const postcodePattern =
  /^(?:\d{4,6}|\d{5}-\d{3,4}|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|\d{4} ?[a-z]{2}|[a-z]\d[a-z] ?\d[a-z]\d|\d{2}-\d{3}|\d{4}-\d{3}|\d{3} \d{2})$/i
const maskedPattern = /^(?:\d{4}[\dx*•\s-]{4,15}|[x*•][x*•\s-]{6,15})\d{4}$/i
const coordinatesPattern = /^\(?-?\d{1,2}\.\d{3,}[,;\s]+-?\d{1,3}\.\d{3,}\)?$|^POINT ?\(/
const socialPattern = /(?:twitter|x|facebook|linkedin|instagram|tiktok|github|xing)\.com\/\w/i
const imagePattern = /\.(?:jpe?g|png|gif|webp|heic)(?:\?|$)/i
const passwordPattern =
  /^\$(?:2[abxy]|argon2(?:id|i|d)|pbkdf2[\w-]*|scrypt|[156]|P)\$|^pbkdf2_sha|^\{S?SHA|^scrypt:/
const hashPattern =
  /^(?:\\x)?(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i
const paymentPattern = /^(?:tok|pm|card|src|seti|ba|mandate|mdt|cus|pay|pi)_\w{6,}$/
const keyPattern = /^(?:eyJ[\w-]+\.|(?:sk|pk|rk|whsec|ghp|gho|xox[abp]|AKIA|api|key|tok)[_-]?\w{8,})/
const longKeyPattern = /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w+/=-]{24,}$/
/** Two letters and two digits, however they are grouped. */
const ibanStart = /^(?:[\s-]*[a-z]){2}(?:[\s-]*\d){2}/i
const issuerPattern = /^(?:4|5[1-5]|2[2-7]|3[47]|30|36|38|6)/

const ofDigits: readonly Made[] = ['digits']
const ofLetters: readonly Made[] = ['word', 'phrase']
const ofWord: readonly Made[] = ['word']
const mixed: readonly Made[] = ['mixed']
/** Letters, and more than one word of them. */
const written: readonly Made[] = ['phrase', 'mixed']
const numbered: readonly Made[] = ['digits', 'mixed']
const counted: readonly Made[] = ['number', 'digits', 'mixed']
const joined: readonly Made[] = ['digits', 'phrase', 'mixed']

const detectors = detectorsOf<CellShape>([
  {
    name: 'email',
    made: written,
    least: 6,
    most: 254,
    needs: '@.',
    is: (t) => t.ats === 1 && t.spaces === 0 && emailPattern.test(t.text),
  },
  {
    name: 'phone-like',
    made: counted,
    initials: 't',
    least: 6,
    most: 30,
    is: (t) =>
      t.digits >= 6 &&
      t.digits <= 17 &&
      t.letters <= 3 &&
      phonePattern.test(t.text) &&
      !datePattern.test(t.text),
  },
  {
    name: 'ip',
    made: numbered,
    initials: 'abcdef',
    most: 49,
    is: (t) => t.digits > 0 && t.spaces === 0 && t.other >= 2 && isAddress(t.text),
  },
  { name: 'mac', made: joined, initials: 'abcdef', least: 17, most: 17, is: (t) => macPattern.test(t.text) },
  {
    name: 'imei',
    made: ofDigits,
    least: 15,
    most: 15,
    is: (t) => t.digits === 15 && !isCardNumber(t.text) && passesLuhn(t.text),
  },
  {
    name: 'user-agent',
    made: mixed,
    least: 13,
    needs: '/',
    is: (t) => t.letters > 6 && t.other > 1 && agentPattern.test(t.text),
  },
  {
    name: 'uuid',
    made: numbered,
    initials: 'abcdef',
    least: 36,
    most: 38,
    needs: '-',
    is: (t) => uuidPattern.test(t.text),
  },
  {
    name: 'iban',
    made: mixed,
    least: 15,
    most: 42,
    is: (t) =>
      t.letters >= 2 &&
      t.digits >= 8 &&
      t.ats === 0 &&
      ibanStart.test(t.text) &&
      isValidIBAN(t.text.replace(/[\s-]/g, '').toUpperCase()),
  },
  {
    name: 'card',
    made: ofDigits,
    least: 13,
    most: 23,
    is: (t) => t.digits >= 13 && t.digits <= 19 && isCardNumber(t.text),
  },
  {
    name: 'masked-card',
    made: numbered,
    initials: 'x',
    least: 12,
    most: 25,
    is: (t) => t.digits >= 4 && t.digits <= 10 && /[x*•]{4}/i.test(t.text) && maskedPattern.test(t.text),
  },
  {
    name: 'person-name',
    made: ofLetters,
    least: 2,
    most: 60,
    is: (t) => t.letters > 1 && t.words.length <= 6 && isPersonName(t.words),
  },
  { name: 'city', made: ofLetters, least: 2, most: 40, is: (t) => t.letters > 1 && isCity(t.folded) },
  {
    name: 'country',
    made: ofLetters,
    least: 4,
    most: 40,
    is: (t) => t.letters > 3 && isCountryName(t.folded),
  },
  { name: 'country-code', made: ofWord, least: 2, most: 3, is: (t) => isCountryCode(t.text) },
  {
    name: 'street',
    made: written,
    least: 5,
    most: 120,
    is: (t) => t.letters > 3 && t.words.length >= 2 && isStreet(t),
  },
  {
    name: 'postcode',
    made: counted,
    least: 4,
    most: 10,
    is: (t) => t.digits >= 2 && postcodePattern.test(t.text),
  },
  {
    name: 'date',
    made: numbered,
    begins: '0',
    least: 6,
    most: 35,
    is: (t) => t.digits >= 4 && datePattern.test(t.text),
  },
  {
    name: 'gender',
    made: ofLetters,
    most: 18,
    is: (t) => genderWords.has(phraseAt(t.words, 0, t.words.length)),
  },
  {
    name: 'company',
    made: written,
    least: 5,
    most: 120,
    is: (t) => t.letters > 3 && t.words.length >= 2 && isCompany(t),
  },
  {
    name: 'job-title',
    made: ofLetters,
    least: 3,
    is: (t) => t.letters > 2 && t.words.length <= 6 && t.words.some((word) => jobWords.has(word)),
  },
  {
    name: 'coordinates',
    made: numbered,
    initials: 'p',
    least: 9,
    is: (t) => t.digits >= 4 && coordinatesPattern.test(t.text),
  },
  {
    name: 'social-url',
    made: written,
    least: 11,
    needs: './',
    is: (t) => t.spaces === 0 && socialPattern.test(t.text),
  },
  {
    name: 'image-url',
    made: written,
    least: 6,
    needs: '.',
    is: (t) => t.spaces === 0 && imagePattern.test(t.text),
  },
  {
    name: 'password-hash',
    made: written,
    initials: 'ps',
    least: 20,
    is: (t) => t.spaces === 0 && passwordPattern.test(t.text),
  },
  {
    name: 'hash',
    made: numbered,
    initials: 'abcdef',
    least: 32,
    most: 130,
    is: (t) => t.spaces === 0 && hashPattern.test(t.text),
  },
  {
    name: 'payment-token',
    made: written,
    initials: 'tpcsbm',
    least: 10,
    most: 64,
    needs: '_',
    is: (t) => t.spaces === 0 && paymentPattern.test(t.text),
  },
  {
    name: 'token',
    made: written,
    least: 16,
    is: (t) =>
      t.spaces === 0 &&
      t.ats === 0 &&
      t.letters > 4 &&
      (keyPattern.test(t.text) || longKeyPattern.test(t.text)),
  },
  {
    name: 'prose',
    made: written,
    is: (t) => t.spaces >= 5 && t.letters > 0.6 * (t.length - t.spaces),
  },
  { name: 'embedded-email', made: written, needs: '@', is: (t) => t.spaces > 0 && hasEmail(t.text) },
  {
    name: 'embedded-phone',
    made: mixed,
    least: 23,
    is: (t) =>
      t.digits >= 9 &&
      t.letters > 10 &&
      t.spaces > 2 &&
      /(?:\+|\b0)\d(?:[\s./-]?\d{1,4}){3,6}\b/.test(t.text),
  },
])

/** Every shape a value has; a phone number may also look like a postcode. */
export const shapesOf = (traits: Traits): readonly CellShape[] => foundBy(detectors, traits)

/** The checksum of payment cards and device numbers (ISO/IEC 7812-1). */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
  }
  return sum % 10 === 0
}

/** Thirteen to nineteen digits, grouped or not, of a known issuer and with the right check digit. */
export function isCardNumber(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '')
  // Fifteen digits are an American Express card, or the number of a device.
  const fits = digits.length === 15 ? /^3[47]/.test(digits) : /^\d{13,19}$/.test(digits)
  return fits && issuerPattern.test(digits) && passesLuhn(digits)
}

function isAddress(text: string): boolean {
  // Either is told by its signs: the pattern of the longer ones takes a microsecond, and dates have neither.
  const isLong = text.includes(':')
  if (!isLong && !text.includes('.')) return false
  const bare = text.replace(/\/\d{1,3}$/, '')
  return isLong ? isIPv6(bare) : isIPv4(bare)
}

function isStreet({ words: parts, digits: found }: Traits): boolean {
  if (found === 0 && parts.length > 4) return false
  return parts.some(
    (word) => streetWords.has(word) || (word.length > 6 && streetEndings.some((end) => word.endsWith(end))),
  )
}

const companyLasts = new Set([...companyEndings].map((ending) => ending.slice(ending.lastIndexOf(' ') + 1)))

function isCompany({ words: parts }: Traits): boolean {
  const last = parts.at(-1) ?? ''
  if (companyEndings.has(last)) return true
  // `S.A.` and `Sp. z o.o.` fall into pieces.
  if (last.length > 2 && !companyLasts.has(last)) return false
  return companyEndings.has(parts.slice(-3).join(' ')) || companyEndings.has(parts.slice(-2).join(''))
}

/** An address somewhere in a text. Looks around each `@` only, so that no text is slow. */
function hasEmail(text: string): boolean {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const before = text.slice(Math.max(0, at - 64), at).match(/[^\s@<>(),;:"]+$/)?.[0]
    const after = text
      .slice(at + 1, at + 120)
      .match(/^[^\s@<>(),;:"]+/)?.[0]
      ?.replace(/[.!?]+$/, '')
    if (before !== undefined && after !== undefined && emailPattern.test(`${before}@${after}`)) return true
  }
  return false
}
