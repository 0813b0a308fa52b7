import type { Cell, RowKey } from '../connectors/public.ts'
import type { Ground } from '../inventory/public.ts'
import type { UnreachableSystem } from './holdings.ts'

/** What an erasure will do, before it does it: counts and names of fields, no values (design §4). */
export interface Plan {
  readonly systems: readonly SystemPlan[]
  readonly unreachable: readonly UnreachableSystem[]
}

export interface SystemPlan {
  readonly name: string
  /** Of the schema the plan was made on: another one makes it stale. */
  readonly fingerprint: string
  readonly collections: readonly CollectionPlan[]
}

export interface CollectionPlan {
  readonly name: string
  readonly delete: number
  readonly change: readonly {
    readonly field: string
    readonly action: ChangeAction
    readonly count: number
  }[]
  readonly keep: readonly Kept[]
}

/** `null`: emptied. `replace`: filled with something that says nothing. `redact`: the person's traces taken out of a text. `unlink`: a reference to a row that goes. */
export type ChangeAction = 'null' | 'replace' | 'redact' | 'unlink'

/** Rows that stay although they are the person's, with the reason an authority may ask for. */
export interface Kept {
  readonly count: number
  readonly rule: string
  readonly ground: Ground | 'shared'
  readonly article: string
  /** The last day; null while a condition holds, or where the date cannot be read. */
  readonly until: string | null
  readonly fields: readonly string[]
}

/** The work itself. Holds keys and texts of rows: lives in memory, never stored. */
export interface SystemOperations {
  readonly name: string
  readonly collections: readonly CollectionOperations[]
  /** Collections in the order in which rows can be removed: leaves first. */
  readonly removalOrder: readonly string[]
}

export interface CollectionOperations {
  readonly name: string
  readonly remove: readonly RowKey[]
  readonly change: readonly RowOperation[]
  readonly kept: readonly KeptRow[]
}

export interface RowOperation {
  readonly key: RowKey
  readonly set: ReadonlyMap<string, FieldOperation>
}

export interface FieldOperation {
  readonly action: ChangeAction
  /** The first that the target accepts is taken. */
  readonly candidates: readonly Cell[]
}

/** A row that stays, or some fields of it, on a ground. */
export interface Keeping {
  readonly key: RowKey
  readonly rule: string
  readonly ground: Ground | 'shared'
  readonly article: string
  readonly until: string | null
  readonly fields: readonly string[]
}

export interface KeptRow extends Keeping {
  /** Of cells that stay: by it the row is known again when its ground ends, and told from another under its key. */
  readonly digest: string
  /** Where rows have no key, what stays in it is known by content alone: field → hash. */
  readonly cells?: CellHashes
  /** Where rows have no key: another request of the person kept it first, and may let go of it first. */
  readonly elsewhere?: true
}

export type CellHashes = Readonly<Record<string, string>>

/** What a plan says of the operations: the same rows, counted. */
export function summarise(operations: SystemOperations, fingerprint: string): SystemPlan {
  const collections = operations.collections.map((collection) => ({
    name: collection.name,
    delete: collection.remove.length,
    change: countChanges(collection.change),
    keep: countKept(collection.kept),
  }))
  return {
    name: operations.name,
    fingerprint,
    collections: collections.filter((one) => one.delete + one.change.length + one.keep.length > 0),
  }
}

function countChanges(rows: readonly RowOperation[]): CollectionPlan['change'] {
  const counts = new Map<string, { field: string; action: ChangeAction; count: number }>()
  for (const { set } of rows)
    for (const [field, { action }] of set) {
      const count = counts.get(`${field} ${action}`) ?? { field, action, count: 0 }
      count.count += 1
      counts.set(`${field} ${action}`, count)
    }
  return [...counts.values()]
}

function countKept(rows: readonly KeptRow[]): readonly Kept[] {
  const counts = new Map<string, Kept & { count: number }>()
  for (const { rule, ground, article, until, fields } of rows) {
    const label = JSON.stringify([rule, until, fields])
    const kept = counts.get(label) ?? { count: 0, rule, ground, article, until, fields }
    counts.set(label, { ...kept, count: kept.count + 1 })
  }
  return [...counts.values()].toSorted((a, b) => ((a.until ?? '9999') < (b.until ?? '9999') ? -1 : 1))
}

/** Nothing left to do: every row is gone, cleared, or kept with a ground. */
export const isDone = (operations: SystemOperations): boolean =>
  operations.collections.every(({ remove, change }) => remove.length === 0 && change.length === 0)
