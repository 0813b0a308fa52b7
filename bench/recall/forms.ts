import { int, type Random } from '../../sample/random.ts'
import type { Erased } from './people.ts'

/**
 * How people are written in texts. `exact`: the identifier itself, in any case, accents, spacing, order or format that means
 * the same. `normalised`: another spelling that stands for the same by rule (an alias, a transliteration). `fuzzy`: what only
 * a reader would recognise; reported, never promised.
 */
export type Strength = 'exact' | 'normalised' | 'fuzzy'

export interface Form {
  readonly name: string
  readonly strength: Strength
  /** The mention, or null where this person has no such form. */
  write(person: Erased, random: Random): string | null
}

const full = ({ given, family }: Erased): string => `${given} ${family}`
const bare = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '')
const national = ({ dialled }: Erased): string => dialled.join('')
const subscriber = (person: Erased): string => national(person).replace(/^0/, '')
const calling = (person: Erased): string =>
  person.phone.slice(1, person.phone.length - subscriber(person).length)
const grouped = (text: string, size: number): string =>
  text.match(new RegExp(`.{1,${size}}`, 'g'))?.join(' ') ?? text
const only = (changed: string, original: string): string | null => (changed === original ? null : changed)
const inJson = (text: string): string =>
  JSON.stringify({ note: text }).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
const inHtml = (text: string): string =>
  [...text].map((letter) => (letter > '\u007f' ? `&#${letter.codePointAt(0)};` : letter)).join('')

const umlauts: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  ß: 'ss',
  Ä: 'Ae',
  Ö: 'Oe',
  Ü: 'Ue',
}
const german = (text: string): string => text.replace(/[äöüßÄÖÜ]/g, (letter) => umlauts[letter] ?? letter)

function swapped(text: string, random: Random): string {
  const at = 1 + int(random, Math.max(1, text.length - 2))
  return `${text.slice(0, at)}${text[at + 1] ?? ''}${text[at] ?? ''}${text.slice(at + 2)}`
}

const as =
  (strength: Strength) =>
  (name: string, write: Form['write']): Form => ({ name, strength, write })
const [exact, normalised, fuzzy] = [as('exact'), as('normalised'), as('fuzzy')]

export const forms: readonly Form[] = [
  exact('name', full),
  exact('name in capitals', (p) => full(p).toLocaleUpperCase(p.language)),
  exact('name in small letters', (p) => full(p).toLocaleLowerCase(p.language)),
  exact('family name first', ({ given, family }) => `${family} ${given}`),
  exact('family name, comma', ({ given, family }) => `${family}, ${given}`),
  exact('FAMILY Given', ({ given, family, language }) => `${family.toLocaleUpperCase(language)} ${given}`),
  exact('name without accents', (p) => only(bare(full(p)), full(p))),
  exact('name in decomposed letters', (p) => only(full(p).normalize('NFD'), full(p))),
  exact('name with a fixed space', ({ given, family }) => `${given}\u00a0${family}`),
  exact('name over two lines', ({ given, family }) => `${given}\n${family}`),
  exact('name in JSON', (p) => inJson(full(p))),
  exact('name with a title', (p) => `Dr. ${full(p)},`),
  exact('e-mail', ({ email }) => email),
  exact('e-mail in capitals', ({ email }) => email.toUpperCase()),
  exact('e-mail in brackets', ({ email }) => `<${email}>`),
  exact('e-mail as a link', ({ email }) => `mailto:${email}?subject=re`),
  exact('e-mail at the end of a sentence', ({ email }) => `${email}.`),
  exact('e-mail in JSON', ({ email }) => inJson(`(${email})`)),
  exact('phone as stored', ({ phone }) => phone),
  exact('phone as dialled', national),
  exact('phone in pairs', ({ dialled }) => dialled.join(' ')),
  exact('phone with dots', ({ dialled }) => dialled.join('.')),
  exact('phone with dashes', ({ dialled }) => dialled.join('-')),
  exact('phone in threes', (p) => `+${calling(p)} ${grouped(subscriber(p), 3)}`),
  exact('phone with 00', (p) => `00${calling(p)}${subscriber(p)}`),
  exact('phone with (0)', (p) => (national(p).startsWith('0') ? `+${calling(p)} (0)${subscriber(p)}` : null)),
  exact('phone with fixed spaces', ({ dialled }) => dialled.join('\u00a0')),
  exact('phone with narrow spaces', ({ dialled }) => dialled.join('\u202f')),
  exact('number', ({ number }) => number),
  exact('number without its dash', ({ number }) => number.replace('-', '')),
  exact('number in small letters', ({ number }) => `n° ${number.toLowerCase()}`),
  exact('IBAN', ({ iban }) => iban),
  exact('IBAN in fours', ({ iban }) => grouped(iban, 4)),
  normalised('e-mail with an alias', ({ email }) => email.replace('@', '+shop@')),
  normalised('e-mail in a web address', ({ email }) => `https://e.net/u?m=${encodeURIComponent(email)}&x=1`),
  normalised('name with umlauts spelled out', (p) => only(german(full(p)), full(p))),
  normalised('name in Latin letters', ({ latin }) => latin && `${latin.given} ${latin.family}`),
  normalised('name with plain l', (p) =>
    only(bare(full(p)).replace(/ł/g, 'l').replace(/Ł/g, 'L'), bare(full(p))),
  ),
  normalised('name in HTML', (p) => only(inHtml(full(p)), full(p))),
  fuzzy(
    'name with two letters swapped',
    ({ given, family }, random) => `${given} ${swapped(family, random)}`,
  ),
  fuzzy('initial and family name', ({ given, family }) => `${given[0]}. ${family}`),
  fuzzy('e-mail spoken', ({ email }) => email.replace('@', ' (at) ').replaceAll('.', ' dot ')),
  fuzzy('phone with letter o for zero', (p) => only(national(p).replaceAll('0', 'O'), national(p))),
  fuzzy('half of a double family name', ({ given, family }) =>
    /[ -]/.test(family) ? `${given} ${family.split(/[ -]/)[0]}` : null,
  ),
  fuzzy('phone cut in two by a word', ({ dialled }) =>
    [...dialled.slice(0, 2), 'then', ...dialled.slice(2)].join(' '),
  ),
]

/** What looks like the person and is not: each that is found is a false alarm. */
export const lures: readonly Omit<Form, 'strength'>[] = [
  { name: 'same given name', write: ({ given }, random) => `${given} Xq${'aeiou'[int(random, 5)]}lmann` },
  { name: 'same family name', write: ({ family }, random) => `Bx${'aeiou'[int(random, 5)]}rta ${family}` },
  { name: 'both names, of two people', write: ({ given, family }) => `${given} Oldman and Bertha ${family}` },
  { name: 'a longer e-mail', write: ({ email }) => `x${email}` },
  { name: 'an e-mail of a longer domain', write: ({ email }) => `${email}.uk` },
  { name: 'the next phone', write: ({ phone }) => phone.slice(0, -1) + next(phone) },
  { name: 'the phone inside a longer number', write: (p) => `order ${subscriber(p)}77123` },
  { name: 'a longer customer number', write: ({ number }) => `${number}7` },
  { name: 'the next IBAN', write: ({ iban }) => iban.slice(0, -1) + next(iban) },
  { name: 'nothing of anybody', write: () => '' },
]

const next = (text: string): string => String((Number(text.at(-1)) + 1) % 10)
