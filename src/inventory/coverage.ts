import type { CollectionDescription, FieldDescription, SystemDescription } from '../connectors/public.ts'
import {
  type Category,
  type CollectionMap,
  type DataMap,
  type FieldMap,
  specialCategories,
} from './data-map.ts'
import { withMappedPaths } from './documents/mapped-paths.ts'
import { actionFor, type FieldErasure } from './erase-action.ts'
import { idOfTarget, mappedCollections } from './mapped-collections.ts'
import { own } from './own.ts'
import { type Reach, reachOf } from './reach.ts'

/** What becomes of one field when its person asks: in an access copy, and in an erasure. */
export interface FieldCoverage {
  readonly system: string
  readonly collection: string
  readonly field: string
  /** Null: the map does not name this field. */
  readonly category: Category | null
  /** Art. 9 or 10 GDPR. */
  readonly special: boolean
  readonly exported: boolean
  /** `delete-row`: it goes with its row. `never`: nothing reaches it, or nothing can be written there. */
  readonly erased: 'delete-row' | FieldErasure['action'] | 'never'
  /** Rules that let it stay longer. */
  readonly kept: readonly KeptBy[]
  /** How its row is found. */
  readonly via: 'identifier' | 'link' | 'unreached'
}

interface KeptBy {
  readonly rule: string
  readonly article: string
}

/**
 * Every field of every system that is mapped or was scanned, columns in the target's order: what nobody mapped shows as
 * well (design §1.2). Where a system was never scanned, its mapped fields are taken as texts that may be null.
 */
export function coverage(
  map: DataMap,
  descriptions: Readonly<Record<string, SystemDescription>>,
): readonly FieldCoverage[] {
  const reach = reachOf(map)
  const kept = keptByField(map)
  const systems = new Set([...Object.keys(map.systems), ...Object.keys(descriptions)])
  return [...systems].flatMap((system) => {
    const scanned = own(descriptions, system)
    const description = scanned && withMappedPaths(map, system, scanned)
    const mapped = own(map.systems, system)?.collections
    const tables = new Map(description?.collections.map((one) => [one.name, one]))
    const names = new Set([...tables.keys(), ...Object.keys(mapped ?? {})])
    return [...names].flatMap((name) => {
      const id = `${system}/${name}`
      const collection = own(mapped, name)
      // Mapped, but no longer in a system that was scanned: nothing is there to be reached.
      const table = tables.get(name) ?? (description ? emptyTable(name) : assumedTable(name, collection))
      const grounds = kept.get(id)
      return fieldNames(table, collection).map((field) => ({
        system,
        collection: name,
        field,
        ...outcome(field, { table, map: collection, reach: reach.get(id) }),
        kept: grounds?.get(field) ?? [],
      }))
    })
  })
}

interface Facts {
  readonly table: CollectionDescription
  readonly map: CollectionMap | undefined
  readonly reach: Reach | undefined
}

type Outcome = Pick<FieldCoverage, 'category' | 'special' | 'exported' | 'erased' | 'via'>

function outcome(name: string, { table, map, reach }: Facts): Outcome {
  const fieldMap = own(map?.fields, name)
  const category = fieldMap?.category ?? null
  const field = table.fields.find((one) => one.name === name)
  const isTheirs =
    reach !== undefined && field !== undefined && (reach.role === 'owner' || reach.clears.has(name))
  return {
    category,
    special: category !== null && specialCategories.has(category),
    // A password is of no use to the person, and of much use to whoever intercepts the copy.
    exported: isTheirs && category !== 'secret' && fieldMap?.export !== false,
    erased: isTheirs && map && table.writable ? erasure(field, fieldMap, { table, map, reach }) : 'never',
    via: isTheirs ? reach.via : 'unreached',
  }
}

function erasure(
  field: FieldDescription,
  fieldMap: FieldMap | undefined,
  { table, map, reach }: Facts & { readonly map: CollectionMap; readonly reach: Reach },
): FieldCoverage['erased'] {
  if (reach.role === 'party')
    return actionFor(table, field, fieldMap ?? { category: 'free-text' }, map).action
  if (map.rows === 'delete') return 'delete-row'
  if (map.rows === 'keep') return 'keep'
  return fieldMap ? actionFor(table, field, fieldMap, map).action : 'never'
}

/** By `system/collection`, then by field: of the row itself, and of the rows it hangs on. */
function keptByField(map: DataMap): ReadonlyMap<string, ReadonlyMap<string, readonly KeptBy[]>> {
  const kept = new Map<string, Map<string, KeptBy[]>>()
  const note = (id: string, fields: readonly string[], ground: KeptBy) => {
    const collection = kept.get(id) ?? new Map<string, KeptBy[]>()
    kept.set(id, collection)
    for (const field of fields) {
      const grounds = collection.get(field) ?? []
      if (!grounds.some(({ rule }) => rule === ground.rule)) collection.set(field, [...grounds, ground])
    }
  }
  for (const { id, system, map: collection } of mappedCollections(map))
    for (const { rule, fields, also = {} } of collection.keep ?? []) {
      const ground = { rule, article: own(map.rules, rule)?.article ?? '' }
      note(id, fields, ground)
      for (const [to, names] of Object.entries(also)) note(idOfTarget(map, system, to), names, ground)
    }
  return kept
}

const fieldNames = (table: CollectionDescription, map: CollectionMap | undefined): readonly string[] => [
  ...new Set([...table.fields.map((field) => field.name), ...Object.keys(map?.fields ?? {})]),
]

const emptyTable = (name: string): CollectionDescription => ({
  name,
  kind: 'table',
  comment: null,
  rows: 0,
  fields: [],
  key: [],
  uniques: [],
  foreignKeys: [],
  checks: [],
  writable: true,
  unreadable: null,
})

const assumedTable = (name: string, map: CollectionMap | undefined): CollectionDescription => ({
  ...emptyTable(name),
  fields: Object.keys(map?.fields ?? {}).map((field) => ({
    name: field,
    type: 'text',
    kind: 'text',
    nullable: true,
    maxLength: null,
    generated: false,
    default: null,
    comment: null,
    values: null,
  })),
})
