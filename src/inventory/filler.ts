import { randomBytes, randomInt } from 'node:crypto'
import type { Temporal } from 'temporal-polyfill'
import { type Cell, type FieldDescription, holdsElements, readElements } from '../connectors/public.ts'
import { readBoolean } from './condition-holds.ts'
import type { Category } from './data-map.ts'
import { readDay } from './day.ts'

/**
 * What may stand in a field whose value must go and which cannot be null: the best first, the rest for the case that a
 * CHECK nobody can read refuses it. With `unique` they are fresh and random, never derived from the person: hashing is
 * not erasure. All of them fit the field's length, kind and list of values. Empty where nothing fits.
 */
export function fillers(field: FieldDescription, category: Category, unique: boolean): readonly string[] {
  const suited = field.values === null ? byKind(field, category, unique) : fromValues(field.values)
  const all = unique ? suited : [...suited, ...literalDefault(field)]
  return [...new Set(all)].filter((text) => misfitOf(text, field) === null)
}

/**
 * Whether a cell already holds what erasing leaves there, so that a second run finds nothing to do. Never true of what
 * may be somebody's: a later choice among the fillers that looks like data is simply written again. `unique`: one value
 * is one person, in the map or in the target.
 */
export function isErased(cell: Cell, field: FieldDescription, category: Category, unique = false): boolean {
  if (cell === null) return true
  const values = holdsElements(field) ? readElements(cell) : null
  if (values !== null) return values.every((value) => isErasedText(value ?? '', field, category, unique))
  return isErasedText(cell, field, category, unique)
}

/** What an empty document leaves says nothing of anybody. */
const emptyDocument = /^(?:\{\s*\}|\[\s*\])$/

function isErasedText(cell: string, field: FieldDescription, category: Category, unique: boolean): boolean {
  const text = cell.trimEnd()
  if (emptyDocument.test(text) && (field.kind === 'text' || field.kind === 'json')) return true
  if (text === '' || isUnmistakable(text, field, category)) return true
  if (field.nullable) return false
  if (field.kind === 'boolean') return readBoolean(text) === false
  if (field.kind === 'date' || field.kind === 'timestamp')
    return isFillerDay(readDay(text, field.kind), unique)
  // No number that finds people is negative; a balance or a latitude is.
  if (unique && (field.kind === 'integer' || field.kind === 'decimal') && text.startsWith('-')) return true
  return plainFiller(field, category) === text
}

const plainFillers = new WeakMap<FieldDescription, Map<Category, string | undefined>>()

/** What is written first where a value need not be fresh: every cell of the field is asked whether it is that. */
function plainFiller(field: FieldDescription, category: Category): string | undefined {
  const known = plainFillers.get(field) ?? new Map<Category, string | undefined>()
  plainFillers.set(field, known)
  if (!known.has(category)) known.set(category, fillers(field, category, false)[0]?.trimEnd())
  return known.get(category)
}

/** Why a text cannot stand in the field at all, or null where it can. */
export function misfitOf(
  text: string,
  field: FieldDescription,
): 'wrong-kind' | 'too-long' | 'not-allowed' | null {
  if (shapes[field.kind]?.test(text) === false || (field.kind === 'json' && !isJson(text)))
    return 'wrong-kind'
  const length = field.kind === 'binary' ? (text.length - 2) / 2 : [...text].length
  if (field.maxLength !== null && length > field.maxLength) return 'too-long'
  return field.values === null || field.values.includes(text) ? null : 'not-allowed'
}

const shapes: Partial<Record<FieldDescription['kind'], RegExp>> = {
  integer: /^[+-]?\d+$/,
  decimal: /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i,
  boolean: /^(?:[tfyn01]|true|false|yes|no|on|off)$/i,
  date: /^\d{4}-\d{2}-\d{2}$/,
  timestamp: /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?$/,
  time: /^\d{2}:\d{2}/,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  binary: /^\\x(?:[0-9a-f]{2})*$/i,
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Random, so that nothing leads back from it. */
const token = (length: number): string =>
  randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length)
const digits = (length: number): string => Array.from({ length }, () => randomInt(10)).join('')

const unmistakable = [
  /^erased(?:-[0-9a-f]{3,32})?(?:@erased\.invalid)?$/,
  /^e-[0-9a-f]{8}@e\.invalid$/,
  /^erased-erased-erased$/,
  /^e4a5ed00-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
  /^\\x657261736564[0-9a-f]{32}$/,
  /^\{"erased": ?"[0-9a-f]{16}"\}$/,
]

/** No phone number starts with five zeros (customer numbers do), and nobody's address is in 0.0.0.0/8. */
const isUnmistakable = (text: string, field: FieldDescription, category: Category): boolean =>
  unmistakable.some((form) => form.test(text)) ||
  (category === 'phone' && /^0{5}\d{4,10}$/.test(text)) ||
  (/^inet/i.test(field.type) && text.startsWith('0.'))

const isFillerDay = (day: Temporal.PlainDate | null, unique: boolean): boolean =>
  day !== null && (day.toString() === '1900-01-01' || (unique && day.year < 1900))

const neutral =
  /^(?:|-|x|u|un|unknown|other|none|n\/?a|not[ _-]?(?:specified|stated|given|known|applicable)|unspecified|undisclosed|divers|autre|inconnue?)$/i

const fromValues = (values: readonly string[]): readonly string[] => [
  ...values.filter((value) => neutral.test(value.trim())),
  ...values,
]

