import type { Cell, CollectionDescription, FieldDescription, RowKey } from '../connectors/public.ts'
import { actionFor, type FieldMap, isUniqueInTarget } from '../inventory/public.ts'
import type { IsBound } from './bound-fields.ts'
import { elementsOf, withValues } from './elements.ts'
import { isErasedCell } from './erased-cell.ts'
import { groundsToKeep, type KeptRows } from './grounds-to-keep.ts'
import type { CollectionHoldings, HeldRow, SystemHoldings } from './holdings.ts'
import { atOnce, type Steps } from './in-steps.ts'
import { cellHashes, digestOf, keyAfter } from './known-again.ts'
import { lettingGo } from './letting-go.ts'
import { collectionOf, type MappedCollection, type MappedSystem } from './mapped-system.ts'
import { termsFor } from './mentions-in-row.ts'
import type {
  CollectionOperations,
  FieldOperation,
  Keeping,
  KeptRow,
  RowOperation,
  SystemOperations,
} from './plan.ts'
import { isNullable, type Reference } from './references.ts'
import { leavesFirst, removalOrder } from './removal-order.ts'
import { keptFields, type Removal, rowsToRemove } from './rows-to-remove.ts'
import { redact, spansOf, type Term } from './spans.ts'
import { type Changes, noteChange, unlink, untieOrHold, writable } from './tied-fields.ts'

