import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { between, int, type Random } from '../../sample/random.ts'

/** Somebody who was erased, as the systems held them. */
export interface Erased {
  readonly language: Language
  readonly given: string
  readonly family: string
  /** The name in Latin letters as a passport has it, where it is written in others. */
  readonly latin: { readonly given: string; readonly family: string } | null
  readonly email: string
  /** E.164. */
  readonly phone: string
  /** As it is dialled at home, in groups. */
  readonly dialled: readonly string[]
  readonly number: string
  readonly iban: string
}

export const languages = ['fr', 'de', 'es', 'pl', 'el'] as const
export type Language = (typeof languages)[number]

const numbering: Readonly<
  Record<Language, { calling: string; trunk: string; mobile: string; bank: string }>
> = {
  fr: { calling: '33', trunk: '0', mobile: '6########', bank: 'FR76' },
  de: { calling: '49', trunk: '0', mobile: '15#########', bank: 'DE89' },
  es: { calling: '34', trunk: '', mobile: '6########', bank: 'ES91' },
  pl: { calling: '48', trunk: '', mobile: '5########', bank: 'PL61' },
  el: { calling: '30', trunk: '', mobile: '69########', bank: 'GR16' },
}

/** So many people of one language, no two of one name: a namesake who is found is no false alarm of the reader's. */
export function makePeople(random: Random, language: Language, count: number, first: number): Erased[] {
  const people = new Map<string, Erased>()
  while (people.size < count) {
    const person = makePerson(random, language, first + people.size)
    const name = `${person.given} ${person.family}`
    if (!people.has(name)) people.set(name, person)
  }
  return [...people.values()]
}

const plain = (text: string): string =>
  text
    .replaceAll('ł', 'l')
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/[^a-z]/gi, '')
    .toLowerCase()

function makePerson(random: Random, language: Language, serial: number): Erased {
  const pools = poolsOf(language)
  const [given, givenLatin] = parse(pools.given[int(random, pools.given.length)] ?? '')
  const [family, familyLatin] = parse(pools.family[int(random, pools.family.length)] ?? '')
  const latin = givenLatin && familyLatin ? { given: givenLatin, family: familyLatin } : null
  const { calling, trunk, mobile, bank } = numbering[language]
  const national = mobile.replace(/#/g, () => String(int(random, 10)))
  const digits = (count: number) => Array.from({ length: count }, () => int(random, 10)).join('')
  const local = `${plain(latin?.given ?? given)}.${plain(latin?.family ?? family)}${serial}`
  return {
    language,
    given,
    family,
    latin,
    email: `${local}@example${between(random, 1, 40)}.org`,
    phone: `+${calling}${national}`,
    dialled: (trunk + national).match(/.{1,2}/g) ?? [],
    number: `K-${String(400_000 + serial)}`,
    iban: `${bank}${digits(18)}`,
  }
}

/** `Δημήτρης=Dimitris`, and forms for men and women divided by a stroke. */
function parse(entry: string): readonly [string, string | null] {
  const [first = ''] = entry.split('/')
  const [own = '', latin = null] = first.split('=')
  return [own, latin]
}

const pools = new Map<Language, { readonly given: readonly string[]; readonly family: readonly string[] }>()

function poolsOf(language: Language) {
  const known = pools.get(language)
  if (known) return known
  const file = join(import.meta.dirname, '..', '..', 'sample', 'data', 'names', `${language}.json`)
  const names = JSON.parse(readFileSync(file, 'utf8')) as Record<'female' | 'male' | 'family', string[]>
  const made = { given: [...names.female, ...names.male], family: names.family }
  pools.set(language, made)
  return made
}
