import type { Category } from '../data-map.ts'
import type { Traits } from './cell-traits.ts'
import { collectionKind } from './collection-kind.ts'
import { topicsOf } from './collection-topic.ts'
import type { FieldFeatures } from './features.ts'
import { foldText, isWordPart } from './fold-text.ts'
import { wordsOf } from './name-words.ts'
import { countSignals, signalNames } from './signal-counts.ts'
import { spokenCategories, spokenIn } from './spoken-stems.ts'
import type { ValueProfile } from './value-profile.ts'

/** What the model sees of a column: places in its hashed space, and how much of each. Parallel lists. */
export interface SparseFeatures {
  readonly places: Uint16Array
  readonly amounts: Float64Array
}

/** Collisions are few and the training knows them. */
export const featureSpace = 32_768
const longestHeader = 40
const longestShape = 24
const fewestRows = 3

/** FNV-1a, in two halves so that what many features begin with is hashed once. */
const hashStart = 2166136261
const hashCode = (hash: number, code: number): number => Math.imul(hash ^ code, 16777619)
function hashOn(hash: number, text: string, from = 0, to = text.length): number {
  let state = hash
  for (let i = from; i < to; i++) state = hashCode(state, text.charCodeAt(i))
  return state
}
const placeOfHash = (hash: number): number => ((hash ^ (hash >>> 15)) >>> 0) % featureSpace

export const placeOf = (feature: string): number => placeOfHash(hashOn(hashStart, feature))

/** How much of each place, zero between two columns: thousands of features a column make a map too dear. */
const scratch = new Float64Array(featureSpace)
const taken = new Uint16Array(featureSpace)
let count = 0

/** Two features of one place count as the stronger of the two. */
function addAt(place: number, amount: number): void {
  const known = scratch[place] ?? 0
  if (known === 0 && amount > 0) taken[count++] = place
  if (amount > known) scratch[place] = amount
}
const add = (feature: string, amount = 1): void => addAt(placeOf(feature), amount)

/** What a collection's bare name says of all its columns. */
export interface TableFeatures {
  readonly kind: string
  readonly topics: readonly Category[]
}

export const tableFeatures = (table: string): TableFeatures => ({
  kind: `table:${collectionKind(table)}`,
  topics: [...topicsOf(wordsOf(table))],
})

const ofTable = hashOn(hashStart, 'n:')

/** The collection by its name alone: words, pieces of them, what it is about. */
export function nameFeatures(table: string): SparseFeatures {
  count = 0
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
  count = 0
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

/** Where features are written one column after the other: arrays of their own cost two microseconds each. */
const pageSize = 65_536
let page = { places: new Uint16Array(pageSize), amounts: new Float64Array(pageSize), taken: 0 }

/** What was noted of a column, and the scratch empty again. */
function takeAll(): SparseFeatures {
  if (page.taken + count > pageSize)
    page = { places: new Uint16Array(pageSize), amounts: new Float64Array(pageSize), taken: 0 }
  const from = page.taken
  const to = from + count
  const places = page.places.subarray(from, to)
  const amounts = page.amounts.subarray(from, to)
  page.taken = to
  for (let i = 0; i < count; i++) {
    const place = taken[i] ?? 0
    places[i] = place
    amounts[i] = scratch[place] ?? 0
    scratch[place] = 0
  }
  return { places, amounts }
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
  for (const word of wordsOf(field.name)) add(`hw:${word}`)
  for (const place of headerPlaces(field.name)) addAt(place, 0.7)
}

/** Three to five letters of a header at a time; the same headers stand in many tables. */
function headerPlaces(name: string): Uint16Array {
  const known = remembered.get(name)
  if (known !== undefined) return known
  const text = headerText(name)
  const places: number[] = []
  for (let size = 3; size <= 5; size++)
    for (let i = 0; i + size <= text.length; i++)
      places.push(placeOfHash(hashOn(ofHeader, text, i, i + size)))
  const found = Uint16Array.from(places)
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(name, found)
  return found
}

const remembered = new Map<string, Uint16Array>()
const mostRemembered = 5_000

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
  const counts = countSignals(values)
  for (let signal = 0; signal < counts.length; signal++) {
    const found = counts[signal] ?? 0
    // `SKU-1001` is written like a plate, but no town gives all its plates the same three letters.
    if (found === 0 || (shared >= 3 && ofPapers.has(signal))) continue
    const share = found / values.length
    addAt(placesOfSignals[signal] ?? 0, share)
    if (share > leastNearlyAll) addAt(placesOfCommonSignals[signal] ?? 0, 1)
  }
}
const placesOfSignals = Uint16Array.from(signalNames, (name) => placeOf(`g:${name}`))
const placesOfCommonSignals = Uint16Array.from(signalNames, (name) => placeOf(`G:${name}`))

