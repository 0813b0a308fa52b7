import type { Cell, CollectionDescription, FieldDescription } from '../connectors/public.ts'
import type { Category, CollectionMap, EraseAction, FieldMap } from './data-map.ts'
import { fillers } from './filler.ts'

/** Why a field of a row that stays is erased as it is. The sentence is `inventory.why-<reason>`. */
export type EraseReason =
  | 'map'
  | 'generated'
  | 'not-personal'
  | 'key'
  | 'link'
  | 'document'
  | 'nullable'
  | 'not-null'

export interface FieldErasure {
  readonly action: 'null' | 'replace' | 'redact' | 'keep'
  /** What to write, the best first; the rest for a target that refuses it. Empty for `redact` and `keep`. */
  readonly candidates: readonly Cell[]
  readonly why: EraseReason
}

/**
 * What erasing means for one field of a row that stays (cleared, or kept in part). What the map says wins, except over a
 * field the target computes. `redact` takes the person's identifiers out of the text and leaves the rest.
 * Each call makes fresh candidates: a unique field needs a call per row.
 */
export function actionFor(
  collection: CollectionDescription,
  field: FieldDescription,
  fieldMap: FieldMap,
  collectionMap: CollectionMap,
): FieldErasure {
  if (field.generated) return keep('generated')
  if (fieldMap.erase !== undefined) return declared(fieldMap.erase, collection, field, fieldMap.category)
  const held = reasonToHold(collection, field, fieldMap.category, collectionMap)
  return held === null ? cleared(collection, field, fieldMap.category) : keep(held)
}

/** Whether the target lets no two rows share this value, or names rows by it. */
export const isUniqueInTarget = (collection: CollectionDescription, field: string): boolean =>
  collection.key.includes(field) || collection.uniques.some((unique) => unique.includes(field))

const keep = (why: EraseReason): FieldErasure => ({ action: 'keep', candidates: [], why })

function declared(
  erase: EraseAction,
  collection: CollectionDescription,
  field: FieldDescription,
  category: Category,
): FieldErasure {
  if (erase === 'keep') return keep('map')
  if (erase === 'redact') return { action: 'redact', candidates: [], why: 'map' }
  if (erase === 'clear') return { ...cleared(collection, field, category), why: 'map' }
  return { action: 'replace', candidates: [erase.replace], why: 'map' }
}

function cleared(
  collection: CollectionDescription,
  field: FieldDescription,
  category: Category,
): FieldErasure {
  const isUnique = isUniqueInTarget(collection, field.name)
  // Whoever reads documents there expects one: an empty one, before a word that is none.
  const documents = collection.fields.some(({ within }) => within?.field === field.name)
    ? fillers({ ...field, kind: 'json' }, category, isUnique)
    : []
  const candidates = [...new Set([...documents, ...fillers(field, category, isUnique)])]
  // A nullable key is one only in SQLite, and a row without it could not be found again.
  const nullable = field.nullable && !collection.key.includes(field.name)
  return nullable
    ? { action: 'null', candidates: [null, ...candidates], why: 'nullable' }
    : { action: 'replace', candidates, why: 'not-null' }
}

/** Numbers and references that say nothing of a person once the row is empty. */
const impersonal: ReadonlySet<Category> = new Set([
  'none',
  'generic-id',
  'customer-number',
  'financial',
  'purchase',
])
const ofDocument: ReadonlySet<Category> = new Set(['financial', 'purchase'])
/** What many people share and a lookup table lists. */
const coarse: ReadonlySet<Category> = new Set([
  'country',
  'city',
  'postcode',
  'gender',
  'age',
  'job-title',
  'organisation',
])

/** A key or link that is itself an e-mail address or a diagnosis is data like any other, and goes. */
function reasonToHold(
  collection: CollectionDescription,
  field: FieldDescription,
  category: Category,
  collectionMap: CollectionMap,
): EraseReason | null {
  if (category === 'none') return 'not-personal'
  const foreign = collection.foreignKeys.some((key) => key.fields.includes(field.name))
  const linked = foreign || (collectionMap.links ?? []).some((link) => Object.hasOwn(link.on, field.name))
  if (impersonal.has(category) && collection.key.includes(field.name)) return 'key'
  if (impersonal.has(category) && linked) return 'link'
  if (coarse.has(category) && foreign && !field.nullable) return 'link'
  return ofDocument.has(category) ? 'document' : null
}
