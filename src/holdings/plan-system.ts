import type { Cell, CollectionDescription, RowKey } from '../connectors/public.ts'
import { actionFor, isErased, isUnique } from '../inventory/public.ts'
import { digestOf, tuplesOf } from './cells.ts'
import { groundsToKeep, type KeptRows } from './grounds-to-keep.ts'
import type { CollectionHoldings, HeldRow, SystemHoldings } from './holdings.ts'
import { collectionOf, type MappedCollection, type MappedSystem } from './mapped-system.ts'
import type { CollectionOperations, FieldOperation, KeptRow, RowOperation, SystemOperations } from './plan.ts'
import { isNullable, type Reference } from './references.ts'
import { removalOrder } from './removal-order.ts'
import { redact, spansOf, type Term } from './spans.ts'

export interface PlanInput {
  readonly system: MappedSystem
  readonly found: SystemHoldings
  readonly references: readonly Reference[]
  /** What is taken out of other people's texts. */
  readonly terms: readonly Term[]
  /** The controller's calendar day, `YYYY-MM-DD`. */
  readonly today: string
}

/** The ground on which a row stays that also belongs to somebody else. */
const sharedGround = {
  rule: 'shared',
  ground: 'shared',
  article: 'GDPR 15(4), rec. 63',
  until: null,
} as const

/**
 * What erasing a person means for each row of one system (design §4, Plan). A pure function of what was found: the same
 * rows give the same work, and after that work is done, none.
 */
export function planSystem(input: PlanInput): SystemOperations {
  const kept = groundsToKeep(input.system, input.found, input.today)
  const removed = rowsToRemove(input, kept)
  const changes = new Map<string, Map<RowKey, Map<string, FieldOperation>>>()
  const change = (collection: string, key: RowKey, field: string, operation: FieldOperation) => {
    const rows = changes.get(collection) ?? new Map<RowKey, Map<string, FieldOperation>>()
    changes.set(collection, rows)
    const fields = rows.get(key) ?? new Map<string, FieldOperation>()
    rows.set(key, fields.set(field, operation))
  }
  for (const collection of input.system.collections) {
    const held = input.found.collections.find((one) => one.name === collection.name)
    for (const row of held?.rows ?? []) {
      if (removed.get(collection.name)?.has(row.key)) continue
      const stays = new Set(
        kept
          .get(collection.name)
          ?.get(row.key)
          ?.flatMap((one) => one.fields),
      )
      for (const [field, operation] of clearRow(collection, row, stays, input.terms))
        change(collection.name, row.key, field, operation)
      if (row.role === 'owner')
        for (const field of upwardFields(input.system, collection))
          if (row.cells[collection.fields.indexOf(field)] != null)
            change(collection.name, row.key, field, unlink)
    }
    for (const [key, field, operation] of redactions(collection, held, input.terms))
      change(collection.name, key, field, operation)
  }
  for (const reference of input.references)
    if (pointsAtRemoved(input, reference, removed))
      for (const field of reference.foreignKey.fields)
        if (isNullableIn(input.system, reference.from, field))
          change(reference.from, reference.key, field, unlink)
  return {
    name: input.system.name,
    collections: collectOperations(input, removed, changes, kept),
    removalOrder: removalOrder(input.system.description, [...removed.keys()]),
  }
}

const unlink: FieldOperation = { action: 'unlink', candidates: [null] }

type Removed = ReadonlyMap<string, ReadonlySet<RowKey>>

/**
 * The rows that go. A row stays when a ground keeps it, when another row that stays needs it by foreign key, or when
 * somebody else's row refers to it and cannot let go: then its fields are cleared instead. Repeated until nothing moves.
 */
function rowsToRemove(input: PlanInput, kept: KeptRows): Removed {
  const removed = new Map<string, Set<RowKey>>()
  for (const collection of input.system.collections) {
    const held = input.found.collections.find((one) => one.name === collection.name)
    const grounds = kept.get(collection.name)
    const rows = (held?.rows ?? []).filter((row) => row.role === 'owner' && !grounds?.has(row.key))
    if (collection.map.rows === 'delete' && collection.description.writable)
      removed.set(collection.name, new Set(rows.map((row) => row.key)))
  }
  for (const reference of input.references)
    if (!reference.nullable)
      spare(input, removed, reference.foreignKey.to, reference.foreignKey.toFields, reference.values)
  for (let moved = true; moved; ) {
    moved = false
    for (const collection of input.system.collections) {
      const gone = removed.get(collection.name)
      const held = input.found.collections.find((one) => one.name === collection.name)
      const staying = (held?.rows ?? [])
        .filter((row) => row.role !== 'party' && !gone?.has(row.key))
        .map((row) => row.cells)
      const upward = upwardFields(input.system, collection)
      for (const { to, toFields, fields } of collection.description.foreignKeys)
        if (!fields.some((field) => upward.includes(field)))
          for (const values of tuplesOf(collection, staying, fields))
            if (spare(input, removed, to, toFields, values)) moved = true
    }
  }
  return removed
}

