import { stdnum } from 'stdnum'
import { habit, type Make, type Maker, type Place, shaped } from './maker.ts'
import { dateOf } from './people.ts'

type Validators = Readonly<
  Record<string, Readonly<Record<string, { validate(value: string): { isValid: boolean } }>>>
>

/** Fills the last signs until the country's own check passes; a made-up number that fails it would teach the wrong thing. */
const checked =
  (
    country: string,
    kind: string,
    body: (place: Place) => string,
    tail: number,
    show: (n: string) => string = (n) => n,
  ): Make =>
  (place) => {
    const validator = (stdnum as unknown as Validators)[country]?.[kind]
    if (validator === undefined) throw new Error(`no check for ${country} ${kind}`)
    const letters = 'TRWAGMYFPDXBNJZSQVHLCKEOIU'
    const tails = [
      ...Array.from({ length: 10 ** tail }, (_, i) => String(i).padStart(tail, '0')),
      ...(tail === 1 ? [...letters] : []),
    ]
    return () => {
      for (let tries = 0; tries < 60; tries++) {
        const head = body(place)
        const found = tails.find((end) => validator.validate(head + end).isValid)
        if (found !== undefined) return show(head + found)
      }
      throw new Error(`no valid ${country} ${kind}`)
    }
  }
const pad = (n: number, length: number): string => String(n).padStart(length, '0')
const yymmdd = ({ r }: Place): string => pad(r.int(40, 99), 2) + pad(r.int(1, 12), 2) + pad(r.int(1, 28), 2)
const of = (pattern: string) => (place: Place) => place.r.pattern(pattern)

const national: Readonly<Record<string, Make>> = {
  da: (place) => () =>
    `${yymmdd(place).slice(4)}${yymmdd(place).slice(2, 4)}${place.r.int(40, 99)}-${place.r.pattern('9999')}`,
  be: (place) => () => (yymmdd(place).match(/../g) ?? []).join('.') + place.r.pattern('-999.99'),
  en: habit(
    shaped('219-99-9999', '419-29-9999'),
    ({ r }) =>
      () =>
        `${r.pick(['AB', 'CE', 'JK', 'SN', 'WL'])}${r.pattern('999999')}${r.pick(['A', 'B', 'C', 'D'])}`,
  ),
  fr: checked(
    'FR',
    'nir',
    ({ r }) =>
      `${r.int(1, 2)}${pad(r.int(40, 99), 2)}${pad(r.int(1, 12), 2)}${pad(r.int(1, 95), 2)}${r.pattern('999999')}`,
    2,
  ),
  de: checked(
    'DE',
    'svnr',
    ({ r }) =>
      `${pad(r.int(2, 29), 2)}${pad(r.int(1, 28), 2)}${pad(r.int(1, 12), 2)}${r.int(40, 99)}${r.pattern('A')}${pad(r.int(0, 99), 2)}`,
    1,
  ),
  es: checked('ES', 'dni', of('99999999'), 1),
  pt: checked(
    'BR',
    'cpf',
    of('199999999'),
    2,
    (n) => `${n.slice(0, 3)}.${n.slice(3, 6)}.${n.slice(6, 9)}-${n.slice(9)}`,
  ),
  it: checked(
    'IT',
    'codicefiscale',
    ({ r }) =>
      `${Array.from({ length: 6 }, () => r.pick([...'BCDFGLMNPRSTVZ'])).join('')}${r.int(40, 99)}${r.pick([...'ABCDEHLMPRST'])}${pad(r.int(1, 28), 2)}${r.pick([...'ABCDEFGHL'])}${r.pattern('999')}`,
    1,
  ),
  nl: checked('NL', 'bsn', of('19999999'), 1),
  pl: checked('PL', 'pesel', (place) => `${yymmdd(place)}${place.r.pattern('9999')}`, 1),
  sv: checked('SE', 'personnummer', (place) => `${yymmdd(place)}-${place.r.pattern('999')}`, 1),
  cs: checked(
    'CZ',
    'rc',
    (place) =>
      `${pad(place.r.int(54, 99), 2)}${pad(place.r.int(1, 12), 2)}${pad(place.r.int(1, 28), 2)}${place.r.pattern('999')}`,
    1,
  ),
  ro: checked(
    'RO',
    'cnp',
    (place) => `${place.r.int(1, 2)}${yymmdd(place)}${pad(place.r.int(1, 40), 2)}${place.r.pattern('999')}`,
    1,
  ),
}
/** As people type them and samples show them: the right form, a check nobody computed. */
const unchecked: Readonly<Record<string, Make>> = {
  da: (place) => () =>
    `${yymmdd(place).slice(4)}${yymmdd(place).slice(2, 4)}${place.r.int(40, 99)}-${place.r.pattern('9999')}`,
  be: (place) => () => (yymmdd(place).match(/../g) ?? []).join('.') + place.r.pattern('-999.99'),
  en: shaped('999-99-9999', 'QQ999999C', '999 99 9999'),
  fr: shaped('1 85 05 78 999 999 99', '2690549588999', '299059999999999', '1 99 12 75 999 999 42'),
  de: shaped('12 150585 A 999', '65170839J999'),
  es: shaped('99999999Z', '99.999.999-A', 'X9999999A', 'Y9999999B'),
  pt: shaped('999.999.999-99', '99999999 9 ZZ9'),
  it: shaped('RSSMRA85A19A999A', 'BNCLGI79A49F999A', 'VRDGNN64E22L999A'),
  nl: shaped('199999999', '1999.99.999'),
  pl: shaped('85059999999', '79129999999', '02259999999'),
  sv: shaped('19850599-9999', '790399-9999'),
  cs: shaped('805219/9999', '755319/9999'),
  ro: shaped('1850599999999', '2790399999999'),
}
const tax: Readonly<Record<string, Make>> = {
  en: habit(
    checked('GB', 'vat', of('9999999'), 2, (n) => `GB${n}`),
    shaped('49-9999999', '83-9999999'),
  ),
  fr: habit(checked('FR', 'siret', of('4999999990001'), 1), checked('FR', 'siren', of('49999999'), 1)),
  de: habit(
    checked('DE', 'vat', of('29999999'), 1, (n) => `DE${n}`),
    checked('DE', 'idnr', of('4718593620'), 1),
  ),
  es: checked('ES', 'cif', of('B9999999'), 1),
  pt: checked('PT', 'nif', of('29999999'), 1),
  it: checked('IT', 'iva', of('0999999001'), 1),
  nl: shaped('NL999999999B01', '99999999'),
  pl: checked('PL', 'nip', of('526999999'), 1),
  sv: checked('SE', 'orgnr', of('556999-999'), 1),
  cs: checked('CZ', 'dic', of('2999999'), 1, (n) => `CZ${n}`),
  ro: shaped('RO9999999', 'RO99999999'),
}
export const byLanguage =
  (makes: Readonly<Record<string, Make>>): Make =>
  (place) =>
    (makes[place.lang] ?? makes['en'] ?? shaped('999999'))(place)

