import { type Day, showDay } from './calendar.ts'
import { type Country, type Language, names, type Origin, origins, places } from './locales.ts'
import type { Name } from './name.ts'
import { type PhoneNumber, phoneNumber } from './phone-number.ts'
import { between, chance, pick, pickWeighted, type Random } from './random.ts'
import { frenchVatNumber, iban, luhnDigit, nationalNumber, type SepaCountry } from './registered-numbers.ts'

export interface PostalAddress {
  readonly line: string
  readonly postcode: string
  readonly city: string
  readonly region: string | null
  readonly country: Country
}

/** A customer, or somebody whom only one of the other systems knows. */
export interface Person {
  readonly index: number
  readonly language: Language
  readonly gender: 'f' | 'm' | 'x'
  readonly given: Name
  readonly family: Name
  readonly email: string
  /** Another address of the same person, which the shop does not know. */
  readonly otherEmail: string
  readonly phone: PhoneNumber
  readonly birthDay: Day
  readonly address: PostalAddress
  /** Null for people whom the shop does not know. */
  readonly customerNumber: string | null
  /** The household this person shares an address and a phone with. */
  readonly household: number | null
  /** An earlier customer who is the same person under another account. */
  readonly duplicateOf: number | null
  readonly business: { readonly sign: number; readonly vatNumber: string | null } | null
  readonly nationalNumber: string | null
  readonly iban: string | null
}

/** First and last name in the order of the language. */
export const fullName = (person: { language: Language; given: Name; family: Name }): string =>
  person.language === 'ja'
    ? `${person.family.native} ${person.given.native}`
    : `${person.given.native} ${person.family.native}`

export const plainName = (person: { given: Name; family: Name }): string =>
  `${person.given.plain} ${person.family.plain}`

/** Whom a list of people is drawn for: no two lists share an e-mail address or a phone number. */
export type Circle = 'customer' | 'newsletter' | 'support' | 'friend'

/** Draws somebody whom the story does not name. */
export function drawPerson(random: Random, index: number, circle: Circle, today: Day): Person {
  const origin = pickWeighted(random, origins)
  const gender = chance(random, 0.54) ? 'f' : 'm'
  const lists = names[origin.language]
  const given = pick(random, gender === 'f' ? lists.female : lists.male)
  const family = pick(random, lists.family)[gender]
  const birthDay = today - between(random, 19 * 365, 88 * 365)
  const { country } = origin
  return {
    index,
    language: origin.language,
    gender: chance(random, 0.01) ? 'x' : gender,
    given,
    family,
    ...drawMailboxes(random, { given, family }, index, circle),
    phone: phoneOf(country, index, circle),
    birthDay,
    address: drawAddress(random, origin),
    customerNumber: circle === 'customer' ? customerNumber(index) : null,
    household: null,
    duplicateOf: null,
    business: chance(random, 0.03)
      ? { sign: random(), vatNumber: country === 'FR' ? frenchVatNumber(random) : null }
      : null,
    nationalNumber: chance(random, country === 'FR' ? 0.01 : 0.2)
      ? nationalNumber(random, country, showDay(birthDay), gender === 'f')
      : null,
    iban: isSepa(country) && chance(random, 0.25) ? iban(random, country) : null,
  }
}

/** Fictional ranges are small: customers take the even places, the desk's strangers the odd ones. */
export const phoneOf = (country: Country, index: number, circle: Circle): PhoneNumber =>
  phoneNumber(country, circle === 'customer' ? 2 * index : 2 * index + 1)

export const isSepa = (country: Country): country is SepaCountry =>
  country === 'FR' || country === 'BE' || country === 'DE' || country === 'ES'

export function drawAddress(random: Random, { country }: Pick<Origin, 'country'>): PostalAddress {
  const { line, streets, cities } = places[country]
  const number =
    country === 'JP' ? `${between(random, 1, 20)}-${between(random, 1, 12)}` : `${between(random, 1, 140)}`
  const suffix = chance(random, 0.12) && country !== 'JP' ? pick(random, suffixes[country] ?? ['a', 'b']) : ''
  return {
    line: line.replace('{number}', number + suffix).replace('{street}', pick(random, streets)),
    ...pick(random, cities),
    country,
  }
}

const suffixes: Readonly<Partial<Record<Country, readonly string[]>>> = {
  FR: [' bis', ' ter'],
  PL: ['/4', '/12', '/31'],
  BE: [' bte 2', ' bte 11'],
  MA: [' مكرر'],
  UA: ['-А', '/2'],
}

/** BA-, seven digits that hide how many customers there are, and a check digit. */
export function customerNumber(index: number): string {
  // 9,999,991 is prime: the product visits every remainder once.
  const body = ((index * 6_364_137 + 2_718_281) % 9_999_991).toString().padStart(7, '0')
  return `BA-${body}${luhnDigit(body)}`
}

const domains = [
  'example.com',
  'example.org',
  'example.net',
  'courrier.example.com',
  'post.example.org',
  'mail.example.net',
]
const nicknames = [
  'lavande',
  'potager',
  'rosenfee',
  'jardin.secret',
  'huerta',
  'zielony',
  'la.mouette',
  'greenthumb',
]

/** Two addresses: one for the shop, one it does not know. A mark of the person's own keeps them from being given twice. */
export function drawMailboxes(
  random: Random,
  { given, family }: Pick<Person, 'given' | 'family'>,
  index: number,
  circle: Circle,
): Pick<Person, 'email' | 'otherEmail'> {
  const g = given.slug
  const f = family.slug
  if (circle !== 'customer') {
    const mark = `${circle.charAt(0)}${index}`
    return {
      email: `${g}.${f}.${mark}@${pick(random, domains)}`,
      otherEmail: `${f}.${mark}@bureau.example.net`,
    }
  }
  const mark = mailMark(index)
  const lower = pickWeighted(random, [
    [40, `${g}.${f}.${mark}@${pick(random, domains)}`],
    [20, `${g.charAt(0)}${f}${mark}@${pick(random, domains)}`],
    [15, `${f}.${g}${mark}@${pick(random, domains)}`],
    [10, `${g}_${f}${mark}@${pick(random, domains)}`],
    [7, `${pick(random, nicknames)}.${mark}@${pick(random, domains)}`],
    [8, `${g}@${f}-${mark}.example`],
  ])
  const email = chance(random, 0.05) ? lower.replace(/^./, (first) => first.toUpperCase()) : lower
  return { email, otherEmail: `${f}.${mark}@bureau.example.org` }
}

/** A number of one customer alone that does not give the index away: 9,973 is prime, and the block leads. */
function mailMark(index: number): string {
  const block = Math.floor(index / 9_973)
  const within = ((index % 9_973) * 1_789 + 4_711) % 9_973
  return block === 0 ? `${within}` : `${block}${within.toString().padStart(4, '0')}`
}
