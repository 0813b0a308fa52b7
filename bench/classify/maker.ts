import names from '../../src/inventory/classify/words/people-names.json' with { type: 'json' }
import places from '../../src/inventory/classify/words/places.json' with { type: 'json' }
import type { Category } from '../../src/inventory/data-map.ts'
import pools from './pools.json' with { type: 'json' }
import type { Random } from './random.ts'

/** The seen part trains; the unseen part only measures, with words the seen part never had. */
export type Part = 'seen' | 'seen-0' | 'seen-1' | 'unseen'
export type PoolName = Exclude<keyof typeof pools, 'about'>

/** Where a column is made: chance, language, part. */
export interface Place {
  readonly r: Random
  readonly lang: string
  readonly part: Part
}

/** Settles on one column's habits (format, country), then makes its values. */
export type Make = (place: Place) => () => string

export interface Maker {
  readonly truth: Category
  readonly make: Make
}

const whole: ReadonlySet<PoolName> = new Set<PoolName>([
  'gender',
  'status',
  'country',
  'party',
  'union',
  'religion',
])

/** Which words of a list belong to a part; the halves of the seen part have none in common either. */
const belongs: Readonly<Record<Part, (place: number) => boolean>> = {
  seen: (place) => place % 2 === 0,
  'seen-0': (place) => place % 4 === 0,
  'seen-1': (place) => place % 4 === 2,
  unseen: (place) => place % 2 === 1,
}
const fewest = 3

/** The words of a list in the column's language, English where there is none; only those of the column's part. */
export function words({ r, lang, part }: Place, name: PoolName): readonly string[] {
  const lists: Readonly<Record<string, string>> = pools[name]
  const list = lists[lang] ?? lists['en'] ?? ''
  const all = list
    .split(list.includes('|') ? '|' : ' ')
    .flatMap((entry) => (name === 'city' && entry.split(' ').length > 5 ? entry.split(' ') : [entry]))
  // Closed lists are the same everywhere: there are no other parties to hold back.
  if (whole.has(name)) return all
  const own = all.filter((_, i) => belongs[part](i))
  const enough = own.length < fewest ? all : own
  if (part === 'unseen' || !r.chance(0.4)) return enough
  return [...enough, ...dictionaryWords(name, lang)]
}

/** What the classifier's own dictionaries hold, in the seen part alone, so that both known and unknown words occur. */
function dictionaryWords(name: PoolName, lang: string): readonly string[] {
  const lists: Readonly<Record<string, string>> | undefined =
    name === 'given'
      ? names.given
      : name === 'family'
        ? names.family
        : name === 'city'
          ? places.cities
          : undefined
  const list = lists?.[lang]
  if (list === undefined) return []
  const entries = name === 'city' ? list.split(',') : list.split(/\s+/)
  return entries.map((entry) => entry.trim().replace(/(?:^|[\s-])\p{Ll}/gu, (first) => first.toUpperCase()))
}

/** Latin letters without accents, lower case. */
export const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ł', 'l')
    .replaceAll('Ł', 'L')
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')

/** One of several habits, settled once per column. */
export const habit =
  (...makes: readonly Make[]): Make =>
  (place) =>
    place.r.pick(makes)(place)

/** Every value by the same pattern of `Random.pattern`, one of several per column. */
export const shaped =
  (...patterns: readonly string[]): Make =>
  ({ r }) => {
    const pattern = r.pick(patterns)
    return () => r.pattern(pattern)
  }

export const picked =
  (list: readonly string[]): Make =>
  ({ r }) =>
  () =>
    r.pick(list)

export const pooled =
  (name: PoolName): Make =>
  (place) => {
    const list = words(place, name)
    return () => place.r.pick(list)
  }

/** A column's own letters: most are as written, some in capitals, some without accents. */
export const spelled =
  (make: Make): Make =>
  (place) => {
    const value = make(place)
    const style = place.r.next()
    if (style < 0.12) return () => value().toUpperCase()
    if (style < 0.22) return () => value().normalize('NFD').replace(/\p{M}/gu, '')
    if (style < 0.28) return () => value().toLowerCase()
    return value
  }

/** Sums with two decimals, in a column's own manner. */
export const money =
  (least: number, most: number): Make =>
  ({ r }) => {
    const sign = r.pick(['', '', '', ' €', '$'])
    const comma = r.chance(0.2)
    return () => {
      const text = (r.int(least * 100, most * 100) / 100).toFixed(2)
      return sign === '$' ? `$${text}` : `${comma ? text.replace('.', ',') : text}${sign}`
    }
  }

export const counts =
  (least: number, most: number): Make =>
  ({ r }) =>
  () =>
    String(r.int(least, most))
