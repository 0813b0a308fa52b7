import type {
  CollectionMap,
  EraseAction,
  KeepMap,
  LinkMap,
  FieldMap as ProductFieldMap,
} from '../../src/inventory/public.ts'

/** A company made up by chance: its schema, its rows and the data map of both, in words of its own, apart from the product. */
export interface World {
  readonly tables: readonly Table[]
  readonly rules: Readonly<Record<string, KeepRule>>
  readonly rows: Readonly<Record<string, readonly Row[]>>
  readonly people: readonly Person[]
  /** Who is erased, one after the other, and by which of their identifiers. */
  readonly asked: readonly Asked[]
}

/** In no map: names a row for the test, whatever happens to its key. */
export const mark = 'mark'

export type Cell = string | null
export type Row = Readonly<Record<string, Cell>>

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  readonly key: readonly string[]
  readonly withoutRowid: boolean
  readonly uniques: readonly (readonly string[])[]
  readonly references: readonly Reference[]
  /** SQL, understood by every target. */
  readonly checks: readonly string[]
  /** Null: the map does not know this table. */
  readonly map: TableMap | null
}

export interface Column {
  readonly name: string
  readonly type: 'integer' | 'text' | 'date'
  readonly nullable: boolean
  readonly maxLength: number | null
  /** The only values its CHECK allows. */
  readonly values: readonly string[] | null
}

export interface Reference {
  readonly columns: readonly string[]
  readonly to: string
  readonly toColumns: readonly string[]
  readonly onDelete: OnDelete
  readonly deferrable: boolean
}

export const onDeletes = ['no action', 'restrict', 'cascade', 'set null'] as const
export type OnDelete = (typeof onDeletes)[number]

/** The map's words are the product's: what they mean, the oracle says for itself. */
export interface TableMap extends Pick<CollectionMap, 'rows'> {
  readonly fields: Readonly<Record<string, FieldMap>>
  readonly links: readonly LinkMap[]
  readonly keep: readonly Keep[]
}

export interface FieldMap extends Pick<ProductFieldMap, 'category' | 'erase'> {
  readonly identifier?: 'email' | 'number' | 'phone'
}

export type { EraseAction as Erase, LinkMap as Link }

export type Keep = KeepMap & Required<Pick<KeepMap, 'also'>>

export interface KeepRule {
  readonly years: number | null
  readonly roundTo: 'exact' | 'end-of-year'
  /** The row is kept while this column holds `value`, null for nothing; with `over` in it, no more. */
  readonly while: { readonly column: string; readonly value: Cell; readonly over: string } | null
}

export interface Person {
  readonly first: string
  readonly last: string
  readonly email: string
  /** A second address, known only from rows of its own. */
  readonly alias: string
  readonly number: string
  /** Others may have it too. */
  readonly phone: string
}

export interface Asked {
  readonly person: number
  readonly by: 'email' | 'alias' | 'number'
}

export const tableOf = (world: World, name: string): Table => {
  const table = world.tables.find((one) => one.name === name)
  if (!table) throw new Error(`no table ${name}`)
  return table
}

export function columnOf(table: Pick<Table, 'name' | 'columns'>, name: string): Column {
  const column = table.columns.find((one) => one.name === name)
  if (!column) throw new Error(`no column ${table.name}.${name}`)
  return column
}

/** What names a row for good: the primary key, or else the first UNIQUE over columns that are never empty. */
export const nameOf = (table: Table): readonly string[] =>
  table.key.length > 0
    ? table.key
    : (table.uniques.find((unique) => unique.every((name) => !columnOf(table, name).nullable)) ?? [])
