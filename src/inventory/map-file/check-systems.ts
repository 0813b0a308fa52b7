import {
  type CollectionDescription,
  type FieldDescription,
  type FieldKind,
  holdsElements,
  type SystemDescription,
} from '../../connectors/public.ts'
import { type Condition, fieldsOf, isCondition, parseCondition } from '../condition.ts'
import { misfits } from '../condition-holds.ts'
import type { FieldMap, KeepMap, LinkMap } from '../data-map.ts'
import { assumedPathField } from '../documents/mapped-paths.ts'
import { actionFor, isUniqueInTarget } from '../erase-action.ts'
import { misfitOf } from '../filler.ts'
import { idOfTarget, type MappedCollection, mappedCollections, partsOf } from '../mapped-collections.ts'
import { own } from '../own.ts'
import { type Checked, pathOf } from './check-map.ts'
import { type Path, placeOf } from './place.ts'

/** Scanned systems, by name. */
export type Descriptions = Readonly<Record<string, SystemDescription>>

/** One collection of the map, with what the scan saw of it and of the others. */
interface Scanned extends Checked {
  readonly collection: MappedCollection
  readonly seen: Table
  readonly others: (id: string) => Table | undefined
}

interface Table extends CollectionDescription {
  readonly byName: ReadonlyMap<string, FieldDescription>
}

/** What must be true of a map for the systems it names: all names stand for something, and what is written fits. */
export function checkSystems(checked: Checked, descriptions: Descriptions): void {
  const { map, place, report } = checked
  const tables = new Map(Object.entries(descriptions).map(([name, system]) => [name, tablesOf(system)]))
  const others = (id: string) => {
    const [system, collection] = partsOf(id)
    return tables.get(system)?.get(collection)
  }
  for (const name of Object.keys(map.systems))
    if (!tables.has(name))
      report.unknown('map-unknown-system', placeOf(place, ['systems', name]).key, name, tables.keys())
  for (const collection of mappedCollections(map)) {
    const system = tables.get(collection.system)
    const seen = system?.get(collection.name)
    const at = placeOf(place, pathOf(collection)).key
    if (seen) checkCollection({ ...checked, collection, seen, others })
    else if (system)
      report.unknown('map-unknown-collection', at, collection.name, system.keys(), {
        system: collection.system,
      })
  }
}

const tablesOf = (system: SystemDescription): ReadonlyMap<string, Table> =>
  new Map(
    system.collections.map((collection) => [
      collection.name,
      { ...collection, byName: new Map(collection.fields.map((field) => [field.name, field])) },
    ]),
  )

function checkCollection(scanned: Scanned): void {
  const { collection, seen, place, report } = scanned
  const path = pathOf(collection)
  if (seen.unreadable !== null) {
    report.add('map-not-readable', placeOf(place, path).key, { collection: collection.name })
    return
  }
  if (!seen.writable && collection.map.rows !== 'keep')
    report.add('map-not-writable', placeOf(place, [...path, 'rows']).value, { collection: collection.name })
  for (const [name, field] of Object.entries(collection.map.fields))
    checkField(field, name, [...path, 'fields', name], scanned)
  for (const [i, link] of (collection.map.links ?? []).entries())
    checkLink(link, [...path, 'links', i], scanned)
  for (const [i, keep] of (collection.map.keep ?? []).entries())
    checkKeep(keep, [...path, 'keep', i], scanned)
}

/** The field of that name; reports it where there is none. */
function fieldIn(table: Table, name: string, at: number, { report }: Checked): FieldDescription | undefined {
  const field = table.byName.get(name)
  const path = field ? undefined : assumedPathField(table.fields, name)
  if (path) {
    report.add('map-path-not-seen', at, { field: name, collection: table.name })
    return path
  }
  if (!field) report.unknown('map-unknown-field', at, name, table.byName.keys(), { collection: table.name })
  return field
}

function checkField(map: FieldMap, name: string, path: Path, scanned: Scanned): void {
  const { place, report, seen } = scanned
  const field = fieldIn(seen, name, placeOf(place, path).key, scanned)
  if (!field) return
  const at = (key: string) => placeOf(place, [...path, key]).value
  if (field.generated && map.identifier !== undefined)
    report.add('map-identifier-generated', at('identifier'), { field: name })
  if (field.generated && map.erase !== undefined && map.erase !== 'keep')
    report.add('map-erase-generated', at('erase'), { field: name })
  if (map.erase === 'redact' && !redactable.has(field.kind))
    report.add('map-redact-not-text', at('erase'), { field: name, type: field.type })
  if (typeof map.erase !== 'object') return
  const misfit = misfitOf(map.erase.replace, field)
  const params = {
    field: name,
    type: field.type,
    length: field.maxLength ?? 0,
    allowed: (field.values ?? []).join(', '),
  }
  if (misfit !== null) report.add(`map-replace-${misfit}`, at('erase'), params)
  if (isUniqueInTarget(seen, name)) report.add('map-replace-unique', at('erase'), params)
}

