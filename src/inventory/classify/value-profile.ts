import type { Cell } from '../../connectors/public.ts'
import type { Category } from '../data-map.ts'
import { type CellShape, shapesOf } from './cell-shapes.ts'
import { type Traits, traitsOf } from './cell-traits.ts'
import { bornShare, nationalNumber, phoneShare } from './column-numbers.ts'
import { readFieldName } from './field-name.ts'
import { sensitiveCategories } from './sensitive-text.ts'

/** What the values of a field look like together. */
export type Shape =
  | CellShape
  | 'phone'
  | 'national-id'
  | 'tax-id'
  | 'birth-date'
  | 'born-number'
  | 'personal-json'

export interface ValueProfile {
  /** Distinct values that are not empty. */
  readonly distinct: number
  /** Share of the distinct values that have a shape; absent where none has. */
  readonly shares: ReadonlyMap<Shape, number>
  /** Share of the values with words of a special category. */
  readonly sensitive: ReadonlyMap<Category, number>
  /** Mean length of a value in characters. */
  readonly length: number
  /** Values that are not empty, repeated ones counted as often as they stand. */
  readonly filled: number
  /** Some of the distinct values, spread over all. Never told to anybody. */
  readonly looked: readonly Traits[]
}

/** Longest piece of a text that is searched for words. */
const longestText = 4_000
const adultYears = 14
const oldestYears = 110
/** The year of the data files; the classifier has no clock, so that the same facts always give the same answer. */
const compiledYear = 2026
const fewestForSpread = 12
/** No national number has fewer. */
const fewestDigits = 6

/** Profiles sampled cells: what each looks like, then what only many of them can tell. */
export function profileValues(cells: readonly Cell[]): ValueProfile {
  const { distinct, filled } = distinctOf(cells)
  const read = readValues(distinct)
  const total = Math.max(read.looks.length, 1)
  const shares = new Map<Shape, number>([...read.counts].map(([shape, found]) => [shape, found / total]))
  const phones = read.looks.flatMap(({ traits, shapes }) =>
    shapes.includes('phone-like') ? [traits.text] : [],
  )
  if (phones.length > 0) shares.set('phone', (phoneShare(phones) * phones.length) / total)
  const dates = read.looks.flatMap(({ traits, shapes }) => (shapes.includes('date') ? [traits.text] : []))
  const birth = birthShare(dates, total)
  if (birth > 0) shares.set('birth-date', birth)
  // A phone number of ten digits is a Danish birthday often enough to look like a national number.
  const isPhones = (shares.get('phone') ?? 0) > 0.5
  const number = isPhones
    ? null
    : nationalNumber(read.looks.flatMap(({ traits }) => (couldBeNumber(traits) ? [traits.text] : [])))
  const born = number === null ? bornShare(read.looks.map(({ traits }) => traits.text)) : 0
  if (number !== null) shares.set(number.shape, number.share)
  else if (born > 0) shares.set('born-number', born)
  return {
    distinct: distinct.length,
    shares,
    sensitive: new Map([...read.sensitive].map(([category, found]) => [category, found / total])),
    length: read.looks.reduce((sum, { traits }) => sum + traits.length, 0) / total,
    filled,
    looked: read.looked,
  }
}

/** Values that are not empty: how many, and each once, in the order they came. */
function distinctOf(cells: readonly Cell[]): {
  readonly distinct: readonly string[]
  readonly filled: number
} {
  const distinct = new Set<string>()
  let filled = 0
  for (const cell of cells) {
    const value = cell === null ? undefined : plain(cell)
    if (value === undefined) continue
    filled++
    distinct.add(value)
  }
  return { distinct: [...distinct], filled }
}

/** So many distinct values tell the shapes of a column: twice as many move no share by more than a few hundredths. */
const mostRead = 48
/** And so many, where they all look the same: so do the others. */
const mostLooked = 16

interface Look {
  readonly traits: Traits
  readonly shapes: readonly CellShape[]
}

