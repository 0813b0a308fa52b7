import type { Category } from '../data-map.ts'
import type { Traits } from './cell-traits.ts'
import { collectionKind } from './collection-kind.ts'
import { topicsOf } from './collection-topic.ts'
import {
  add,
  addAt,
  hashOn,
  hashStart,
  placeOf,
  placeOfHash,
  type SparseFeatures,
  takeAll,
} from './feature-space.ts'
import type { FieldFeatures } from './features.ts'
import { foldText } from './fold-text.ts'
import { wordsOf } from './name-words.ts'
import { remembered } from './remembered.ts'
import { countSignals, signalNames } from './signal-counts.ts'
import { spokenCategories, spokenIn } from './spoken-stems.ts'
import { gramFeatures, wordFeatures } from './value-pieces.ts'
import type { ValueProfile } from './value-profile.ts'

const longestHeader = 40
const fewestRows = 3

/** What a collection's bare name says of all its columns. */
export interface TableFeatures {
  readonly kind: string
  readonly topics: readonly Category[]
}

export const tableFeatures = (table: string): TableFeatures => ({
  kind: `table:${collectionKind(table)}`,
  topics: [...topicsOf(table)],
})

const ofTable = hashOn(hashStart, 'n:')

/** The collection by its name alone: words, pieces of them, what it is about. */
export function nameFeatures(table: string): SparseFeatures {
  add('table')
  const { kind, topics } = tableFeatures(table)
  add(kind)
  for (const topic of topics) add(`topic:${topic}`)
  if (!isBlankHeader(table)) {
    for (const word of wordsOf(table)) add(`nw:${word}`)
    const text = headerText(table)
    for (let size = 3; size <= 5; size++)
      for (let i = 0; i + size <= text.length; i++)
        addAt(placeOfHash(hashOn(ofTable, text, i, i + size)), 0.5)
  }
  return takeAll()
}

/** The column by itself: header, type, values. `table`: its `tableFeatures`; `grams`: pieces of the values too. */
export function columnFeatures(field: FieldFeatures, table: TableFeatures, grams = true): SparseFeatures {
  add('always')
  headerFeatures(field)
  add(table.kind)
  if (field.values !== null && field.values.distinct > 0) {
    valueFeatures(field.values)
    if (grams) {
      gramFeatures(field.values.looked)
      wordFeatures(field.values.looked)
    }
  } else add('no-values')
  for (const topic of table.topics) withinTopic(topic, field)
  return takeAll()
}

/** `col1`, `f_03`, `x` and nothing say as much as each other. */
export const isBlankHeader = (name: string): boolean =>
  /^(?:[\s_.-]*|(?:col|column|colonne|spalte|columna|field|feld|champ|campo|unnamed|attr|attribute|var|feature|c|f|x|v|a|k|fld|data)?[\s_.:-]*\d{0,4}|[a-z]{1,2}\d{1,3}|[a-z])$/i.test(
    name.trim(),
  )

const ofHeader = hashOn(hashStart, 'h:')
const longestTopical = 4

/** In a table about a special category a date, a sum or a code may be of it, and so may `batt`, which says nothing elsewhere. */
function withinTopic(topic: Category, { field, name, values }: FieldFeatures): void {
  add(`topic:${topic}`)
  const known = name.matches.find(({ head }) => head)?.category ?? (name.about === null ? '' : 'about')
  add(`topic:${topic}:${known}`)
  const form = values === null ? 'none' : formOf(values)
  add(`topic:${topic}:is:${form}`)
  if (isBlankHeader(field.name)) return
  add(`topic:${topic}:${known === '' ? 'unknown' : 'known'}:${form}`)
  const text = headerText(field.name)
  const start = hashOn(hashStart, `t:${topic}:`)
  for (let i = 0; i + longestTopical <= text.length; i++)
    addAt(placeOfHash(hashOn(start, text, i, i + longestTopical)), 0.7)
}

const leastProse = 0.3
const leastDates = 0.5
const leastNumbers = 0.8
const longestCode = 3

/** What most values are made of, in a word. */
function formOf({ shares, looked, distinct }: ValueProfile): string {
  if ((shares.get('prose') ?? 0) >= leastProse) return 'prose'
  if ((shares.get('date') ?? 0) > leastDates) return 'date'
  const numbers = looked.filter(({ made }) => made === 'number').length
  if (numbers > leastNumbers * looked.length)
    return distinct <= 2 ? 'flag' : looked.some(({ text }) => /[.,]/.test(text)) ? 'sum' : 'whole'
  if (looked.every(({ length }) => length <= longestCode)) return 'code'
  if (looked.every(({ made }) => made === 'word')) return distinct <= 3 ? 'flag' : 'word'
  return looked.every(({ digits, spaces }) => digits > 0 && spaces < 2) ? 'number' : 'words'
}

const headerText = (name: string): string =>
  `^${foldText(name)
    .slice(0, longestHeader)
    .replace(/[^\p{L}\p{N}]+/gu, '_')}$`

function headerFeatures({ field, name }: FieldFeatures): void {
  add(`kind:${field.kind}`)
  if (isBlankHeader(field.name)) {
    add('header:blank')
    return
  }
  for (const { category, strength, head } of name.matches) {
    add(`name:${category}:${strength}:${head}`)
    add(`name:${category}`)
  }
  if (name.about !== null) add(`about:${name.about}`)
  if (name.about !== null) add('about')
  if (name.idLike) add('header:id')
  if (name.person !== null) add(`header:${name.person}`)
  if (name.thing !== null) add('header:thing')
  const { words, pieces } = headerPlaces(field.name)
  for (let i = 0; i < words.length; i++) addAt(words[i] ?? 0, 1)
  for (let i = 0; i < pieces.length; i++) addAt(pieces[i] ?? 0, 0.7)
}

