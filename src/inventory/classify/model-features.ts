import { type CollectionKind, collectionKind } from './collection-kind.ts'
import type { FieldFeatures } from './features.ts'
import { foldText } from './fold-text.ts'
import type { ValueProfile } from './value-profile.ts'
import { signalsOf } from './value-signals.ts'

/** What the model sees of a column: places in its hashed space, and how much of each. Parallel lists. */
export interface SparseFeatures {
  readonly places: readonly number[]
  readonly amounts: readonly number[]
}

/** Collisions are few and the training knows them. */
export const featureSpace = 16_384
const longestHeader = 40
const longestShape = 24
const fewestRows = 3

/** FNV-1a. */
export function placeOf(feature: string): number {
  let hash = 2166136261
  for (let i = 0; i < feature.length; i++) hash = Math.imul(hash ^ feature.charCodeAt(i), 16777619)
  return ((hash ^ (hash >>> 15)) >>> 0) % featureSpace
}

/** The column by itself: header, type, values. `table` is its collection's bare name; `grams`: pieces of the values too. */
export function columnFeatures(field: FieldFeatures, table: string, grams = true): SparseFeatures {
  const found = new Map<number, number>()
  const add = (feature: string, amount = 1) => {
    const place = placeOf(feature)
    found.set(place, Math.max(found.get(place) ?? 0, amount))
  }
  add('always')
  headerFeatures(field, add)
  tableFeatures(table, add)
  if (field.values !== null && field.values.distinct > 0) valueFeatures(field.values, grams, add)
  else add('no-values')
  return { places: [...found.keys()], amounts: [...found.values()] }
}

type Add = (feature: string, amount?: number) => void

/** `col1`, `f_03`, `x` and nothing say as much as each other. */
export const isBlankHeader = (name: string): boolean =>
  /^(?:[\s_.-]*|(?:col|column|colonne|spalte|columna|field|feld|champ|campo|unnamed|attr|attribute|var|feature|c|f|x|v|a|k|fld|data)?[\s_.:-]*\d{0,4}|[a-z]{1,2}\d{1,3}|[a-z])$/i.test(
    name.trim(),
  )

function headerFeatures({ field, name }: FieldFeatures, add: Add): void {
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
    for (let i = 0; i + size <= text.length; i++) add(`h:${text.slice(i, i + size)}`, 0.7)
}

const tableKinds = new Map<string, CollectionKind>()

function tableFeatures(table: string, add: Add): void {
  const known = tableKinds.get(table)
  const kind = known ?? collectionKind(table)
  if (known === undefined && tableKinds.size < 1_000) tableKinds.set(table, kind)
  add(`table:${kind}`)
}

function valueFeatures(profile: ValueProfile, grams: boolean, add: Add): void {
  for (const [shape, share] of profile.shares) {
    add(`s:${shape}`, share)
    if (share > 0.9) add(`S:${shape}`)
  }
  const values = profile.looked
  const shared = values.length < fewestRows ? 0 : commonLetters(values)
  if (shared >= 2) add('prefix')
  for (const [signal, share] of signalsOf(values)) {
    // `SKU-1001` is written like a plate, but no town gives all its plates the same three letters.
    if (shared >= 3 && ofPapers.has(signal)) continue
    add(`g:${signal}`, share)
    if (share > 0.9) add(`G:${signal}`)
  }
  for (const [category, share] of profile.sensitive) add(`w:${category}`, share)
  add(`distinct:${bucket(profile.distinct)}`)
  const repeated = profile.filled === 0 ? 0 : profile.distinct / profile.filled
  if (profile.filled >= fewestRows) add(`repeats:${Math.round(repeated * 4)}`)
  add(`length:${bucket(profile.length)}`)
  const lengths = new Set(values.map((value) => value.length))
  if (lengths.size === 1 && values.length >= fewestRows) add(`exactly:${values[0]?.length}`)
  numberFeatures(values, add)
  if (grams) gramFeatures(values, add)
}

const ofPapers: ReadonlySet<string> = new Set(['plate', 'passport', 'licence'])

/** Letters that every value begins with: `SKU-1001`, `SKU-1002`. */
function commonLetters(values: readonly string[]): number {
  const [first = ''] = values
  let length = 0
  while (
    /\p{L}/u.test(first.charAt(length)) &&
    values.every((value) => value.charAt(length) === first.charAt(length))
  )
    length++
  return length
}

const bucket = (amount: number): number => Math.round(Math.log2(amount + 1))

function numberFeatures(values: readonly string[], add: Add): void {
  const numbers = values.filter((value) => /^-?\d{1,12}(?:\.\d+)?$/.test(value)).map(Number)
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

/** Three letters at a time, digits as one, and the whole shape of short values. */
function gramFeatures(values: readonly string[], add: Add): void {
  const grams = new Map<string, number>()
  const count = (gram: string) => grams.set(gram, (grams.get(gram) ?? 0) + 1)
  for (const value of values) {
    const shape = value
      .slice(0, longestShape)
      .replace(/\p{Lu}/gu, 'A')
      .replace(/\p{Ll}/gu, 'a')
      .replace(/\d/g, '0')
    count(`m:${shape.length > 16 ? '' : shape}`)
    count(`r:${shape.replace(/(.)\1+/g, '$1')}`)
    const text = `^${foldText(value.slice(0, longestShape)).replace(/\d/g, '0')}$`
    const own = new Set<string>()
    for (let i = 0; i + 3 <= text.length; i++) own.add(text.slice(i, i + 3))
    for (const gram of own) count(`v:${gram}`)
  }
  for (const [gram, found] of grams) add(gram, found / values.length)
}