const redactable: ReadonlySet<FieldKind> = new Set(['text', 'json', 'other'])

function checkLink(link: LinkMap, path: Path, scanned: Scanned): void {
  const { collection, place, report, seen } = scanned
  const target = scanned.others(idOfTarget(scanned.map, collection.system, link.to))
  for (const [from, to] of Object.entries(link.on)) {
    const at = placeOf(place, [...path, 'on', from])
    const here = fieldIn(seen, from, at.key, scanned)
    const there = target?.unreadable === null ? fieldIn(target, to, at.value, scanned) : undefined
    if (here && there && !(canEqual(here.kind, there.kind) && [here, there].every(isSingle)))
      report.add('map-link-kinds', at.key, { from, fromType: here.type, to, toType: there.type })
  }
  for (const [i, name] of (link.clears ?? []).entries())
    fieldIn(seen, name, placeOf(place, [...path, 'clears', i]).value, scanned)
}

/** A row cannot hang on all the elements of a list. */
const isSingle = (field: FieldDescription): boolean => !holdsElements(field)

/** Cells are compared as they are printed, so text may equal anything that prints as a single value. */
function canEqual(a: FieldKind, b: FieldKind): boolean {
  const [left, right] = [scaleOf(a), scaleOf(b)]
  return left !== null && right !== null && (left === right || left === 'text' || right === 'text')
}

function scaleOf(kind: FieldKind): string | null {
  if (kind === 'json' || kind === 'array') return null
  if (kind === 'enum' || kind === 'other') return 'text'
  return kind === 'decimal' ? 'integer' : kind
}

const datable: ReadonlySet<FieldKind> = new Set(['date', 'timestamp', 'text', 'integer'])

function checkKeep(keep: KeepMap, path: Path, scanned: Scanned): void {
  const { collection, place, report, seen } = scanned
  const at = (...more: Path) => placeOf(place, [...path, ...more])
  const from = keep.from === undefined ? undefined : fieldIn(seen, keep.from, at('from').value, scanned)
  if (from && !datable.has(from.kind))
    report.add('map-from-not-a-date', at('from').value, { field: from.name, type: from.type })
  for (const [i, name] of keep.fields.entries()) fieldIn(seen, name, at('fields', i).value, scanned)
  for (const [to, names] of Object.entries(keep.also ?? {})) {
    const other = scanned.others(idOfTarget(scanned.map, collection.system, to))
    for (const [i, name] of names.entries())
      if (other?.unreadable === null) fieldIn(other, name, at('also', to, i).value, scanned)
  }
  const condition = conditionOf(keep, scanned)
  if (condition !== null) checkWhile(condition, keep, at('rule').value, scanned)
  for (const name of new Set([keep.from, ...(condition === null ? [] : fieldsOf(condition))]))
    if (name !== undefined && !keep.fields.includes(name) && wouldGo(name, scanned))
      report.add('map-keep-needs-field', at('fields').value, { field: name, rule: keep.rule })
}

/** What a rule is judged by must be there when it is judged again. */
function wouldGo(name: string, { collection, seen }: Scanned): boolean {
  const [field, map] = [seen.byName.get(name), own(collection.map.fields, name)]
  return (
    field !== undefined && map !== undefined && actionFor(seen, field, map, collection.map).action !== 'keep'
  )
}

/** A rule serves many collections; whether its condition makes sense shows only where it is used. */
function conditionOf({ rule }: KeepMap, { collection, map }: Scanned): Condition | null {
  const text = own(map.rules, rule)?.while
  const parsed = text === undefined ? null : parseCondition(text, collection.name)
  return parsed !== null && isCondition(parsed) ? parsed : null
}

function checkWhile(
  condition: Condition,
  { rule }: KeepMap,
  at: number,
  { collection, report, seen }: Scanned,
): void {
  const params = { rule, collection: collection.name }
  for (const name of fieldsOf(condition))
    if (!seen.byName.has(name))
      report.unknown('map-while-unknown-field', at, name, seen.byName.keys(), params)
  for (const { field, why } of misfits(condition, seen.byName)) {
    const { type = '', values } = seen.byName.get(field) ?? {}
    const allowed = (values ?? []).join(', ')
    report.add(why === 'values' ? 'map-while-never' : 'map-while-misfit', at, {
      ...params,
      field,
      type,
      allowed,
    })
  }
}
