import { isCondition, parseCondition } from '../condition.ts'
import type { DataMap, FieldMap, KeepMap, LinkMap, Retention, Rule } from '../data-map.ts'
import { idOfTarget, type MappedCollection, mappedCollections, partsOf } from '../mapped-collections.ts'
import { own } from '../own.ts'
import { hangsOn, reachOf } from '../reach.ts'
import { isWritten, namesAt, type Path, type Place, placeOf } from './place.ts'
import type { Report } from './report.ts'

/** A map to check, where its entries stand, and whom to tell. */
export interface Checked {
  readonly map: DataMap
  /** False where entries that do not fit were left out of `map`: it then says less than the file does. */
  readonly whole: boolean
  readonly place: Place
  readonly report: Report
}

export const pathOf = ({ system, name }: MappedCollection): Path => ['systems', system, 'collections', name]

/** What must be true of a map whatever the systems hold. */
export function checkMap(checked: Checked): void {
  for (const [name, rule] of Object.entries(checked.map.rules)) checkRule(rule, name, checked)
  for (const [name, { retention }] of Object.entries(checked.map.purposes ?? {}))
    if (retention) checkRetention(retention, name, checked)
  for (const collection of mappedCollections(checked.map)) {
    const path = pathOf(collection)
    checkPurposes(collection.map.purposes, path, checked)
    for (const [name, field] of Object.entries(collection.map.fields)) {
      checkField(field, name, [...path, 'fields', name], checked)
      checkPurposes(field.purposes, [...path, 'fields', name], checked)
    }
    for (const [i, link] of (collection.map.links ?? []).entries())
      checkLink(link, collection, [...path, 'links', i], checked)
    for (const [i, keep] of (collection.map.keep ?? []).entries())
      checkKeep(keep, collection, [...path, 'keep', i], checked)
  }
  if (checked.whole) checkReach(checked)
}

function checkRule(rule: Rule, name: string, { place, report }: Checked): void {
  const path: Path = ['rules', name]
  const at = (...more: Path) => placeOf(place, [...path, ...more])
  const timed = isWritten(place, [...path, 'years'])
  // GDPR 5(1)(e): nothing is kept without an end.
  if (!timed && !isWritten(place, [...path, 'while']))
    report.add('map-rule-without-end', at().key, { rule: name })
  if (!timed && rule.roundTo !== undefined)
    report.add('map-round-without-years', at('roundTo').key, { rule: name })
  const parsed = rule.while === undefined ? null : parseCondition(rule.while)
  if (parsed !== null && !isCondition(parsed))
    report.add(`map-while-${parsed.error}`, at('while').value, { rule: name, character: parsed.at + 1 })
}

/** RET-01: one term with what it runs from, or one event; two ends would be none. */
function checkRetention(retention: Retention, name: string, { place, report }: Checked): void {
  const path: Path = ['purposes', name, 'retention']
  const terms = (['years', 'months', 'days', 'until'] as const).filter((key) =>
    isWritten(place, [...path, key]),
  )
  const at = (key: string) => placeOf(place, [...path, key]).key
  const [first, second] = terms
  if (first === undefined) report.add('map-retention-without-term', at('from'), { purpose: name })
  else if (second !== undefined)
    report.add('map-retention-two-terms', at(second), { purpose: name, terms: terms.join(', ') })
  else if (first !== 'until' && !isWritten(place, [...path, 'from']))
    report.add('map-retention-without-from', at(first), { purpose: name })
  else if (first === 'until' && retention.from !== undefined)
    report.add('map-retention-from-idle', at('from'), { purpose: name })
}

function checkPurposes(
  purposes: readonly string[] | undefined,
  path: Path,
  { place, report }: Checked,
): void {
  for (const [i, purpose] of (purposes ?? []).entries()) {
    if (isWritten(place, ['purposes', purpose])) continue
    const at = placeOf(place, [...path, 'purposes', i]).value
    report.unknown('map-unknown-purpose', at, purpose, namesAt(place, ['purposes']))
  }
}

function checkField(field: FieldMap, name: string, path: Path, { place, report }: Checked): void {
  const at = (key: string) => placeOf(place, [...path, key]).key
  if (field.export === false && !isWritten(place, [...path, 'why']))
    report.add('map-hidden-without-why', at('export'), { field: name })
  if (field.unique !== undefined && !isWritten(place, [...path, 'identifier']))
    report.add('map-unique-without-identifier', at('unique'), { field: name })
  if (field.identifier !== undefined && field.category === 'none')
    report.add('map-identifier-not-personal', at('identifier'), { field: name })
}

function checkLink(
  link: LinkMap,
  collection: MappedCollection,
  path: Path,
  { place, report }: Checked,
): void {
  const at = (key: string) => placeOf(place, [...path, key])
  if (link.role === 'none' && !isWritten(place, [...path, 'why']))
    report.add('map-unlinked-without-why', at('role').value, { to: link.to })
  if (link.role !== 'party' && link.clears !== undefined)
    report.add('map-clears-without-party', at('clears').key, { to: link.to })
  for (const [i, field] of (link.clears ?? []).entries())
    if (own(collection.map.fields, field)?.erase === 'keep')
      report.add('map-clears-kept', placeOf(place, [...path, 'clears', i]).value, { field })
  if (link.role !== 'none') checkTarget(link.to, collection, at('to').value, place, report)
}

/** A link that is followed must end in the map: what nobody mapped reaches nobody. */
function checkTarget(
  to: string,
  { system, name }: MappedCollection,
  at: number,
  place: Place,
  report: Report,
): void {
  if (isWritten(place, ['systems', system, 'collections', to])) return
  const [other, collection] = to.includes('/') ? partsOf(to) : [system, to]
  const beside = namesAt(place, ['systems', other, 'collections'])
  if (!isWritten(place, ['systems', other]))
    report.unknown('map-unknown-system', at, other, namesAt(place, ['systems']))
  else if (!beside.includes(collection))
    report.unknown('map-link-unmapped', at, collection, beside, { collection: name })
}

function checkKeep(keep: KeepMap, collection: MappedCollection, path: Path, checked: Checked): void {
  const { map, place, report } = checked
  const at = (...more: Path) => placeOf(place, [...path, ...more])
  if (!isWritten(place, ['rules', keep.rule]))
    report.unknown('map-unknown-rule', at('rule').value, keep.rule, namesAt(place, ['rules']))
  if (own(map.rules, keep.rule)?.years !== undefined && !isWritten(place, [...path, 'from']))
    report.add('map-keep-without-from', at('rule').value, { rule: keep.rule })
  if (!checked.whole) return
  const above = hangsOn(map, collection)
  for (const name of Object.keys(keep.also ?? {}))
    if (!above.has(idOfTarget(map, collection.system, name)))
      report.add('map-also-elsewhere', at('also', name).key, { name, collection: collection.name })
}

function checkReach({ map, place, report }: Checked): void {
  const reach = reachOf(map)
  for (const collection of mappedCollections(map)) {
    const personal = Object.values(collection.map.fields).some((field) => field.category !== 'none')
    if (personal && !reach.has(collection.id))
      report.add('map-reaches-nobody', placeOf(place, pathOf(collection)).key, { collection: collection.id })
  }
}