const ibanShapes: Readonly<Record<string, string>> = {
  en: 'GB:AAAA99999999999999',
  fr: 'FR:99999999999AAAAAA99999'.replace('AAAAAA', '999999'),
  de: 'DE:999999999999999999',
  es: 'ES:99999999999999999999',
  pt: 'PT:999999999999999999999',
  it: 'IT:A9999999999999999999999',
  nl: 'NL:AAAA9999999999',
  pl: 'PL:999999999999999999999999',
}
const iban: Make = (place) => {
  const { r } = place
  const [country = 'DE', pattern = ''] = (ibanShapes[place.lang] ?? 'DE:999999999999999999').split(':')
  const grouped = r.chance(0.4)
  return () => {
    const body = r.pattern(pattern)
    const digits = `${body}${country}00`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
    let rest = 0
    for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97
    const whole = `${country}${pad(98 - rest, 2)}${body}`
    return grouped ? (whole.match(/.{1,4}/g) ?? []).join(' ') : whole
  }
}
export function luhn(head: string): string {
  for (let last = 0; last < 10; last++) {
    let sum = 0
    const whole = head + last
    for (let i = 0; i < whole.length; i++) {
      const digit = Number(whole[whole.length - 1 - i])
      sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
    }
    if (sum % 10 === 0) return whole
  }
  return head
}
const card: Make = ({ r }) => {
  const style = r.next()
  return () => {
    const number = luhn(
      r.pattern(r.pick(['4539 9999 9999 999', '5199 9999 9999 999', '3499 999999 9999'])).replaceAll(' ', ''),
    )
    if (style < 0.45) return number
    return style < 0.75
      ? (number.match(/.{1,4}/g) ?? []).join(' ')
      : `${style < 0.88 ? '**** **** **** ' : 'XXXXXXXXXXXX'}${number.slice(-4)}`
  }
}
const plates: Readonly<Record<string, readonly string[]>> = {
  en: ['AA69 AAA', 'AA19AAA', 'AAA-9999', '9AAA999'],
  fr: ['AA-999-AA', 'AA 999 AA', '999 AAA 75'],
  de: ['B-AA 9999', 'HH AA 999', 'M-AA 99', 'KA-A 9999'],
  es: ['9999 BCD', '9999-BBB', '9999AAA'],
  pt: ['AA-99-AA', '99-AA-99', 'AAA9A99'],
  it: ['AA999AA', 'AA 999 AA'],
  nl: ['99-AAA-9', 'AA-99-AA', 'A-999-AA'],
  pl: ['WA 99999', 'KR 9A999', 'PO99999', 'GD 999AA'],
  sv: ['AAA 999', 'AAA99A'],
  cs: ['9A9 9999', '1AB 9999'],
  ro: ['B 99 AAA', 'CJ 99 AAA'],
}
const plate: Make = ({ r, lang }) => {
  const list = plates[lang] ?? plates['en'] ?? []
  const first = r.pick(list)
  const mixed = r.chance(0.3)
  return () => r.pattern(mixed ? r.pick(list) : first)
}

