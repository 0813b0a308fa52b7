import type { Cell } from '../../connectors/public.ts'
import type { Category } from '../data-map.ts'
import { type CellShape, lookAt } from './cell-shapes.ts'
import { nationalNumber, phoneShare } from './column-numbers.ts'
import { readFieldName } from './field-name.ts'
import { sensitiveCategories } from './sensitive-text.ts'

/** What the values of a field look like together. */
export type Shape = CellShape | 'phone' | 'national-id' | 'tax-id' | 'birth-date' | 'personal-json'

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
  readonly looked: readonly string[]
}

/** Longest piece of a text that is searched for words. */
const longestText = 4_000
const adultYears = 14
const oldestYears = 110
/** The year of the data files; the classifier has no clock, so that the same facts always give the same answer. */
const compiledYear = 2026
const fewestForSpread = 12

/** Profiles sampled cells: what each looks like, then what only many of them can tell. */
export function profileValues(cells: readonly Cell[]): ValueProfile {
  const filled = cells.flatMap((cell) => (cell === null ? [] : (plain(cell) ?? [])))
  const distinct = [...new Set(filled)]
  const values = spread(distinct, mostRead)
  const counts = new Map<Shape, number>()
  const sensitive = new Map<Category, number>()
  const count = <K>(map: Map<K, number>, key: K) => map.set(key, (map.get(key) ?? 0) + 1)
  const phones: string[] = []
  const dates: string[] = []
  let length = 0
  for (const value of values) {
    length += value.length
    const { shapes, words } = lookAt(value)
    for (const shape of shapes) count(counts, shape)
    if (shapes.includes('phone-like')) phones.push(value)
    if (shapes.includes('date')) dates.push(value)
    if (isPersonalJson(value)) count(counts, 'personal-json')
    for (const category of sensitiveCategories(words)) count(sensitive, category)
  }
  const total = Math.max(values.length, 1)
  const shares = new Map<Shape, number>([...counts].map(([shape, found]) => [shape, found / total]))
  if (phones.length > 0) shares.set('phone', (phoneShare(phones) * phones.length) / total)
  const birth = birthShare(dates, total)
  if (birth > 0) shares.set('birth-date', birth)
  // A phone number of ten digits is a Danish birthday often enough to look like a national number.
  const numbers =
    (shares.get('phone') ?? 0) > 0.5 ? [] : values.filter((value) => value.length >= 8 && value.length <= 24)
  const number = nationalNumber(numbers)
  if (number !== null) shares.set(number.shape, number.share)
  return {
    distinct: distinct.length,
    shares,
    sensitive: new Map([...sensitive].map(([category, found]) => [category, found / total])),
    length: length / total,
    filled: filled.length,
    looked: spread(values, mostLooked),
  }
}

/** So many distinct values tell the shapes of a column: twice as many move no share by more than a few hundredths. */
const mostRead = 96
/** And so many what they have in common. */
const mostLooked = 32

function spread(values: readonly string[], most: number): readonly string[] {
  if (values.length <= most) return values
  return Array.from({ length: most }, (_, i) => values[Math.floor((i * values.length) / most)] ?? '')
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
  if (!/^\s*[[{]/.test(value)) return false
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