interface HeaderPlaces {
  readonly words: Uint16Array
  /** Three to five letters at a time. */
  readonly pieces: Uint16Array
}

/** Places of a header's words and pieces; the same headers stand in many tables. */
const headerPlaces = remembered((name): HeaderPlaces => {
  const text = headerText(name)
  const places: number[] = []
  for (let size = 3; size <= 5; size++)
    for (let i = 0; i + size <= text.length; i++)
      places.push(placeOfHash(hashOn(ofHeader, text, i, i + size)))
  return {
    words: Uint16Array.from(wordsOf(name), (word) => placeOf(`hw:${word}`)),
    pieces: Uint16Array.from(places),
  }
})

function valueFeatures(profile: ValueProfile): void {
  for (const [shape, share] of profile.shares) addShare(ofShape, shape, share)
  const values = profile.looked
  const shared = values.length < fewestRows ? 0 : commonLetters(values)
  if (shared >= 2) add('prefix')
  signalFeatures(values, shared)
  for (const [category, share] of profile.sensitive) add(`w:${category}`, share)
  spokenFeatures(values)
  add(`distinct:${bucket(profile.distinct)}`)
  const repeated = profile.filled === 0 ? 0 : profile.distinct / profile.filled
  if (profile.filled >= fewestRows) add(`repeats:${Math.round(repeated * 4)}`)
  add(`length:${bucket(profile.length)}`)
  const [first] = values
  if (values.length >= fewestRows && values.every(({ length }) => length === first?.length))
    add(`exactly:${first?.length}`)
  numberFeatures(values)
}

function signalFeatures(values: readonly Traits[], shared: number): void {
  countSignals(values, (signal, found) => {
    // `SKU-1001` is written like a plate, but no town gives all its plates the same three letters.
    if (shared >= 3 && ofPapers.has(signal)) return
    const share = found / values.length
    addAt(placesOfSignals[signal] ?? 0, share)
    if (share > leastNearlyAll) addAt(placesOfCommonSignals[signal] ?? 0, 1)
  })
}
const placesOfSignals = Uint16Array.from(signalNames, (name) => placeOf(`g:${name}`))
const placesOfCommonSignals = Uint16Array.from(signalNames, (name) => placeOf(`G:${name}`))

/** How many values have a word that begins as those of each special category do. */
function spokenFeatures(values: readonly Traits[]): void {
  let found: number[] | undefined
  let any = 0
  for (const { folded, letters } of values) {
    const bits = letters < 2 ? 0 : spokenIn(folded)
    if (bits === 0) continue
    found ??= spokenCategories.map(() => 0)
    any |= bits
    for (let i = 0; i < found.length; i++) if ((bits & (1 << i)) !== 0) found[i] = (found[i] ?? 0) + 1
  }
  if (found === undefined) return
  for (const [i, category] of spokenCategories.entries())
    if ((any & (1 << i)) !== 0) addShare(ofSpoken, category, (found[i] ?? 0) / values.length)
}

const startsOf = (some: string, nearlyAll: string) => ({
  some: hashOn(hashStart, some),
  nearlyAll: hashOn(hashStart, nearlyAll),
})
const ofShape = startsOf('s:', 'S:')
const ofSpoken = startsOf('b:', 'B:')

/** The share, and once more that it is nearly all. */
function addShare({ some, nearlyAll }: ReturnType<typeof startsOf>, name: string, share: number): void {
  addAt(placeOfHash(hashOn(some, name)), share)
  if (share > leastNearlyAll) addAt(placeOfHash(hashOn(nearlyAll, name)), 1)
}

const leastNearlyAll = 0.9

const ofPapers: ReadonlySet<number> = new Set(
  ['plate', 'passport', 'licence'].map((name) => signalNames.indexOf(name)),
)

/** Letters that every value begins with: `SKU-1001`, `SKU-1002`. */
function commonLetters(values: readonly Traits[]): number {
  const first = values[0]?.letters === 0 ? '' : (values[0]?.text ?? '')
  let length = 0
  while (
    /\p{L}/u.test(first.charAt(length)) &&
    values.every(({ text }) => text.charAt(length) === first.charAt(length))
  )
    length++
  return length
}

const bucket = (amount: number): number => Math.round(Math.log2(amount + 1))

function numberFeatures(values: readonly Traits[]): void {
  const numbers: number[] = []
  for (const { number, text } of values)
    if (!Number.isNaN(number) && !text.includes(',')) numbers.push(number)
  if (numbers.length < 0.9 * values.length) return
  const sorted = numbers.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
  add(`low:${bucket(Math.abs(at(0.1)))}`)
  add(`middle:${bucket(Math.abs(at(0.5)))}`)
  add(`high:${bucket(Math.abs(at(0.9)))}`)
  const isRow = numbers.every((value, i) => i === 0 || value > (numbers[i - 1] ?? 0))
  if (isRow && numbers.length >= fewestRows) add('ascending')
  if (isRow && at(1) - at(0) < 4 * numbers.length) add('counting')
}