/** Makers of numbers that name persons, their money and their things. */
export const numbers: Readonly<Record<string, Maker>> = {
  national: {
    truth: 'national-id',
    make: (place) => (place.r.chance(0.3) ? byLanguage(unchecked) : byLanguage(national))(place),
  },
  tax: { truth: 'tax-id', make: byLanguage(tax) },
  passport: {
    truth: 'passport',
    make: shaped('A9999999', '99AA99999', 'AA9999999', 'C9AA9A999', '999999999', 'AAA999999', 'YA9999999'),
  },
  licence: {
    truth: 'driving-licence',
    make: shaped(
      'AAAAA999999AA9AA',
      'A99999999999',
      '99AA99999',
      'B999A99AA99',
      'A999-9999-9999',
      'U1A999999A',
      '9999999999',
    ),
  },
  iban: { truth: 'bank-account', make: iban },
  account: { truth: 'bank-account', make: shaped('99999999', '9999999999', '99-99-99 99999999') },
  bic: {
    truth: 'bank-account',
    make:
      ({ r }) =>
      () =>
        r.pick([
          'DEUTDEFF',
          'BNPAFRPP',
          'INGBNL2A',
          'UNCRITMM',
          'CAIXESBB',
          'BREXPLPW',
          'BARCGB22',
          'RABONL2U',
          'COBADEFFXXX',
          'CGDIPTPL',
        ]),
  },
  card: { truth: 'payment-card', make: card },
  imei: {
    truth: 'device-id',
    make:
      ({ r }) =>
      () =>
        luhn(`35${r.pattern('999999999999')}`),
  },
  plate: { truth: 'vehicle-plate', make: plate },
  customerNumber: {
    truth: 'customer-number',
    make: shaped(
      'C-99999',
      'KD999999',
      'CUST-99999',
      '1099999',
      'M99999',
      'CL/9999/99',
      '88999999',
      '10999',
      '100999',
      'R0099',
      'A999999',
      '2999-9999',
      'GYM9999',
      '40999999',
    ),
  },
  salary: {
    truth: 'financial',
    make: ({ r }) => {
      const cents = r.chance(0.4)
      const exact = r.chance(0.4)
      const least = r.pick([1400, 2200, 18000])
      if (exact) return () => String(r.int(least, least * 4))
      return () =>
        (cents ? r.int(1800000, 9500000) / 100 : r.int(18, 95) * 1000 + r.int(0, 9) * 100).toString()
    },
  },
  balance: {
    truth: 'financial',
    make: ({ r }) => {
      const sign = r.pick(['', ' €', ''])
      return () => `${(r.int(-200000, 2000000) / 100).toFixed(2)}${sign}`
    },
  },
  serial: {
    truth: 'generic-id',
    make: ({ r }) => {
      let n = r.int(1, 4000)
      return () => String(n++)
    },
  },
  uuid: { truth: 'generic-id', make: shaped('XXXXXXXX-XXXX-4XXX-9XXX-XXXXXXXXXXXX') },
  reference: {
    truth: 'generic-id',
    make:
      ({ r }) =>
      () =>
        String(r.int(1, 900)),
  },
  hired: { truth: 'job-title', make: dateOf(2005, 2024) },
}
