import { type FieldCoverage, spotOf } from '../inventory/public.ts'
import { additionWith, open } from './addition-with.ts'
import type { Checked } from './checked.ts'
import type { Gap } from './gap.ts'
import { collectionOf, own, purposesOf } from './in-map.ts'

/** What the register owes to personal fields that are there: purposes, and for each purpose a basis, a condition, an end. */
export function purposeGaps(checked: Checked, fields: readonly FieldCoverage[]): readonly Gap[] {
  const serving = new Map<string, FieldCoverage[]>()
  const without: FieldCoverage[] = []
  for (const field of fields) {
    const collection = collectionOf(checked.map, field.system, field.collection)
    const purposes = collection ? purposesOf(collection, field.field) : []
    if (purposes.length === 0) without.push(field)
    for (const purpose of purposes) serving.set(purpose, [...(serving.get(purpose) ?? []), field])
  }
  return [
    ...noPurpose(checked, without),
    ...[...serving].flatMap(([purpose, served]) => purposeFlaws(checked, purpose, served)),
  ]
}

/** PRI-01, per collection: one line closes them all. */
function noPurpose({ map, source }: Checked, fields: readonly FieldCoverage[]): readonly Gap[] {
  const known = Object.keys(map.purposes ?? {}).join(', ')
  return [...Map.groupBy(fields, ({ system, collection }) => `${system}/${collection}`).values()].flatMap(
    (group) => {
      const [first] = group
      if (!first) return []
      const { system, collection } = first
      const path = ['systems', system, 'collections', collection]
      const names = group.map(({ field }) => field)
      return [
        {
          rule: 'no-purpose',
          system,
          collection,
          purpose: null,
          fields: names,
          sentence: known === '' ? 'no-purpose' : 'no-purpose-of',
          params: { system, collection, fields: names.join(', '), known },
          at: spotOf(source, path),
          add: collectionOf(map, system, collection)?.purposes
            ? null
            : additionWith(source, [...path, 'purposes'], [open]),
        } satisfies Gap,
      ]
    },
  )
}

/** A purpose the file names but does not explain in full is missing from the map that could be read: then it is the basis that lacks. */
function purposeFlaws(
  { map, source }: Checked,
  name: string,
  served: readonly FieldCoverage[],
): readonly Gap[] {
  const purpose = own(map.purposes, name)
  const gap = (rule: Gap['rule'], fields: readonly FieldCoverage[], key: string, value: unknown): Gap => {
    const names = fields.map(({ system, collection, field }) => `${system}/${collection}.${field}`)
    return {
      rule,
      system: null,
      collection: null,
      purpose: name,
      fields: names,
      sentence: rule,
      params: { purpose: name, fields: few(names), count: names.length },
      at: spotOf(source, ['purposes', name]),
      add: additionWith(source, ['purposes', name, key], value),
    }
  }
  if (!purpose) return [gap('no-basis', served, 'basis', open)]
  const criminal = served.filter(({ category }) => category === 'criminal')
  const special = served.filter((field) => field.special && field.category !== 'criminal')
  return [
    ...(special.length > 0 && purpose.art9 === undefined
      ? [gap('no-art9-condition', special, 'art9', open)]
      : []),
    ...(criminal.length > 0 && purpose.art10 === undefined
      ? [gap('no-art10-law', criminal, 'art10', open)]
      : []),
    ...(purpose.retention === undefined
      ? [gap('no-retention', served, 'retention', { years: open, from: open })]
      : []),
  ]
}

const shown = 3

/** The first names and how many more: a purpose may serve hundreds of fields. */
const few = (names: readonly string[]): string =>
  names.length <= shown ? names.join(', ') : `${names.slice(0, shown).join(', ')} +${names.length - shown}`
