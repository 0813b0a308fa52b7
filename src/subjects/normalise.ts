import { domainToASCII } from 'node:url'
import { isSupportedCountry, type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max'

/** What points at a person. `number` covers customer, account and similar numbers. */
export type IdentifierKind = 'email' | 'phone' | 'number' | 'username' | 'national-id' | 'bank-account'

/** Stored with what was normalised: other rules mean another version, and an index to be built anew. */
export const normVersion = 1

const longest = 254

/**
 * The one spelling under which an identifier is hashed and compared, or null when it is none of that kind. Normalising
 * twice changes nothing; nothing is ever thrown. `country` (ISO 3166-1 alpha-2) is where national phone numbers are at home.
 */
export function normaliseIdentifier(
  kind: IdentifierKind,
  raw: string,
  country: string | undefined,
): string | null {
  if (raw.length > 4 * longest || !raw.isWellFormed()) return null
  const text = raw
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim()
  if (text === '' || text.length > longest || /\p{Cc}/u.test(text)) return null
  const normal = normalisers[kind](text, country)
  return normal === '' ? null : normal
}

const normalisers: Readonly<
  Record<IdentifierKind, (text: string, country: string | undefined) => string | null>
> = {
  email: normaliseEmail,
  phone: (text, country) => readPhone(text, country)?.number ?? null,
  number: (text) => settle(text, (one) => one.toUpperCase()),
  // RFC 8265 §3.3: names that differ in case alone are one name.
  username: (text) => settle(text, (one) => one.toLowerCase()),
  'national-id': (text) => settle(text, (one) => one.toUpperCase().replace(/[\s./_\p{Pd}]/gu, '')),
  'bank-account': (text) => {
    const compact = settle(text, (one) => one.toUpperCase().replace(/[\s./_\p{Pd}]/gu, ''))
    return compact !== null && /^[A-Z0-9]+$/.test(compact) ? compact : null
  },
}

/** No dot or plus is folded: that would make one person of two (ecosystem of mail providers differs). */
function normaliseEmail(text: string): string | null {
  const lower = settle(text, (one) => one.toLowerCase())
  const [, local, host] = /^([^\s"(),:;<>@[\\\]]+)@([^\s@:/?#%[\\\]]+)$/.exec(lower ?? '') ?? []
  if (!local || !host || Buffer.byteLength(local) > 64) return null
  const domain = domainToASCII(host)
  const labels = domain.split('.')
  const isDomain = labels.length > 1 && labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label))
  // The URL parser reads 1.2.3 as an address of IPv4.
  if (!isDomain || /^\d+$/.test(labels.at(-1) ?? '')) return null
  const address = `${local}@${domain}`
  return Buffer.byteLength(address) > longest ? null : address
}

/** E.164; an extension is another way to the same line. */
export function readPhone(text: string, country: string | undefined): PhoneNumber | undefined {
  const number = text.replace(/^tel:/i, '')
  const region = country?.toUpperCase() ?? ''
  const parse = (digits: string) => {
    const found = parsePhoneNumberFromString(digits, {
      extract: false,
      ...(isSupportedCountry(region) && { defaultCountry: region }),
    })
    return found?.isPossible() ? found : undefined
  }
  return parse(number) ?? (number.startsWith('00') ? parse(`+${number.slice(2)}`) : undefined)
}

/** Case can undo a composition and a composition the case: repeated until nothing moves. */
function settle(text: string, step: (text: string) => string): string | null {
  let before = text
  for (let round = 0; round < 4; round += 1) {
    const after = step(before).normalize('NFKC').trim()
    if (after === before) return after
    before = after
  }
  return null
}
