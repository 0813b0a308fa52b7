import {
  type CollectionMap,
  type DataMap,
  type FieldMap,
  type Inspection,
  spotOf,
} from '../inventory/public.ts'
import { additionWith, open } from './addition-with.ts'
import type { Checked } from './checked.ts'
import type { Gap } from './gap.ts'
import { collectionOf, own } from './in-map.ts'

/**
 * Personal fields nobody mapped, by a fresh look: what a proposal made today would add to the map. A collection without
 * personal data of its own counts when its rows belong to people over a link.
 */
export function unmappedGaps(checked: Checked): readonly Gap[] {
  const { map, proposal } = checked
  return Object.entries(proposal.systems).flatMap(([system, { collections }]) =>
    Object.entries(collections).flatMap(([name, proposed]) => {
      const mapped = collectionOf(map, system, name)
      return mapped
        ? newFields(checked, { system, name, proposed }, mapped)
        : newCollection(checked, { system, name, proposed })
    }),
  )
}

interface Proposed {
  readonly system: string
  readonly name: string
  readonly proposed: CollectionMap
}

/** In a collection somebody looked at, a reference is no news; anything that tells of a person is. */
function newFields(
  { source, systems }: Checked,
  { system, name, proposed }: Proposed,
  mapped: CollectionMap,
): readonly Gap[] {
  const path = ['systems', system, 'collections', name]
  return Object.entries(proposed.fields)
    .filter(([field, { category }]) => !own(mapped.fields, field) && !plain.has(category))
    .map(([field, fieldMap]) => ({
      ...gapOf(systems, system, name, field, fieldMap),
      at: spotOf(source, path),
      add: additionWith(source, [...path, 'fields', field], fieldMap),
    }))
}

const plain: ReadonlySet<string> = new Set(['none', 'generic-id'])

function newCollection(
  { map, source, systems }: Checked,
  { system, name, proposed }: Proposed,
): readonly Gap[] {
  const path = ['systems', system, 'collections', name]
  const personal = Object.entries(proposed.fields).filter(([, { category }]) => !plain.has(category))
  const linking = proposed.links?.flatMap(({ on }) => Object.keys(on)) ?? []
  const told: readonly (readonly [string, FieldMap])[] =
    personal.length > 0 ? personal : linking.map((field) => [field, { category: 'generic-id' }])
  if (told.length === 0) return []
  const at = spotOf(source, path)
  const add = additionWith(source, path, { purposes: [open], ...withKnownRules(map, proposed) })
  return told.map(([field, fieldMap]) => ({
    ...gapOf(systems, system, name, field, fieldMap),
    ...(personal.length === 0 && { sentence: 'unmapped-link', params: { system, collection: name, field } }),
    at,
    add,
  }))
}

/** A ground to keep needs its rule, and rules are for a person to confirm. */
function withKnownRules(map: DataMap, { keep = [], ...proposed }: CollectionMap): CollectionMap {
  const known = keep.filter(({ rule }) => own(map.rules, rule))
  return { ...proposed, ...(known.length > 0 && { keep: known }) }
}

function gapOf(
  systems: Checked['systems'],
  system: string,
  collection: string,
  field: string,
  { category }: FieldMap,
): Omit<Gap, 'at' | 'add'> {
  const confidence = confidenceOf(systems[system], collection, field)
  return {
    rule: 'unmapped-personal-field',
    system,
    collection,
    purpose: null,
    fields: [field],
    sentence: 'unmapped-personal-field',
    params: { system, collection, field, category, confidence },
  }
}

const confidenceOf = (inspection: Inspection | undefined, collection: string, field: string): number =>
  own(inspection?.proposals, collection)?.find((one) => one.field === field)?.confidence ?? 0
