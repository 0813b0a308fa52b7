import { isValidIBAN } from 'ibantools'
import { validatePerson } from 'stdnum'
import { type IdentifierKind, normaliseIdentifier, readPhone } from './normalise.ts'

/** A guess at what somebody typed; a face lets them say otherwise. */
export function identifierKindOf(raw: string, country: string | undefined): IdentifierKind {
  const text = raw.normalize('NFKC').trim()
  if (normaliseIdentifier('email', text, country) !== null) return 'email'
  const compact = normaliseIdentifier('bank-account', text, country)
  if (compact !== null && isValidIBAN(compact)) return 'bank-account'
  const phone = looksLikePhone(text) ? readPhone(text, country) : undefined
  // Ranges are opened faster than lists of them grow: with its country in front, a number of the right length will do.
  if (phone && (phone.isValid() || /^(?:tel:)?\+/i.test(text))) return 'phone'
  if (isNationalId(text, country)) return 'national-id'
  return /^(\p{L}{0,3}|\p{Lu}{0,6})[\s._/\p{Pd}#]*\p{Nd}[\p{Nd}\s._/\p{Pd}]*$/u.test(text)
    ? 'number'
    : 'username'
}

/** Short bare digits are a customer number more often than a line without prefix. */
const looksLikePhone = (text: string): boolean =>
  /^(tel:|\+|0|\()/i.test(text) || /\p{Nd}[\s.()/-]+\p{Nd}/u.test(text) || text.length >= 9

/** Only with a letter or eleven digits: the short ones have no check digit worth the name (an SSN has none at all). */
function isNationalId(text: string, country: string | undefined): boolean {
  const compact = normaliseIdentifier('national-id', text, country)
  if (!country || compact === null || compact.length > 30 || !/^[A-Z0-9]+$/.test(compact)) return false
  if (!/\d/.test(compact) || (/^\d+$/.test(compact) && compact.length < 11)) return false
  return validatePerson(country.toUpperCase(), compact).isValid === true
}