/** The target's own default is a value its CHECKs allow. Only literals: `now()` or a sequence would be news. */
function literalDefault(field: FieldDescription): readonly string[] {
  const text = field.default?.trim() ?? ''
  const quoted = /^'((?:[^']|'')*)'(?:::[\w ".[\]()]+)?$/.exec(text)?.[1]
  if (quoted !== undefined) return [quoted.replaceAll("''", "'")]
  return /^(?:-?\d+(?:\.\d+)?|true|false)$/i.test(text) ? [text.toLowerCase()] : []
}

function byKind(field: FieldDescription, category: Category, unique: boolean): readonly string[] {
  switch (field.kind) {
    case 'text':
      return inText(category, field.maxLength ?? 255, unique)
    case 'integer':
    case 'decimal':
      return unique ? freshNumbers(field.type) : ['0', '1', '-1', '99']
    case 'boolean':
      // PostgreSQL reads 0 as false; SQLite would store the word "false" as a text.
      return ['0', '1']
    case 'date':
      return unique ? [longAgo(), longAgo()] : ['1900-01-01', '1970-01-01', '2000-01-01', '9999-12-31']
    case 'timestamp':
      // MySQL's TIMESTAMP starts on 1970-01-01 at 00:00:01 UTC: a day later is inside it in every zone.
      return (unique ? [longAgo(), longAgo()] : ['1900-01-01', '1970-01-02', '2000-01-01']).map(
        (day) => `${day} 00:00:00`,
      )
    case 'time':
      return ['00:00:00', '12:00:00']
    case 'uuid':
      return unique ? [freshUuid()] : ['00000000-0000-0000-0000-000000000000', freshUuid()]
    case 'json':
      return unique ? [`{"erased":"${token(16)}"}`] : ['{}', '[]', '""', 'null']
    case 'array':
      return ['{}', '[]']
    case 'binary':
      return unique
        ? [`\\x657261736564${token(32)}`]
        : ['\\x', '\\x00', `\\x${'00'.repeat(field.maxLength ?? 1)}`]
    case 'enum':
      return []
    case 'other':
      return byType(field.type, unique) ?? inText(category, field.maxLength ?? 255, unique)
  }
}

/** Before anybody alive was born, and inside what SQL Server calls a date (1753). */
const longAgo = (): string => {
  const two = (number: number) => String(number).padStart(2, '0')
  return `${randomInt(1753, 1900)}-${two(randomInt(1, 13))}-${two(randomInt(1, 29))}`
}

/** Version 8 (RFC 9562): the first four bytes say what it is, 74 bits of the rest are random. */
const freshUuid = (): string => `e4a5ed00-${token(4)}-8${token(3)}-8${token(3)}-${token(12)}`

/** Negative first: no customer's number is, so that a filler is known for one; positive where the target refuses. */
function freshNumbers(type: string): readonly string[] {
  const largest = /tinyint/i.test(type) ? 127 : /smallint|int2|mediumint/i.test(type) ? 32_767 : 2_147_483_647
  const fresh = () => randomInt(Math.ceil(largest / 2), largest)
  return [`-${fresh()}`, `-${fresh()}`, `${fresh()}`, `${fresh()}`]
}

function byType(type: string, unique: boolean): readonly string[] | undefined {
  const forms: readonly (readonly [RegExp, readonly string[]])[] = [
    [/^inet/i, unique ? [`0.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`] : ['0.0.0.0']],
    [/^cidr/i, ['0.0.0.0/32']],
    [/^macaddr8/i, ['00:00:00:00:00:00:00:00']],
    [/^macaddr/i, ['00:00:00:00:00:00']],
    [/^(?:interval|money)/i, ['0']],
    [/^point/i, ['(0,0)']],
    [/^(?:geometry|geography)/i, ['POINT EMPTY', 'POINT(0 0)']],
    [/range/i, ['empty']],
    [/^(?:tsvector|hstore)/i, ['']],
    [/^xml/i, ['<erased/>']],
  ]
  return forms.find(([form]) => form.test(type))?.[1]
}

function inText(category: Category, length: number, unique: boolean): readonly string[] {
  const suited = byCategory(category, length, unique)
  if (unique) return [...suited, ...freshTexts(length)]
  const zeros = '0'.repeat(Math.min(length, 40))
  return [...suited, 'erased', 'x', '-', zeros, '0', 'erased-erased-erased', '']
}

/** Below ten characters there is no room to say what it is: only random. */
function freshTexts(length: number): readonly string[] {
  const shortest = token(Math.min(length, 16))
  const known = () => `erased-${token(Math.min(length - 7, 16))}`
  // A second, for where the first is taken: among thousands five random digits may well be.
  return length < 10 ? [shortest, token(length)] : [known(), known(), shortest]
}

function byCategory(category: Category, length: number, unique: boolean): readonly string[] {
  switch (category) {
    case 'email':
      return [
        `erased-${token(16)}@erased.invalid`,
        `erased-${token(8)}@erased.invalid`,
        `e-${token(8)}@e.invalid`,
      ]
    case 'phone':
      if (!unique) return ['0000000000']
      return length < 9 ? [] : [`00000${digits(Math.min(length, 15) - 5)}`]
    case 'secret':
      // The word alone might be let in as a password.
      return length < 10 ? [token(length)] : [`erased-${token(Math.min(length - 7, 32))}`]
    case 'birth-date':
      return unique ? [] : ['1900-01-01']
    case 'country':
      return unique ? [] : length === 2 ? ['ZZ'] : length === 3 ? ['ZZZ'] : ['erased', 'ZZ']
    case 'postcode':
      return unique ? [] : ['00000', '0000']
    case 'age':
    case 'geo-location':
      return unique ? [] : ['0']
    case 'ip-address':
      return unique ? [] : ['0.0.0.0']
    case 'photo':
    case 'social-profile':
      return unique ? [] : ['erased', 'https://erased.invalid/']
    default:
      return []
  }
}
