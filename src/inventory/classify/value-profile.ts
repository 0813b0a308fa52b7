import type { Cell } from '../../connectors/public.ts'
import type { Category } from '../data-map.ts'
import { type CellShape, shapesOf } from './cell-shapes.ts'
import { type Traits, traitsOf } from './cell-traits.ts'
import { bornShare, nationalNumber, phoneShare } from './column-numbers.ts'
import { distinctOf } from './distinct-values.ts'
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
  /** Distinct ones of the values that were compared. */
  readonly distinct: number
  /** Share of the distinct values that have a shape; absent where none has. */
  readonly shares: ReadonlyMap<Shape, number>
  /** Share of the values with words of a special category. */
  readonly sensitive: ReadonlyMap<Category, number>
  /** Mean length of a value in characters. */
  readonly length: number
  /** Values that were compared, none of them empty, repeated ones counted as often as they stand. */
  readonly filled: number
  /** Some of the distinct values, spread over all. Never told to anybody. */
  readonly looked: readonly Traits[]
}

const adultYears = 14
const oldestYears = 110
/** The year of the data files; the classifier has no clock, so that the same facts always give the same answer. */
const compiledYear = 2026
const fewestForSpread = 12
/** No national number has fewer. */
const fewestDigits = 6

/** How many distinct values are looked at, and how many where those differ. */
export interface Look {
  readonly few: number
  readonly more: number
}
/** More tell no better: measured on tables of authors left out, and on columns of 200 rows (decision 9). */
export const fullLook: Look = { few: 12, more: 24 }
/** Under a header that says what to expect; without one, so short a look would miss a column in a hundred. */
export const shortLook: Look = { few: 8, more: 16 }

/** Profiles sampled cells: what each looks like, then what only many of them can tell. */
export function profileValues(cells: readonly Cell[], look: Look = fullLook): ValueProfile {
  const { distinct, filled } = distinctOf(writtenAmong(cells))
  const read = readValues(distinct, look)
  const total = Math.max(read.looks.length, 1)
  const shares = new Map<Shape, number>()
  for (const [shape, found] of read.counts) shares.set(shape, found / total)
  const { phones, dates, numbers, all, length } = textsOf(read.looks)
  if (phones.length > 0) shares.set('phone', (phoneShare(phones) * phones.length) / total)
  const birth = dates.length === 0 ? 0 : birthShare(dates, total)
  if (birth > 0) shares.set('birth-date', birth)
  // A phone number of ten digits is a Danish birthday often enough to look like a national number.
  const isPhones = (shares.get('phone') ?? 0) > 0.5
  const number = isPhones ? null : nationalNumber(numbers)
  const born = number === null ? bornShare(all) : 0
  if (number !== null) shares.set(number.shape, number.share)
  else if (born > 0) shares.set('born-number', born)
  const sensitive = new Map<Category, number>()
  for (const [category, found] of read.sensitive) sensitive.set(category, found / total)
  return { distinct: distinct.length, shares, sensitive, length: length / total, filled, looked: read.looked }
}

/** The texts that only many together can tell of, and the length of all. */
function textsOf(looks: readonly Looked[]) {
  const all: string[] = []
  const phones: string[] = []
  const dates: string[] = []
  const numbers: string[] = []
  let length = 0
  for (const { traits, shapes } of looks) {
    all.push(traits.text)
    length += traits.length
    if (shapes.includes('phone-like')) phones.push(traits.text)
    if (shapes.includes('date')) dates.push(traits.text)
    if (couldBeNumber(traits) && !shapes.some(isWrittenAlike)) numbers.push(traits.text)
  }
  return { all, phones, dates, numbers, length }
}

/** So many tell how much a column repeats itself: comparing all of 200 took a tenth of its time and told no better. */
const mostCompared = 64
const isWritten = (cell: Cell): cell is string =>
  cell !== null && (cell.charCodeAt(0) > 32 || cell.trim() !== '')

/** So many cells that are not empty, from all over the column. The others are read only where an empty one stood in the way. */
function writtenAmong(cells: readonly Cell[]): readonly string[] {
  const chosen = spread(cells, mostCompared)
  return chosen.every(isWritten) ? chosen : spread(cells.filter(isWritten), mostCompared)
}

interface Looked {
  readonly traits: Traits
  readonly shapes: readonly CellShape[]
}

interface Read {
  readonly looks: readonly Looked[]
  readonly counts: ReadonlyMap<Shape, number>
  readonly sensitive: ReadonlyMap<Category, number>
}

/** Looks at a few values, and at more of them where those differ. */
function readValues(
  distinct: readonly string[],
  { few: least, more }: Look,
): Read & { readonly looked: readonly Traits[] } {
  const looks: Looked[] = []
  const counts = new Map<Shape, number>()
  const sensitive = new Map<Category, number>()
  const look = (value: string): Traits => {
    const traits = traitsOf(value)
    const shapes = shapesOf(traits)
    for (const shape of shapes) countOne(counts, shape)
    if (isPersonalJson(value)) countOne(counts, 'personal-json')
    if (traits.letters > 0)
      for (const category of sensitiveCategories(traits.folded)) countOne(sensitive, category)
    looks.push({ traits, shapes })
    return traits
  }
  const few = spread(distinct, least)
  const first = spread(few, ofOneForm)
  const traits = first.map(look)
  if (isOneForm(traits) && isUnanimous({ looks, counts, sensitive }))
    return { looks, counts, sensitive, looked: traits }
  const looked = few.map((value) => traits[first.indexOf(value)] ?? look(value))
  const read = { looks, counts, sensitive, looked }
  if (few.length === distinct.length || isUnanimous(read)) return read
  const known = new Set(few)
  for (const value of spread(distinct, more)) if (!known.has(value)) look(value)
  return read
}

function countOne<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** Numbers, dates and codes of one form: all of them or none have each shape. */
function isUnanimous({ looks, counts, sensitive }: Read): boolean {
  if (sensitive.size > 0) return false
  for (const found of counts.values()) if (found !== looks.length) return false
  return true
}

/** Of values that are written alike so many tell as much as more. */
const ofOneForm = 6

/** Written alike: as many digits, letters and signs of the same kinds. */
function isOneForm(values: readonly Traits[]): boolean {
  const [one] = values
  return values.every(
    ({ made, length, digits, letters, signs }) =>
      made === one?.made &&
      length === one.length &&
      digits === one.digits &&
      letters === one.letters &&
      signs === one.signs,
  )
}

/** Digits and dots as well, and no number: each country would be asked for its check digit. */
const isWrittenAlike = (shape: CellShape): boolean => shape === 'date' || shape === 'ip'

const couldBeNumber = ({ length, digits }: Traits): boolean =>
  length >= 8 && length <= 24 && digits >= fewestDigits

/** So many of a list, from all over it, in its order. */
function spread<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list
  const chosen: T[] = []
  for (let i = 0; i < most; i++) {
    const item = list[Math.floor((i * list.length) / most)]
    if (item !== undefined) chosen.push(item)
  }
  return chosen
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
  if (!value.startsWith('{') && !value.startsWith('[')) return false
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