/** How many values have a word that begins as those of each special category do. */
function spokenFeatures(values: readonly Traits[]): void {
  const found = spokenCategories.map(() => 0)
  let any = 0
  for (const { folded, letters } of values) {
    const bits = letters < 2 ? 0 : spokenIn(folded)
    if (bits === 0) continue
    any |= bits
    for (let i = 0; i < found.length; i++) if ((bits & (1 << i)) !== 0) found[i] = (found[i] ?? 0) + 1
  }
  if (any === 0) return
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
  const first = values[0]?.text ?? ''
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
  const numbers = values.flatMap(({ number, text }) =>
    Number.isNaN(number) || text.includes(',') ? [] : [number],
  )
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

const ofGram = hashOn(hashStart, 'v:')
const ofForm = hashOn(hashStart, 'm:')
const ofRuns = hashOn(hashStart, 'r:')
const longestWhole = 16
const counts = new Uint16Array(featureSpace)
/** The value that was last counted at a place: a value counts once. */
const countedFor = new Uint16Array(featureSpace)
const counted = new Uint16Array(featureSpace)

let countedPlaces = 0
let countedValues = 0

/** A piece of the value that is being looked at. */
function note(hash: number): void {
  const place = placeOfHash(hash)
  if (countedFor[place] === countedValues) return
  if (counts[place] === 0) counted[countedPlaces++] = place
  countedFor[place] = countedValues
  counts[place] = (counts[place] ?? 0) + 1
}

/** What few values have counts for more than its share: one word of sixteen may tell a column. */
function takeNoted(total: number): void {
  for (let i = 0; i < countedPlaces; i++) {
    const place = counted[i] ?? 0
    addAt(place, Math.sqrt((counts[place] ?? 0) / total))
    counts[place] = 0
    countedFor[place] = 0
  }
  countedPlaces = 0
  countedValues = 0
}

/** Three letters at a time, digits as one, and the whole shape of short values. By hashes: no piece is ever cut out. */
function gramFeatures(values: readonly Traits[]): void {
  for (const { text, folded } of values) {
    countedValues++
    noteShape(text)
    const length = Math.min(folded.length, longestShape)
    let [before, last] = [-1, 94]
    for (let at = 0; at <= length; at++) {
      const code = at === length ? 36 : asDigit(folded.charCodeAt(at))
      if (before >= 0) note(hashCode(hashCode(hashCode(ofGram, before), last), code))
      before = last
      last = code
    }
  }
  takeNoted(values.length)
}

const ofWord = hashOn(hashStart, 'ww:')
const ofStem = hashOn(hashStart, 'ws:')
const longestRead = 160
const longestStem = 5

/** Whole words of the values, and how longer ones begin. */
function wordFeatures(values: readonly Traits[]): void {
  for (const { folded, letters } of values) {
    countedValues++
    if (letters < 2) continue
    const length = Math.min(folded.length, longestRead)
    let from = -1
    for (let at = 0; at <= length; at++) {
      const isInside = at < length && isWordPart(folded.charCodeAt(at))
      if (isInside && from < 0) from = at
      if (isInside || from < 0) continue
      if (at - from >= 2) note(hashOn(ofWord, folded, from, at))
      if (at - from > longestStem) note(hashOn(ofStem, folded, from, from + longestStem))
      from = -1
    }
  }
  takeNoted(values.length)
}

/** `Ab-12` is of the shape `Aa-00`, in runs `Aa-0`. */
function noteShape(text: string): void {
  const length = Math.min(text.length, longestShape)
  let [whole, runs, last] = [ofForm, ofRuns, -1]
  for (let at = 0; at < length; at++) {
    const code = shapeOf(text.charCodeAt(at))
    if (length <= longestWhole) whole = hashCode(whole, code)
    if (code !== last) runs = hashCode(runs, code)
    last = code
  }
  note(whole)
  note(runs)
}

const asDigit = (code: number): number => (code >= 48 && code <= 57 ? 48 : code)

/** `A` for a capital, `a` for a small letter, `0` for a digit, anything else as it is. */
function shapeOf(code: number): number {
  if (code < 128) {
    if (code >= 97 && code <= 122) return 97
    return code >= 65 && code <= 90 ? 65 : asDigit(code)
  }
  const letter = String.fromCharCode(code)
  if (letter !== letter.toLowerCase()) return 65
  return letter === letter.toUpperCase() ? code : 97
}