/** Takes the rows with these values out of the removal; true when there were any. */
function spare(
  input: PlanInput,
  removed: Map<string, Set<RowKey>>,
  to: string,
  toFields: readonly string[],
  values: readonly string[],
): boolean {
  const target = collectionOf(input.system, to)
  const gone = removed.get(to)
  if (!target || !gone || gone.size === 0) return false
  const held = input.found.collections.find((one) => one.name === to)
  let spared = false
  for (const row of held?.rows ?? []) {
    const [tuple] = tuplesOf(target, [row.cells], toFields)
    if (JSON.stringify(tuple) === JSON.stringify(values) && gone.delete(row.key)) spared = true
  }
  return spared
}

function pointsAtRemoved(input: PlanInput, { foreignKey, values }: Reference, removed: Removed): boolean {
  const target = collectionOf(input.system, foreignKey.to)
  const held = input.found.collections.find((one) => one.name === foreignKey.to)
  return (held?.rows ?? []).some(
    (row) =>
      target !== undefined &&
      removed.get(foreignKey.to)?.has(row.key) === true &&
      JSON.stringify(tuplesOf(target, [row.cells], foreignKey.toFields)[0]) === JSON.stringify(values),
  )
}

/** What happens to the fields of a row that stays, apart from those a ground keeps. Nothing where it was done before. */
function clearRow(
  collection: MappedCollection,
  row: HeldRow,
  stays: ReadonlySet<string>,
  terms: readonly Term[],
): readonly (readonly [string, FieldOperation])[] {
  if (row.role === 'shared' || (row.role === 'owner' && collection.map.rows === 'keep')) return []
  if (!collection.description.writable) return []
  const fields = row.role === 'party' ? row.clears : Object.keys(collection.map.fields)
  return fields.flatMap((field): readonly (readonly [string, FieldOperation])[] => {
    const place = collection.fields.indexOf(field)
    const cell = row.cells[place] ?? null
    const description = collection.description.fields[place]
    const map = collection.map.fields[field] ?? { category: 'free-text' as const }
    if (
      stays.has(field) ||
      cell === null ||
      !description ||
      isErased(cell, description, map.category, isUnique(map))
    )
      return []
    const { action, candidates } = actionFor(collection.description, description, map, collection.map)
    if (action === 'keep') return []
    if (action === 'null') return [[field, { action, candidates: [null] }]]
    const texts =
      action === 'redact' ? [redact(cell, spansOf(cell, terms), description.maxLength)] : candidates
    const changed = texts.filter((candidate) => candidate !== cell)
    return changed.length === 0 ? [] : [[field, { action, candidates: changed }]]
  })
}

/**
 * A row that stays lets go of what hangs on it the other way round (customer.household_id → household), so that the
 * household may go, or stay with its other members and lead nobody to this person.
 */
function upwardFields(system: MappedSystem, collection: MappedCollection): readonly string[] {
  const fields = system.collections.flatMap((other) =>
    other.links.flatMap((link) =>
      link.role === 'owner' &&
      link.system === system.name &&
      link.collection === collection.name &&
      isUpward(other, link.fields)
        ? link.toFields
        : [],
    ),
  )
  return [...new Set(fields)].filter((field) => isNullable(collection.description, field))
}

/** A link from what its rows are named by: the other side refers to it (customer.household_id → household.household_id). */
const isUpward = (collection: MappedCollection, fields: readonly string[]): boolean =>
  collection.description.key.length > 0 && collection.description.key.every((field) => fields.includes(field))

function* redactions(
  collection: MappedCollection,
  held: CollectionHoldings | undefined,
  terms: readonly Term[],
): Iterable<readonly [RowKey, string, FieldOperation]> {
  if (!collection.description.writable) return
  for (const { key, field, text } of held?.mentions ?? []) {
    const description = collection.description.fields[collection.fields.indexOf(field)]
    const redacted: Cell = redact(text, spansOf(text, terms), description?.maxLength ?? null)
    yield [key, field, { action: 'redact', candidates: [redacted] }]
  }
}

function isNullableIn(system: MappedSystem, collection: string, field: string): boolean {
  const description: CollectionDescription | undefined = system.description.collections.find(
    (one) => one.name === collection,
  )
  return description !== undefined && isNullable(description, field)
}

function keptAsShared(system: MappedSystem, name: string, names: readonly string[], row: HeldRow): KeptRow {
  const fields = Object.keys(collectionOf(system, name)?.map.fields ?? {})
  return { ...sharedGround, key: row.key, fields, digest: digestOf(names, row.cells, fields) }
}

function collectOperations(
  input: PlanInput,
  removed: Removed,
  changes: ReadonlyMap<string, ReadonlyMap<RowKey, ReadonlyMap<string, FieldOperation>>>,
  kept: KeptRows,
): readonly CollectionOperations[] {
  return input.system.description.collections.flatMap(({ name }) => {
    const held = input.found.collections.find((one) => one.name === name)
    const shared: readonly KeptRow[] = (held?.rows ?? [])
      .filter((row) => row.role === 'shared')
      .map((row) => keptAsShared(input.system, name, held?.fields ?? [], row))
    const change: readonly RowOperation[] = [...(changes.get(name) ?? [])].map(([key, set]) => ({ key, set }))
    const grounds = [...(kept.get(name)?.values() ?? [])].flat()
    const remove = [...(removed.get(name) ?? [])]
    return remove.length + change.length + grounds.length + shared.length === 0
      ? []
      : [{ name, remove, change, kept: [...grounds, ...shared] }]
  })
}
