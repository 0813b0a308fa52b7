import { isIP } from 'node:net'
import { isValidIBAN } from 'ibantools'
import { byMade, type Made, type Traits } from './cell-traits.ts'
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

interface Detector {
  readonly shape: CellShape
  readonly made: readonly Made[]
  readonly could: (traits: Traits) => boolean
  readonly is: (traits: Traits) => boolean
}

const words = (list: string): ReadonlySet<string> => new Set(foldedEntries(list))
const streetWords = words(valueWords.street)
const streetEndings = foldedEntries(valueWords.streetEndings)
const companyEndings = words(valueWords.companyEndings)
const jobWords = words(valueWords.jobs)
const genderWords = words(valueWords.gender)

const emailPattern = /^[^\s@<>(),;:"]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}[\p{L}\p{N}-]{1,62}$/u
const phonePattern = /^(?:tel:)?[+(]?\d[\d\s()./-]*(?:\s?(?:x|ext\.?)\s?\d{1,6})?$/i
const datePattern =
  /^(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{1,2}\/\d{1,2}\/\d{2}|\d{4}\/\d{1,2}\/\d{1,2})(?:[T ]|$)/
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
const issuerPattern = /^(?:4|5[1-5]|2[2-7]|3[47]|30|36|38|6)/

const digits: readonly Made[] = ['digits']
const letters: readonly Made[] = ['word', 'phrase']
const word: readonly Made[] = ['word']
const mixed: readonly Made[] = ['mixed']
/** Letters, and more than one word of them. */
const written: readonly Made[] = ['phrase', 'mixed']
const numbered: readonly Made[] = ['digits', 'mixed']
const counted: readonly Made[] = ['number', 'digits', 'mixed']
const joined: readonly Made[] = ['digits', 'phrase', 'mixed']

const detectors: readonly Detector[] = [
  {
    shape: 'email',
    made: written,
    could: (t) => t.ats === 1 && t.spaces === 0 && t.length <= 254,
    is: (t) => emailPattern.test(t.text),
  },
  {
    shape: 'phone-like',
    made: counted,
    could: (t) => t.digits >= 6 && t.digits <= 17 && t.letters <= 3 && t.length <= 30,
    is: (t) => phonePattern.test(t.text) && !datePattern.test(t.text),
  },
  {
    shape: 'ip',
    made: numbered,
    could: (t) => t.digits > 0 && t.length <= 49 && t.spaces === 0 && t.other >= 2,
    is: (t) => isAddress(t.text),
  },
  { shape: 'mac', made: joined, could: (t) => t.length === 17, is: (t) => macPattern.test(t.text) },
  {
    shape: 'imei',
    made: digits,
    could: (t) => t.digits === 15 && t.length === 15,
    is: (t) => !isCardNumber(t.text) && passesLuhn(t.text),
  },
  {
    shape: 'user-agent',
    made: mixed,
    could: (t) => t.length > 12 && t.letters > 6 && t.other > 1,
    is: (t) => agentPattern.test(t.text),
  },
  {
    shape: 'uuid',
    made: numbered,
    could: (t) => t.length >= 36 && t.length <= 38,
    is: (t) => uuidPattern.test(t.text),
  },
  {
    shape: 'iban',
    made: mixed,
    could: (t) => t.length >= 15 && t.length <= 42 && t.letters >= 2 && t.digits >= 8 && t.ats === 0,
    is: (t) => isValidIBAN(t.text.replace(/[\s-]/g, '').toUpperCase()),
  },
  {
    shape: 'card',
    made: digits,
    could: (t) => t.digits >= 13 && t.digits <= 19 && t.letters === 0 && t.length <= 23,
    is: (t) => isCardNumber(t.text),
  },
  {
    shape: 'masked-card',
    made: numbered,
    could: (t) => t.digits >= 4 && t.digits <= 10 && t.length >= 12 && t.length <= 25,
    is: (t) => /[x*•]{4}/i.test(t.text) && maskedPattern.test(t.text),
  },
  {
    shape: 'person-name',
    made: letters,
    could: (t) => t.letters > 1 && t.words.length <= 6 && t.length <= 60,
    is: (t) => isPersonName(t.words),
  },
  {
    shape: 'city',
    made: letters,
    could: (t) => t.digits === 0 && t.letters > 1 && t.length <= 40,
    is: (t) => isCity(t.folded),
  },
  {
    shape: 'country',
    made: letters,
    could: (t) => t.digits === 0 && t.letters > 3 && t.length <= 40,
    is: (t) => isCountryName(t.folded),
  },
  {
    shape: 'country-code',
    made: word,
    could: (t) => t.letters === t.length && t.length >= 2 && t.length <= 3,
    is: (t) => isCountryCode(t.text),
  },
  {
    shape: 'street',
    made: written,
    could: (t) => t.letters > 3 && t.words.length >= 2 && t.length <= 120,
    is: isStreet,
  },
  {
    shape: 'postcode',
    made: counted,
    could: (t) => t.length >= 4 && t.length <= 10 && t.digits >= 2,
    is: (t) => postcodePattern.test(t.text),
  },
  {
    shape: 'date',
    made: numbered,
    could: (t) => t.digits >= 4 && t.length >= 6 && t.length <= 35,
    is: (t) => datePattern.test(t.text),
  },
  {
    shape: 'gender',
    made: letters,
    could: (t) => t.digits === 0 && t.length <= 18,
    is: (t) => genderWords.has(t.words.join(' ')),
  },
  {
    shape: 'company',
    made: written,
    could: (t) => t.letters > 3 && t.words.length >= 2 && t.length <= 120,
    is: isCompany,
  },
  {
    shape: 'job-title',
    made: letters,
    could: (t) => t.letters > 2 && t.words.length <= 6,
    is: (t) => t.words.some((word) => jobWords.has(word)),
  },
  {
    shape: 'coordinates',
    made: numbered,
    could: (t) => t.digits >= 4 && t.length >= 9,
    is: (t) => coordinatesPattern.test(t.text),
  },
  {
    shape: 'social-url',
    made: written,
    could: (t) => t.length > 10 && t.spaces === 0 && t.other > 1,
    is: (t) => socialPattern.test(t.text),
  },
  {
    shape: 'image-url',
    made: written,
    could: (t) => t.length > 5 && t.spaces === 0 && t.other > 0,
    is: (t) => imagePattern.test(t.text),
  },
  {
    shape: 'password-hash',
    made: written,
    could: (t) => t.length >= 20 && t.spaces === 0,
    is: (t) => passwordPattern.test(t.text),
  },
  {
    shape: 'hash',
    made: numbered,
    could: (t) => t.length >= 32 && t.length <= 130 && t.spaces === 0,
    is: (t) => hashPattern.test(t.text),
  },
  {
    shape: 'payment-token',
    made: written,
    could: (t) => t.length >= 10 && t.length <= 64 && t.spaces === 0,
    is: (t) => paymentPattern.test(t.text),
  },
  {
    shape: 'token',
    made: written,
    could: (t) => t.length >= 16 && t.spaces === 0 && t.ats === 0 && t.letters > 4,
    is: (t) => keyPattern.test(t.text) || longKeyPattern.test(t.text),
  },
  {
    shape: 'prose',
    made: written,
    could: (t) => t.spaces >= 5,
    is: (t) => t.letters > 0.6 * (t.length - t.spaces),
  },
  {
    shape: 'embedded-email',
    made: written,
    could: (t) => t.ats > 0 && t.spaces > 0,
    is: (t) => hasEmail(t.text),
  },
  {
    shape: 'embedded-phone',
    made: mixed,
    could: (t) => t.digits >= 9 && t.letters > 10 && t.spaces > 2,
    is: (t) => /(?:\+|\b0)\d(?:[\s./-]?\d{1,4}){3,6}\b/.test(t.text),
  },
]

const applicable = byMade(detectors)

/** Every shape a value has; a phone number may also look like a postcode. */
export function shapesOf(traits: Traits): readonly CellShape[] {
  const shapes: CellShape[] = []
  for (const { shape, could, is } of applicable[traits.made])
    if (could(traits) && is(traits)) shapes.push(shape)
  return shapes
}

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
  const bare = text.replace(/\/\d{1,3}$/, '')
  return isIP(bare) !== 0
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