interface Read {
  readonly looks: readonly Look[]
  readonly counts: ReadonlyMap<Shape, number>
  readonly sensitive: ReadonlyMap<Category, number>
}

/** Looks at a few values, and at more of them where those differ. */
function readValues(distinct: readonly string[]): Read & { readonly looked: readonly Traits[] } {
  const counts = new Map<Shape, number>()
  const sensitive = new Map<Category, number>()
  const look = (value: string): Look => {
    const traits = traitsOf(value)
    const shapes = shapesOf(traits)
    for (const shape of shapes) counts.set(shape, (counts.get(shape) ?? 0) + 1)
    if (isPersonalJson(value)) counts.set('personal-json', (counts.get('personal-json') ?? 0) + 1)
    for (const category of traits.letters === 0 ? [] : sensitiveCategories(traits.folded))
      sensitive.set(category, (sensitive.get(category) ?? 0) + 1)
    return { traits, shapes }
  }
  const few = spread(distinct, mostLooked)
  const first = few.map(look)
  const looked = first.map(({ traits }) => traits)
  if (few.length === distinct.length || isUnanimous({ looks: first, counts, sensitive }))
    return { looks: first, counts, sensitive, looked }
  const known = new Set(few)
  const more = spread(distinct, mostRead).filter((value) => !known.has(value))
  return { looks: [...first, ...more.map(look)], counts, sensitive, looked }
}

/** Numbers, dates and codes of one form: all of them or none have each shape. */
const isUnanimous = ({ looks, counts, sensitive }: Read): boolean =>
  sensitive.size === 0 && [...counts.values()].every((found) => found === looks.length)

const couldBeNumber = ({ length, digits }: Traits): boolean =>
  length >= 8 && length <= 24 && digits >= fewestDigits

/** So many of a list, from all over it, in its order. */
function spread<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list
  return Array.from({ length: most }, (_, i) => Math.floor((i * list.length) / most)).flatMap((place) =>
    list.slice(place, place + 1),
  )
}

/** Without the braces of an array of one or more: `{a@b.example,c@d.example}` is read by its first element. */
function plain(cell: string): string | undefined {
  const text = cell.length > longestText ? cell.slice(0, longestText) : cell
  const element = text.startsWith('{') ? /^\{"?([^{}":,]+)"?(?:,[^{}:]*)?\}$/.exec(text)?.[1] : undefined
  const trimmed = (element ?? text).trim()
  return trimmed === '' ? undefined : trimmed
}

/** Years that people on file are born in, and not all in a row as dates of orders are. */
function birthShare(dates: readonly string[], total: number): number {
  const years = dates.map((date) => Number(/(?:^|\D)((?:18|19|20)\d\d)(?:\D|$)/.exec(date)?.[1]))
  const plausible = years.filter(
    (year) => year > compiledYear - oldestYears && year <= compiledYear - adultYears,
  )
  const spread = new Set(plausible).size
  const enough = years.length < fewestForSpread ? spread > 1 : spread >= fewestForSpread / 2
  return enough ? plausible.length / total : 0
}

/** An object that has personal fields of its own: old versions of a row, preferences, payloads. */
function isPersonalJson(value: string): boolean {
  if (!/^[[{]/.test(value)) return false
  const keys = new Set(
    [...value.matchAll(/"([A-Za-z_][\w-]{1,30})"\s*:/g)].slice(0, mostKeys).map((match) => match[1] ?? ''),
  )
  return [...keys].some(isPersonalKey)
}

const mostKeys = 40
const rememberedKeys = new Map<string, boolean>()

function isPersonalKey(key: string): boolean {
  const known = rememberedKeys.get(key)
  if (known !== undefined) return known
  if (rememberedKeys.size > 1_000) rememberedKeys.clear()
  const { matches, about } = readFieldName(key)
  const personal =
    about === null &&
    matches.some(({ strength, head, category }) => strength === 'sure' && head && category !== 'none')
  rememberedKeys.set(key, personal)
  return personal
}
