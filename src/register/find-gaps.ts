import {
  coverage,
  type DataMap,
  type FieldCoverage,
  type MapSource,
  spotOf,
  whatIsGone,
} from '../inventory/public.ts'
import { additionWith, open } from './addition-with.ts'
import type { Checked } from './checked.ts'
import type { Gap } from './gap.ts'
import { collectionOf, own } from './in-map.ts'
import { purposeGaps } from './purpose-gaps.ts'
import { unmappedGaps } from './unmapped-gaps.ts'

/** Everything the map owes to these systems, in the order of the map's file. Pure. */
export function findGaps(checked: Checked): readonly Gap[] {
  const fields = personalFields(checked)
  const gaps = [
    ...goneGaps(checked),
    ...unreadableGaps(checked),
    ...unmappedGaps(checked),
    ...purposeGaps(checked, fields),
    ...erasureGaps(checked, fields),
  ]
  return gaps.toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column)
}

/** What the map calls personal and the systems still have, with what becomes of it. */
function personalFields({ map, systems }: Checked): readonly FieldCoverage[] {
  const descriptions = descriptionsOf(systems)
  const there = new Set(
    Object.entries(descriptions).flatMap(([system, { collections }]) =>
      collections.flatMap(({ name, fields }) =>
        fields.map((field) => JSON.stringify([system, name, field.name])),
      ),
    ),
  )
  return coverage(map, descriptions).filter(
    ({ system, collection, field, category }) =>
      category !== null && category !== 'none' && there.has(JSON.stringify([system, collection, field])),
  )
}

const descriptionsOf = (systems: Checked['systems']) =>
  Object.fromEntries(Object.entries(systems).map(([name, { description }]) => [name, description]))

function goneGaps({ map, source, systems }: Checked): readonly Gap[] {
  const judged = Object.entries(map.systems).filter(([name]) => Object.hasOwn(systems, name))
  const descriptions = descriptionsOf(systems)
  return whatIsGone({ ...map, systems: Object.fromEntries(judged) }, descriptions).flatMap((note) => {
    const { system, collection, field } = note
    if (system === undefined || collection === undefined || !Object.hasOwn(systems, system)) return []
    const path = [
      'systems',
      system,
      'collections',
      collection,
      ...(field === undefined ? [] : ['fields', field]),
    ]
    return [
      {
        rule: 'gone',
        system,
        collection,
        purpose: null,
        fields: field === undefined ? [] : [field],
        sentence: field === undefined ? 'gone-collection' : 'gone-field',
        params: { system, collection, field: field ?? '' },
        at: spotOf(source, path),
        add: null,
      },
    ]
  })
}

/** What could not be read may hold anything: silence would be a lie (design §1.2). */
const unreadableGaps = ({ source, systems }: Checked): readonly Gap[] =>
  Object.entries(systems).flatMap(([system, { description, proposals }]) =>
    description.collections
      .filter(({ name, unreadable, fields }) => {
        const unread = Object.hasOwn(proposals, name) ? (proposals[name] ?? []) : []
        return (
          unreadable !== null || (fields.length > 0 && unread.every(({ confidence }) => confidence === 0))
        )
      })
      .map(({ name }) => ({
        rule: 'unreadable',
        system,
        collection: name,
        purpose: null,
        fields: [],
        sentence: 'unreadable',
        params: { system, collection: name },
        at: spotOf(source, ['systems', system, 'collections', name]),
        add: null,
      })),
  )

/** ERA-05: nothing leads to the row, nothing can be written there, or it stays without a ground. */
function erasureGaps({ map, source }: Checked, fields: readonly FieldCoverage[]): readonly Gap[] {
  const stuck = fields.filter((field) => field.erased === 'never' || staysForNothing(map, field))
  return [...Map.groupBy(stuck, ({ system, collection }) => `${system}/${collection}`).values()].flatMap(
    (group) => {
      const [first] = group
      if (!first) return []
      const { system, collection } = first
      const path = ['systems', system, 'collections', collection]
      const unreached = group.every(({ via }) => via === 'unreached')
      const stays = group.every(({ erased }) => erased === 'keep')
      const names = group.map(({ field }) => field)
      return [
        {
          rule: 'no-erasure-route',
          system,
          collection,
          purpose: null,
          fields: names,
          sentence: unreached ? 'no-erasure-route' : stays ? 'stays-for-nothing' : 'cannot-be-written',
          params: { system, collection, fields: names.join(', ') },
          at: spotOf(source, path),
          // A list that is there already says more of its collection than we could.
          add:
            unreached && collectionOf(map, system, collection)?.links === undefined
              ? linkTo(source, path)
              : null,
        },
      ]
    },
  )
}

const linkTo = (source: MapSource, path: readonly string[]) =>
  additionWith(source, [...path, 'links'], [{ to: open, on: { [open]: open }, role: 'owner' }])

/** Kept by the map's own word, and no rule says on which ground and until when. */
function staysForNothing(
  map: DataMap,
  { system, collection, field, category, erased, kept }: FieldCoverage,
): boolean {
  const mapped = collectionOf(map, system, collection)
  const said = mapped?.rows === 'keep' || (mapped && own(mapped.fields, field)?.erase === 'keep')
  return erased === 'keep' && said === true && kept.length === 0 && category !== 'generic-id'
}
