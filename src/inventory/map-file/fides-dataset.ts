import { own } from '../own.ts'
import type { ParsedYaml } from './parse-yaml.ts'
import type { Place } from './place.ts'
import type { Report } from './report.ts'

/** A dataset of Fides as its YAML says it, each thing with its offset in the text. */
export interface FidesDataset {
  readonly key: string
  readonly at: number
  readonly collections: readonly FidesCollection[]
}

export interface FidesCollection {
  readonly name: string
  readonly at: number
  /** PostgreSQL schema or the like, where the dataset names one. */
  readonly namespace: string | null
  readonly fields: readonly FidesField[]
  /** The masking strategy that replaces all others: `delete`. */
  readonly masking: string | null
}

export interface FidesField {
  readonly name: string
  readonly at: number
  readonly categories: readonly { readonly name: string; readonly at: number }[]
  readonly identity: string | null
  readonly primaryKey: boolean
  readonly readOnly: boolean
  readonly references: readonly FidesReference[]
  readonly masking: {
    readonly strategy: string
    readonly replacement: string | null
    readonly at: number
  } | null
  /** Fields inside an object. */
  readonly inside: readonly FidesField[]
}

export interface FidesReference {
  readonly at: number
  readonly dataset: string
  readonly collection: string
  readonly field: string
  readonly direction: 'from' | 'to' | null
}

/** A value of the file with its place. */
interface Cursor {
  readonly value: unknown
  readonly place: Place
}

/** Reads the datasets of a file and reports every key that means something to Fides and nothing here. */
export function readFidesDatasets(parsed: ParsedYaml, report: Report): readonly FidesDataset[] {
  noteOthers(parsed, ['dataset'], [], report)
  const datasets = itemsOf(childOf(parsed, 'dataset'))
  if (datasets.length === 0) report.add('fides-empty', parsed.place.value)
  return datasets.flatMap((dataset) => {
    noteOthers(dataset, ['fides_key', 'collections', ...meta], described, report)
    const key = named(dataset, 'fides_key', report)
    if (key === null) return []
    const namespace = textOf(childOf(childOf(metaOf(dataset), 'namespace'), 'schema'))
    noteOthers(metaOf(dataset), ['namespace'], ['after', 'resource_id'], report)
    const collections = itemsOf(childOf(dataset, 'collections')).flatMap(
      (collection) => readCollection(collection, namespace, report) ?? [],
    )
    return [{ key, at: dataset.place.key, collections }]
  })
}

const meta = ['fides_meta', 'fidesops_meta', 'fidesctl_meta']
/** Words for people, and what a scan reads from the system itself. */
const described = [
  'name',
  'description',
  'tags',
  'meta',
  'organization_fides_key',
  'data_qualifier',
  'namespace',
]
const fromSystem = ['data_type', 'length', 'return_all_elements']

function readCollection(collection: Cursor, schema: string | null, report: Report): FidesCollection | null {
  const name = named(collection, 'name', report)
  if (name === null) return null
  noteOthers(collection, ['fields', ...meta], described, report)
  const own = metaOf(collection)
  for (const key of ['after', 'erase_after'])
    if (childOf(own, key)) report.add('fides-order', childOf(own, key)?.place.key ?? 0, { name })
  noteOthers(
    own,
    ['after', 'erase_after', 'skip_processing', 'masking_strategy_override'],
    ['partitioning'],
    report,
  )
  if (childOf(own, 'skip_processing')?.value === true) {
    report.add('fides-skipped', collection.place.key, { name })
    return null
  }
  return {
    name,
    at: collection.place.key,
    namespace: schema,
    fields: itemsOf(childOf(collection, 'fields')).flatMap((field) => readField(field, report) ?? []),
    masking: textOf(childOf(childOf(own, 'masking_strategy_override'), 'strategy')),
  }
}

function readField(field: Cursor, report: Report): FidesField | null {
  const name = named(field, 'name', report)
  if (name === null) return null
  noteOthers(field, ['data_categories', 'fields', ...meta], described, report)
  const own = metaOf(field)
  const known = ['identity', 'primary_key', 'read_only', 'references', 'masking_strategy_override']
  noteOthers(own, known, fromSystem, report)
  const masking = childOf(own, 'masking_strategy_override')
  const strategy = textOf(childOf(masking, 'strategy'))
  return {
    name,
    at: field.place.key,
    categories: itemsOf(childOf(field, 'data_categories')).flatMap((one) => {
      const text = textOf(one)
      return text === null ? [] : [{ name: text, at: one.place.key }]
    }),
    identity: textOf(childOf(own, 'identity')),
    primaryKey: childOf(own, 'primary_key')?.value === true,
    readOnly: childOf(own, 'read_only')?.value === true,
    references: itemsOf(childOf(own, 'references')).flatMap((one) => readReference(one, name, report) ?? []),
    masking:
      masking === null || strategy === null
        ? null
        : {
            strategy,
            replacement: textOf(childOf(childOf(masking, 'configuration'), 'rewrite_value')),
            at: masking.place.key,
          },
    inside: itemsOf(childOf(field, 'fields')).flatMap((one) => readField(one, report) ?? []),
  }
}

/** `field: customer.address.id`: a collection, and a path in it of which only the first step is a column. */
function readReference(reference: Cursor, name: string, report: Report): FidesReference | null {
  const dataset = textOf(childOf(reference, 'dataset'))
  const [collection, field, ...deeper] = (textOf(childOf(reference, 'field')) ?? '').split('.')
  const direction = textOf(childOf(reference, 'direction'))
  const at = reference.place.key
  if (dataset === null || !collection || !field || deeper.length > 0) {
    report.add('fides-reference', at, { name })
    return null
  }
  return {
    at,
    dataset,
    collection,
    field,
    direction: direction === 'from' || direction === 'to' ? direction : null,
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function childOf(cursor: Cursor | null, key: string): Cursor | null {
  const place = cursor?.place.inside.get(key)
  if (!cursor || !place || !isRecord(cursor.value)) return null
  return { value: own(cursor.value, key), place }
}

function itemsOf(cursor: Cursor | null): readonly Cursor[] {
  if (!cursor || !Array.isArray(cursor.value)) return []
  return cursor.value.flatMap((value: unknown, i) => {
    const place = cursor.place.inside.get(String(i))
    return place ? [{ value, place }] : []
  })
}

const textOf = (cursor: Cursor | null): string | null =>
  typeof cursor?.value === 'string' && cursor.value !== '' ? cursor.value : null

const metaOf = (cursor: Cursor): Cursor | null =>
  meta.map((key) => childOf(cursor, key)).find((one) => one !== null) ?? null

function named(cursor: Cursor, key: string, report: Report): string | null {
  const name = textOf(childOf(cursor, key))
  if (name === null) report.add('fides-nameless', cursor.place.key, { key })
  return name
}

/** Whatever is neither used nor plain description is said, so that nobody believes it was taken over. */
function noteOthers(
  cursor: Cursor | null,
  used: readonly string[],
  idle: readonly string[],
  report: Report,
): void {
  if (!cursor || !isRecord(cursor.value)) return
  for (const key of Object.keys(cursor.value))
    if (!used.includes(key) && !idle.includes(key) && key !== 'name' && key !== 'fides_key')
      report.add('fides-not-converted', cursor.place.inside.get(key)?.key ?? cursor.place.key, { key })
}
