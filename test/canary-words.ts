import { createHash } from 'node:crypto'

/** People who exist nowhere, made of words that can stand nowhere by chance: where one turns up, it leaked. */
export interface Canary {
  readonly given: string
  readonly family: string
  readonly email: string
  readonly phone: string
  readonly phoneAbroad: string
  readonly street: string
  readonly iban: string
  readonly number: string
  readonly born: string
  readonly saying: string
}

export const zyxwanda: Canary = {
  given: 'Zyxwanda',
  family: 'Quéllifort',
  email: 'Zyxwanda.Quellifort@canary-post.example',
  phone: '06 39 98 71 54',
  phoneAbroad: '+33 6 39 98 71 54',
  street: '77 impasse du Perroquet-Mauve',
  iban: 'DE38 9999 9999 0077 3155 20',
  number: 'KX-7731904465',
  born: '1931-07-23',
  saying: 'Ma tante élève des ornithorynques dyslexiques.',
}

export const otokar: Canary = {
  given: 'Otokarix',
  family: 'Vrzgulényi',
  email: 'otokarix@vrzgul-post.example',
  phone: '06 39 98 43 27',
  phoneAbroad: '+33 6 39 98 43 27',
  street: '3 quai des Bernard-l’Hermite-Bleus',
  iban: 'DE28 9999 9999 0024 1830 77',
  number: 'KX-5550273318',
  born: '1948-11-09',
  saying: 'Mein Nachbar sammelt Schnurrbartwachstuben.',
}

/** In the addresses of the systems they stand in. */
export const password = 'Sesame-kwijibo-9'

export const canaries = [zyxwanda, otokar]

/** `Zyxwanda Quéllifort`, as people type it. */
export const fullName = ({ given, family }: Canary): string => `${given} ${family}`

/** What gives a person away alone, however it is written. */
const tellingWords = ({ given, family, email, street, saying }: Canary): readonly string[] => [
  given,
  family,
  email.slice(0, email.indexOf('@')),
  email.slice(email.indexOf('@') + 1),
  street.split(' ').at(-1) ?? street,
  saying.split(' ').toSorted((a, b) => b.length - a.length)[0] ?? saying,
]

/** A phone is compared by its last nine digits, as every spelling of it has them. */
const tellingDigits = ({ phone, iban, number }: Canary): readonly string[] => [
  phone.replace(/\D/g, '').slice(-9),
  iban.replace(/\D/g, '').slice(-10),
  number.replace(/\D/g, ''),
]

/** Whoever guesses an address can test the guess on its plain hash: that is the address in another spelling. */
function hashesOf({ email, phone, phoneAbroad, iban, number, given, family }: Canary): readonly string[] {
  const compact = (text: string) => text.replace(/[\s-]/g, '')
  const values = [email, phone, phoneAbroad, compact(phoneAbroad), iban, compact(iban), number, given, family]
  return [...new Set(values.flatMap((value) => [value, value.toLowerCase()]))].flatMap((value) =>
    ['md5', 'sha1', 'sha256'].flatMap((algorithm) => {
      const digest = createHash(algorithm).update(value).digest()
      return [digest.toString('hex'), digest.toString('base64').replace(/=+$/, '')]
    }),
  )
}

/** Without case and accents. */
const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

interface Needle {
  readonly word: string
  /** Which reading of a text it is looked for in. */
  readonly reading: 'folded' | 'exact' | 'digits'
  readonly text: string
}

const needles: readonly Needle[] = [
  ...canaries.flatMap((person): readonly Needle[] => [
    ...tellingWords(person).flatMap(spellings),
    ...tellingDigits(person).flatMap((word) => [
      { word, reading: 'digits' as const, text: word },
      ...encodings(word),
    ]),
    ...hashesOf(person).map((text): Needle => ({ word: `hash of ${person.given}`, reading: 'exact', text })),
    { word: 'birthday', reading: 'exact', text: person.born },
  ]),
  ...spellings(password),
]

function spellings(word: string): readonly Needle[] {
  const folded = [...new Set([word, encodeURIComponent(word)].map(fold))]
  const written = [...new Set([word, word.toLowerCase(), word.toUpperCase(), fold(word)])]
  return [
    ...folded.map((text): Needle => ({ word, reading: 'folded', text })),
    ...written.flatMap((one) => encodings(one, word)),
  ]
}

/** In hexadecimal and base64, wherever in a longer text the word begins. */
function encodings(text: string, word = text): readonly Needle[] {
  const shifted = [0, 1, 2].map((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)])
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64')
    return whole.slice(shift === 0 ? 0 : shift + 1)
  })
  const base64 = shifted.flatMap((one) => [one, one.replaceAll('+', '-').replaceAll('/', '_')])
  const hex = [Buffer.from(text).toString('hex'), Buffer.from(text, 'utf16le').toString('hex')]
  return [
    ...[...new Set(base64)].map((one): Needle => ({ word, reading: 'exact', text: one })),
    ...hex.map((one): Needle => ({ word, reading: 'folded', text: one })),
  ]
}

export interface Leak {
  readonly word: string
  /** What stood around it. */
  readonly where: string
}

/** Every canary word in a text, in any spelling: case, accents, URL, JSON, hexadecimal, base64, digits, plain hashes. */
export function canariesIn(text: string): readonly Leak[] {
  const readings = {
    folded: fold(text),
    exact: text,
    digits: text.replace(/(?<=\d)[ .()/\u00a0-]+(?=\d)/g, ''),
  }
  return needles.flatMap(({ word, reading, text: wanted }) => {
    const at = readings[reading].indexOf(wanted)
    const where = readings[reading].slice(Math.max(0, at - 80), at + wanted.length + 40)
    return at < 0 ? [] : [{ word, where }]
  })
}