export interface PlanInput {
  readonly system: MappedSystem
  readonly found: SystemHoldings
  readonly references: readonly Reference[]
  readonly isBound: IsBound
  /** What is taken out of the texts of a row. */
  readonly termsAt: (collection: string, key: RowKey) => readonly Term[]
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
export const planSystem = (input: PlanInput): SystemOperations => atOnce(planningSystem(input))

/** The same of very many people. */
export function* planningSystem(input: PlanInput): Steps<SystemOperations> {
  const grounds = groundsToKeep(input.system, input.found, input.today)
  yield
  const removal = rowsToRemove(input.system, input.found, input.references, grounds)
  yield
  const { removed, kept } = removal
  const changes: Changes = new Map()
  const letsGo = lettingGo(input.system, input.found, removal)
  for (const collection of input.system.collections) {
    const actionOf = actionsOf(collection)
    const held = input.found.collections.find((one) => one.name === collection.name)
    const change = (key: RowKey, field: string, wanted: FieldOperation) => {
      if (input.isBound(collection.name, key, field)) return
      const operation = writable(collection, field, wanted)
      if (operation) noteChange(changes, collection.name, key, field, operation)
    }
    for (const [key, field, operation] of redactions(collection, held, input.termsAt))
      if (!removed.get(collection.name)?.has(key)) change(key, field, operation)
    for (const row of held?.rows ?? []) {
      yield
      if (removed.get(collection.name)?.has(row.key)) continue
      const stays = keptFields(kept, collection.name, row.key)
      const terms = () => input.termsAt(collection.name, row.key)
      for (const [field, operation] of clearRow(collection, row, stays, terms, actionOf))
        change(row.key, field, operation)
      if (row.role !== 'party')
        for (const field of letsGo(collection, row)) if (!stays.has(field)) change(row.key, field, unlink)
    }
  }
  yield
  for (const { from, key, foreignKey, values } of input.references)
    if (removal.isRemoved(foreignKey.to, foreignKey.toFields, values))
      for (const field of foreignKey.fields)
        if (isNullableIn(input.system, from, field)) noteChange(changes, from, key, field, unlink)
  untieOrHold(input.system, input.found, input.references, removal, changes)
  yield
  return {
    name: input.system.name,
    collections: collectOperations(input, removed, changes, kept),
    removalOrder: removalOrder(input.system.description, [...removed.keys()]),
  }
}

type ActionOf = (field: FieldDescription, map: FieldMap) => ReturnType<typeof actionFor>

/** As `actionFor` says it, once for all rows whose value need not be fresh. */
function actionsOf({ description, map }: MappedCollection): ActionOf {
  const known = new Map<string, ReturnType<typeof actionFor>>()
  return (field, fieldMap) => {
    const action = known.get(field.name) ?? actionFor(description, field, fieldMap, map)
    if (fieldMap.category !== 'secret' && !isUniqueInTarget(description, field.name))
      known.set(field.name, action)
    return action
  }
}

/** What happens to the fields of a row that stays, apart from those a ground keeps. Nothing where it was done before. */
function clearRow(
  collection: MappedCollection,
  row: HeldRow,
  stays: ReadonlySet<string>,
  terms: () => readonly Term[],
  actionOf: ActionOf,
): readonly (readonly [string, FieldOperation])[] {
  if (row.role === 'owner' && collection.map.rows === 'keep') return []
  if (!collection.description.writable) return []
  // Her own row may mention her too: what a link names is hers whether or not the map does.
  const mapped = row.role === 'owner' ? Object.keys(collection.map.fields) : []
  const fields = [...new Set([...mapped, ...row.clears])]
  return fields.flatMap((field): readonly (readonly [string, FieldOperation])[] => {
    const place = collection.fields.indexOf(field)
    const cell = row.cells[place] ?? null
    const description = collection.description.fields[place]
    const map = collection.map.fields[field] ?? { category: 'free-text' as const }
    if (cell === null || !description || isErasedCell(collection, field, cell)) return []
    if (stays.has(field) || stays.has(description.within?.field ?? field)) return []
    const { action, candidates } = actionOf(description, map)
    if (action === 'keep') return []
    const elements = elementsOf(description)
    const isMine = (place: number) =>
      row.role === 'owner' || elements === null || row.elements?.get(elements)?.has(place) === true
    const changedBy = (texts: readonly ((value: string) => Cell)[]) =>
      texts.map((one) => withValues(description, cell, isMine, one)).filter((candidate) => candidate !== cell)
    const written = (texts: readonly Cell[]) => changedBy(texts.map((text) => () => text))
    if (action !== 'redact') return operationOn(field, action, written(candidates))
    const redacted = changedBy([(value) => redact(value, spansOf(value, terms()), description.maxLength)])
    // Where each may stand but once, the mark of somebody erased before may stand there already.
    const isHers = row.role === 'owner' && elements === null
    const instead = redacted.length > 0 && isHers ? clearing(collection, description, map) : []
    return operationOn(field, action, [...redacted, ...written(instead)])
  })
}

function* redactions(
  collection: MappedCollection,
  held: CollectionHoldings | undefined,
  termsAt: PlanInput['termsAt'],
): Iterable<readonly [RowKey, string, FieldOperation]> {
  if (!collection.description.writable) return
  for (const { key, field, text, isUnread } of held?.mentions ?? []) {
    // The second reader will find it: what cannot be edited is not called edited.
    if (isUnread) continue
    const description = collection.description.fields[collection.fields.indexOf(field)]
    const map = collection.map.fields[field]
    if (!description || !map) continue
    const terms = termsFor(collection, field, text, termsAt(collection.name, key))
    const spans = spansOf(text, terms)
    const redacted = withValues(description, text, always, (value) =>
      redact(value, spansOf(value, terms), description.maxLength),
    )
    if (redacted === text) continue
    const { candidates } = actionFor(collection.description, description, map, collection.map)
    const isList = elementsOf(description) !== null
    const isWhole =
      !isList && spans.length === 1 && text.slice(spans[0]?.[0], spans[0]?.[1]).length === text.trim().length
    // A field that holds nothing else is emptied as its owner's would be; a text loses only the person. Where its owner's
    // would stay, as a key does, the mark may stand there already for somebody erased before.
    const texts = isWhole
      ? [...candidates, redacted, ...(candidates.length > 0 ? [] : clearing(collection, description, map))]
      : [redacted, ...(isList ? [] : candidates)]
    yield [key, field, { action: 'redact', candidates: texts }]
  }
}

const always = () => true

const operationOn = (
  field: string,
  action: FieldOperation['action'],
  candidates: readonly Cell[],
): readonly (readonly [string, FieldOperation])[] =>
  candidates.length === 0 ? [] : [[field, { action, candidates }]]

/** What would be put in place of a whole cell. */
const clearing = (collection: MappedCollection, field: FieldDescription, map: FieldMap): readonly Cell[] =>
  actionFor(collection.description, field, { ...map, erase: 'clear' }, collection.map).candidates

function isNullableIn(system: MappedSystem, collection: string, field: string): boolean {
  const description: CollectionDescription | undefined = system.description.collections.find(
    (one) => one.name === collection,
  )
  return description !== undefined && isNullable(description, field)
}

function collectOperations(
  input: PlanInput,
  removed: Removal['removed'],
  changes: Changes,
  kept: KeptRows,
): readonly CollectionOperations[] {
  return input.system.description.collections.flatMap(({ name }) => {
    const change: readonly RowOperation[] = [...(changes.get(name) ?? [])].map(([key, set]) => ({ key, set }))
    const remove = removalsOf(input, name, removed.get(name) ?? new Set())
    const stays = keptRows(input, name, changes, kept)
    return remove.length + change.length + stays.length === 0 ? [] : [{ name, remove, change, kept: stays }]
  })
}

function removalsOf(
  { system, found }: PlanInput,
  name: string,
  removed: ReadonlySet<RowKey>,
): readonly RowKey[] {
  const collection = collectionOf(system, name)
  const rows = found.collections.find((one) => one.name === name)?.rows ?? []
  if (!collection || removed.size === 0) return []
  const { foreignKeys } = collection.description
  return leavesFirst(
    { name, foreignKeys, fields: collection.fields },
    rows.filter(({ key }) => removed.has(key)),
  )
}

/** What stays of the person's rows, each with what it will be known by. */
function keptRows(input: PlanInput, name: string, changes: Changes, kept: KeptRows): readonly KeptRow[] {
  const collection = collectionOf(input.system, name)
  const rows = input.found.collections.find((one) => one.name === name)?.rows ?? []
  if (!collection) return []
  return rows.flatMap((row) => {
    const grounds = kept.get(name)?.get(row.key) ?? []
    const all = row.role === 'shared' ? [...grounds, keptAsShared(collection, row)] : grounds
    const changing = changes.get(name)?.get(row.key) ?? new Map<string, FieldOperation>()
    return all.map((one) => ({
      ...one,
      key: keyAfter(collection, row, changing),
      digest: digestOf(input.system, collection, row.cells, one.fields, changing),
      ...(collection.description.key.length === 0 && {
        cells: cellHashes(collection, row.cells, one.fields, changing),
        ...(row.via.by === 'known' && row.via.elsewhere && { elsewhere: true as const }),
      }),
    }))
  })
}

function keptAsShared({ map }: MappedCollection, row: HeldRow): Keeping {
  const fields = Object.keys(map.fields).filter((field) => !row.clears.includes(field))
  return { ...sharedGround, key: row.key, fields }
}
