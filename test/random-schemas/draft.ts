import type { FieldSketch } from './sketch.ts'
import type { Column, Erase, FieldMap, Keep, KeepRule, Link, OnDelete, Reference, Table } from './world.ts'
import { mark, onDeletes } from './world.ts'

/** A table while it is being made up, and how its cells are to be filled. */
export interface Draft {
  readonly name: string
  readonly columns: Column[]
  key: string[]
  withoutRowid: boolean
  readonly uniques: string[][]
  readonly references: Reference[]
  readonly checks: string[]
  readonly isMapped: boolean
  readonly rows: 'delete' | 'clear' | 'keep'
  readonly fields: Record<string, FieldMap>
  readonly links: Link[]
  readonly keep: Keep[]
  readonly rules: Record<string, KeepRule>
  readonly fills: Fill[]
}

/** `slot` says which of a row's chance numbers decides. */
export type Fill =
  | { readonly by: 'key'; readonly columns: readonly string[] }
  | { readonly by: 'line'; readonly column: string }
  | {
      readonly by: 'reference'
      readonly columns: readonly string[]
      readonly to: string
      readonly toColumns: readonly string[]
      readonly slot: number
    }
  | { readonly by: 'identifier'; readonly column: string; readonly of: IdentifierOf; readonly slot: number }
  /** The e-mail address of whoever a reference leads to. */
  | { readonly by: 'party'; readonly column: string; readonly reference: readonly string[] }
  | { readonly by: 'name'; readonly column: string; readonly part: 'first' | 'last' | 'full' }
  | {
      readonly by: 'field'
      readonly column: string
      readonly kind: FieldKind
      readonly slot: number
      readonly isFilled: boolean
    }
  | {
      readonly by: 'choice'
      readonly column: string
      readonly values: readonly (string | null)[]
      readonly slot: number
    }

export type IdentifierOf = 'email' | 'alias' | 'number' | 'phone'

export const fieldKinds = [
  'free-text',
  'communication',
  'person-name',
  'postal-address',
  'health',
  'financial',
  'none',
  'unmapped',
  'birth-date',
  'city',
  'gender',
  'job-title',
] as const
export type FieldKind = (typeof fieldKinds)[number]

/** Fields of these kinds may hold anything about anybody. */
export const telling: ReadonlySet<FieldKind> = new Set([
  'free-text',
  'communication',
  'person-name',
  'postal-address',
  'health',
])

export function startDraft(name: string, rows: number, isMapped: boolean): Draft {
  const draft: Draft = {
    name,
    columns: [],
    key: [],
    withoutRowid: false,
    uniques: [],
    references: [],
    checks: [],
    isMapped,
    rows: rows < 5 ? 'delete' : rows < 9 ? 'clear' : 'keep',
    fields: {},
    links: [],
    keep: [],
    rules: {},
    fills: [],
  }
  addColumn(draft, mark, { type: 'integer' })
  return draft
}

export function addColumn(
  draft: Draft,
  name: string,
  column: Partial<Omit<Column, 'name'>> & Pick<Column, 'type'>,
): void {
  draft.columns.push({ nullable: false, maxLength: null, values: null, ...column, name })
}

export const onDeleteOf = (choice: number): OnDelete => onDeletes[choice % onDeletes.length] ?? 'no action'

const genders = ['f', 'm', 'x']

/** Adds a field that says something of somebody, or nothing; returns its name. */
export function addField(draft: Draft, sketch: FieldSketch, slot: number, isFilled: boolean): string {
  const kind = fieldKinds[sketch.kind % fieldKinds.length] ?? 'none'
  const name = `${kind.replace('-', '_')}_${draft.columns.length}`
  const type = kind === 'financial' ? 'integer' : kind === 'birth-date' ? 'date' : 'text'
  const isText = type === 'text' && kind !== 'gender'
  // A name cut short would be another name.
  const isFree = isText && kind !== 'person-name'
  const maxLength = isFree ? ([null, null, null, null, 40, 14][sketch.length] ?? null) : null
  const values = kind === 'gender' ? genders : null
  addColumn(draft, name, { type, nullable: sketch.isNullable > 0 && !isFilled, maxLength, values })
  const isUnique = sketch.isUnique === 5 && (isFree || type !== 'text')
  if (isUnique) draft.uniques.push([name])
  if (isText && sketch.check === 3) draft.checks.push(`length(${name}) >= 3`)
  if (isText && sketch.check === 4) draft.checks.push(`${name} <> ''`)
  if (kind !== 'unmapped') {
    const erase = eraseOf(sketch, kind, isText, isUnique)
    draft.fields[name] = { category: kind, ...(erase && { erase }) }
  }
  draft.fills.push({ by: 'field', column: name, kind, slot, isFilled })
  return name
}

function eraseOf(
  { erase }: FieldSketch,
  kind: FieldKind,
  isText: boolean,
  isUnique: boolean,
): Erase | undefined {
  if (kind === 'none') return undefined
  if (erase === 7) return 'clear'
  if (erase === 8 || erase === 9) return isText ? 'redact' : undefined
  if (erase === 10) return isText && !isUnique ? { replace: 'gone' } : undefined
  return erase === 11 && kind !== 'person-name' ? 'keep' : undefined
}

/** Nothing of the draft that only its making needs. */
export function asTable(draft: Draft): Table {
  const { name, columns, key, withoutRowid, uniques, references, checks, rows, fields, links, keep } = draft
  return {
    name,
    columns,
    key,
    withoutRowid,
    uniques,
    references,
    checks,
    map: draft.isMapped ? { rows, fields, links, keep } : null,
  }
}
