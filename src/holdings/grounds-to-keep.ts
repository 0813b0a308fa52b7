import type { Cell, FieldKind, RowKey } from '../connectors/public.ts'
import {
  actionFor,
  fieldsOf,
  holds,
  isCondition,
  type KeepMap,
  keptUntil,
  parseCondition,
  type Rule,
} from '../inventory/public.ts'
import { isErasedCell } from './erased-cell.ts'
import type { HeldRow, SystemHoldings } from './holdings.ts'
import type { MappedCollection, MappedSystem } from './mapped-system.ts'
import type { Keeping } from './plan.ts'
import { ownRows, rowsAbove } from './rows-above.ts'

/** Grounds to keep rows or fields of rows, by collection and key; several may hold for one row. */
export type KeptRows = ReadonlyMap<string, ReadonlyMap<RowKey, readonly Keeping[]>>

/**
 * Which of a person's rows must stay today, and what of them (Art. 17(3), ERA-02, ERA-03): a ground keeps the fields it
 * names on its own row, and those it names `also` on the rows that row hangs on, with what links them. Nothing refuses
 * the person as such.
 */
export function groundsToKeep(system: MappedSystem, found: SystemHoldings, today: string): KeptRows {
  const kept = new Map<string, Map<RowKey, Keeping[]>>()
  const note = (collection: MappedCollection, held: HeldRow, ground: Omit<Keeping, 'key'>) => {
    const rows = kept.get(collection.name) ?? new Map<RowKey, Keeping[]>()
    kept.set(collection.name, rows)
    const row = { ...ground, key: held.key }
    const known = rows.get(held.key) ?? []
    // Four invoices keep one name on the customer's row: until the last of them ends.
    const same = known.find((one) => one.rule === row.rule && one.fields.join() === row.fields.join())
    const others = known.filter((one) => one !== same)
    rows.set(held.key, [...others, same ? { ...row, until: later(same.until, row.until) } : row])
  }
  const own = ownRows(found)
  const wasErasedBefore = found.collections.some(({ rows }) =>
    rows.some(({ via }) => via.by === 'known' && via.keptBy !== undefined),
  )
  for (const collection of system.collections) {
    for (const keep of collection.map.keep ?? []) {
      const rule = system.rules[keep.rule]
      if (!rule) continue
      const wasErased = wasErasedBefore ? erasureOf(collection, keep, rule) : never
      for (const row of own.of(collection.name)) {
        const until = wasErased(row) ? undefined : groundOf(rule, keep, collection, row, today)
        if (until === undefined) continue
        const base = { rule: keep.rule, ground: rule.ground, article: rule.article, until }
        const above = keep.also ? rowsAbove(system, own, { collection, row }, keep.also) : []
        const itself = above.find((one) => one.row === row)
        note(collection, row, { ...base, fields: union(keep.fields, itself?.fields ?? []) })
        for (const one of above)
          if (one !== itself) note(one.collection, one.row, { ...base, fields: one.fields })
      }
    }
  }
  return kept
}

const never = () => false

const union = (a: readonly string[], b: readonly string[]): readonly string[] => [...new Set([...a, ...b])]

/** The fields by which a rule is judged. */
export function judgedBy(keep: KeepMap, rule: Rule, collection: MappedCollection): ReadonlySet<string> {
  const { fields } = conditionOf(rule, collection)
  return new Set([...fields, ...(keep.from === undefined ? [] : [keep.from])])
}

interface RuleCondition {
  readonly condition: ReturnType<typeof parseCondition>
  readonly fields: readonly string[]
  readonly kinds: ReadonlyMap<string, FieldKind>
}

const conditions = new WeakMap<MappedCollection, Map<Rule, RuleCondition>>()

/** Read once for a collection, and not for each of its rows. */
function conditionOf(rule: Rule, collection: MappedCollection): RuleCondition {
  const ofCollection = conditions.get(collection) ?? new Map<Rule, RuleCondition>()
  conditions.set(collection, ofCollection)
  const known = ofCollection.get(rule)
  if (known) return known
  const condition = parseCondition(rule.while ?? '', collection.name)
  const fields = isCondition(condition) ? fieldsOf(condition) : []
  const described = collection.description.fields.filter(({ name }) => fields.includes(name))
  const kinds = new Map(described.map(({ name, kind }) => [name, kind]))
  const read: RuleCondition = { condition, fields, kinds }
  ofCollection.set(rule, read)
  return read
}

/**
 * Tells rows whose ground ended and that were erased since, what they were judged by included: an empty status is not
 * one that nobody can decide, and must not give the row a ground again. A row remembered as kept had its ground by the rules
 * that kept it, and by no other; where none is remembered nothing was erased, whatever looks like it.
 */
function erasureOf(collection: MappedCollection, keep: KeepMap, rule: Rule): (row: HeldRow) => boolean {
  const { description, map } = collection
  const judged = judgedBy(keep, rule, collection)
  const hadGround = ({ via }: HeldRow) =>
    via.by === 'known' && (via.keptBy === undefined || via.keptBy.includes(keep.rule))
  const goes = description.fields.filter((field) => {
    const mapped = map.fields[field.name]
    const action = mapped && actionFor(description, field, mapped, map).action
    return action === 'null' || action === 'replace'
  })
  if (!goes.some(({ name }) => judged.has(name))) return () => false
  return (row) =>
    !hadGround(row) &&
    goes.every(({ name }) =>
      isErasedCell(collection, name, row.cells[collection.fields.indexOf(name)] ?? null),
    )
}

/** The later of two last days; null is open-ended. */
export const later = (a: string | null, b: string | null): string | null =>
  a === null || b === null ? null : a > b ? a : b

/** The last day, null while a condition holds, undefined when there is no ground (any more). */
function groundOf(
  rule: Rule,
  keep: KeepMap,
  collection: MappedCollection,
  row: HeldRow,
  today: string,
): string | null | undefined {
  if (rule.while !== undefined && !conditionHolds(rule, collection, row, today)) return undefined
  // A rule with years and a condition keeps as long as both say so.
  if (rule.years === undefined || keep.from === undefined) return rule.while === undefined ? undefined : null
  const from = cellOf(collection, row, keep.from)
  const until = keptUntil(rule, from.cell, from.kind)
  // A date nobody can read ends no period: the row stays, and the plan shows it without an end.
  if (until === 'unreadable' || until === null) return null
  return until >= today ? until : undefined
}

function conditionHolds(rule: Rule, collection: MappedCollection, row: HeldRow, today: string): boolean {
  const { condition, kinds } = conditionOf(rule, collection)
  if (!isCondition(condition)) return true
  const places = [...kinds.keys()].map((name) => [name, collection.fields.indexOf(name)] as const)
  const cells = new Map(places.map(([name, place]) => [name, row.cells[place] ?? null]))
  // `unknown` keeps: what cannot be decided is not erased.
  return holds(condition, cells, kinds, today) !== false
}

function cellOf(collection: MappedCollection, row: HeldRow, field: string): { cell: Cell; kind: FieldKind } {
  const place = collection.fields.indexOf(field)
  return { cell: row.cells[place] ?? null, kind: collection.description.fields[place]?.kind ?? 'text' }
}
