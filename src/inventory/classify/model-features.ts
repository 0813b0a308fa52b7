import type { Traits } from './cell-traits.ts'
import { collectionKind } from './collection-kind.ts'
import { topicsOf } from './collection-topic.ts'
import type { FieldFeatures } from './features.ts'
import { foldText } from './fold-text.ts'
import { wordsOf } from './name-words.ts'
import type { ValueProfile } from './value-profile.ts'
import { signalsOf } from './value-signals.ts'

/** What the model sees of a column: places in its hashed space, and how much of each. Parallel lists. */
export interface SparseFeatures {
  readonly places: Uint16Array
  readonly amounts: Float64Array
}

/** Collisions are few and the training knows them. */
export const featureSpace = 16_384
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
export const tableFeatures = (table: string): readonly string[] => [
  `table:${collectionKind(table)}`,
  ...[...topicsOf(wordsOf(table))].map((topic) => `topic:${topic}`),
]

/** The column by itself: header, type, values. `table`: its `tableFeatures`; `grams`: pieces of the values too. */
export function columnFeatures(field: FieldFeatures, table: readonly string[], grams = true): SparseFeatures {
  count = 0
  add('always')
  headerFeatures(field)
  for (const feature of table) add(feature)
  if (field.values !== null && field.values.distinct > 0) {
    valueFeatures(field.values)
    if (grams) gramFeatures(field.values.looked)
  } else add('no-values')
  const places = taken.slice(0, count)
  const amounts = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const place = places[i] ?? 0
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
  const text = `^${foldText(field.name)
    .slice(0, longestHeader)
    .replace(/[^\p{L}\p{N}]+/gu, '_')}$`
  for (let size = 3; size <= 5; size++)
    for (let i = 0; i + size <= text.length; i++) addAt(placeOfHash(hashOn(ofHeader, text, i, i + size)), 0.7)
}

function valueFeatures(profile: ValueProfile): void {
  for (const [shape, share] of profile.shares) addShare(ofShape, shape, share)
  const values = profile.looked
  const shared = values.length < fewestRows ? 0 : commonLetters(values)
  if (shared >= 2) add('prefix')
  for (const [signal, share] of signalsOf(values)) {
    // `SKU-1001` is written like a plate, but no town gives all its plates the same three letters.
    if (shared >= 3 && ofPapers.has(signal)) continue
    addShare(ofSignal, signal, share)
  }
  for (const [category, share] of profile.sensitive) add(`w:${category}`, share)
  add(`distinct:${bucket(profile.distinct)}`)
  const repeated = profile.filled === 0 ? 0 : profile.distinct / profile.filled
  if (profile.filled >= fewestRows) add(`repeats:${Math.round(repeated * 4)}`)
  add(`length:${bucket(profile.length)}`)
  const [first] = values
  if (values.length >= fewestRows && values.every(({ length }) => length === first?.length))
    add(`exactly:${first?.length}`)
  numberFeatures(values)
}

const startsOf = (some: string, nearlyAll: string) => ({
  some: hashOn(hashStart, some),
  nearlyAll: hashOn(hashStart, nearlyAll),
})
const ofShape = startsOf('s:', 'S:')
const ofSignal = startsOf('g:', 'G:')

/** The share, and once more that it is nearly all. */
function addShare({ some, nearlyAll }: ReturnType<typeof startsOf>, name: string, share: number): void {
  addAt(placeOfHash(hashOn(some, name)), share)
  if (share > 0.9) addAt(placeOfHash(hashOn(nearlyAll, name)), 1)
}

const ofPapers: ReadonlySet<string> = new Set(['plate', 'passport', 'licence'])

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

/** Three letters at a time, digits as one, and the whole shape of short values. By hashes: no piece is ever cut out. */
function gramFeatures(values: readonly Traits[]): void {
  let places = 0
  let value = 0
  const note = (hash: number) => {
    const place = placeOfHash(hash)
    if (countedFor[place] === value) return
    if (counts[place] === 0) counted[places++] = place
    countedFor[place] = value
    counts[place] = (counts[place] ?? 0) + 1
  }
  for (const { text, folded } of values) {
    value++
    noteShape(text, note)
    const length = Math.min(folded.length, longestShape)
    let [before, last] = [-1, 94]
    for (let at = 0; at <= length; at++) {
      const code = at === length ? 36 : asDigit(folded.charCodeAt(at))
      if (before >= 0) note(hashCode(hashCode(hashCode(ofGram, before), last), code))
      before = last
      last = code
    }
  }
  for (let i = 0; i < places; i++) {
    const place = counted[i] ?? 0
    addAt(place, (counts[place] ?? 0) / values.length)
    counts[place] = 0
    countedFor[place] = 0
  }
}

/** `Ab-12` is of the shape `Aa-00`, in runs `Aa-0`. */
function noteShape(text: string, note: (hash: number) => void): void {
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
