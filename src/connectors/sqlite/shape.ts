import { isProblem } from '../../platform/problem.ts'
import type { Check, CollectionDescription, FieldDescription, FieldKind } from '../connector.ts'
import { problem } from '../problems.ts'
import { quoted } from './cells.ts'
import { allowedValues, checksOf } from './create-table.ts'
import type { Database } from './database.ts'
import {
  type ColumnRow,
  readTableSchema,
  readTables,
  schemaText,
  type TableRow,
  type TableSchema,
} from './schema.ts'

export interface Table {
  readonly description: Omit<CollectionDescription, 'rows'>
  readonly fields: ReadonlyMap<string, FieldDescription>
  /** What leads to one row, in the order in which rows are paged: quoted names, the rowid's or a key's; empty: nothing. */
  readonly locator: readonly string[]
  /** Fields an index begins with: looking for their values need not look at every row. */
  readonly indexed: ReadonlySet<string>
}

/** The tables and views of a file, by name. */
export type Shape = ReadonlyMap<string, Table>

export function tableOf(shape: Shape, collection: string): Table {
  const table = shape.get(collection)
  if (!table) throw problem('connectors.unknown-collection', { collection })
  return table
}

export function fieldOf(table: Table, field: string): FieldDescription {
  const description = table.fields.get(field)
  if (!description) throw problem('connectors.unknown-field', { collection: table.description.name, field })
  return description
}

/** What was last read of a file, under which text of its schema. */
const kept = new Map<string, { readonly schema: string; readonly shape: Shape }>()
const mostKept = 32

/**
 * All that a shape tells follows from the text of the schema. It is read anew where that is not the same to the letter, and
 * kept where it did not change meanwhile.
 */
export async function readShape(database: Database): Promise<Shape> {
  const { path } = database
  const schema = await schemaText(database)
  const known = kept.get(path)
  kept.delete(path)
  const shape = known?.schema === schema ? known.shape : await readTablesIn(database)
  if ((await schemaText(database)) === schema) kept.set(path, { schema, shape })
  for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest)
  return shape
}

async function readTablesIn(database: Database): Promise<Shape> {
  const rows = await readTables(database)
  const names = new Map(rows.map(({ name }) => [name.toLowerCase(), name]))
  const shape = new Map<string, Table>()
  for (const row of rows) {
    try {
      shape.set(row.name, asTable(row, await readTableSchema(database, row.name, names)))
    } catch (error) {
      // A view over a table that is gone, or a virtual table of an extension that is not loaded.
      if (!isProblem(error, 'connectors.target-error')) throw error
      shape.set(row.name, unreadable(row))
    }
  }
  return shape
}

function asTable(row: TableRow, { columns, indexes, foreignKeys }: TableSchema): Table {
  const primary = columns
    .filter((column) => column.keyPlace > 0)
    .toSorted((a, b) => a.keyPlace - b.keyPlace)
    .map(({ name }) => name)
  const isTable = row.type === 'table'
  // INTEGER PRIMARY KEY is the rowid itself, and has no index. Other keys of a rowid table may hold NULL (SQLite's quirk).
  const isRowid =
    isTable && !row.withoutRowid && primary.length === 1 && !indexes.some((index) => index.isPrimary)
  const checks = isTable
    ? checksOf(
        row.statement,
        columns.map(({ name }) => name),
      )
    : []
  const fields = columns.map((column) => {
    const required = column.required || (column.keyPlace > 0 && (isRowid || row.withoutRowid))
    return asField(column, required, checks)
  })
  const whole = indexes.filter((index) => !index.isPartial && index.fields.every((field) => field !== null))
  const uniques = whole.filter((index) => index.isUnique).map((index) => index.fields.map(String))
  const others = uniques
    .filter((unique) => unique.join('\0') !== primary.join('\0'))
    .toSorted((a, b) => a.length - b.length)
  const distinct = primary.length > 0 ? [primary, ...others] : others
  const required = new Set(fields.filter((field) => !field.nullable).map(({ name }) => name))
  const key = distinct.find((unique) => unique.every((field) => required.has(field))) ?? []
  const locator = locatorOf(row, columns, primary, key)
  return {
    description: {
      name: row.name,
      kind: row.type === 'view' ? 'view' : 'table',
      comment: null,
      fields,
      key: locator.length > 0 ? key : [],
      uniques: distinct,
      foreignKeys,
      checks,
      writable: locator.length > 0 && (isTable || isFullText(row)),
      unreadable: null,
    },
    fields: new Map(fields.map((field) => [field.name, field])),
    locator,
    indexed: new Set([...whole.map((index) => index.fields[0] ?? ''), ...(isRowid ? primary : [])]),
  }
}

const isFullText = (row: TableRow): boolean =>
  row.type === 'virtual' && /\busing\s+fts[345]\b/i.test(row.statement)

function unreadable(row: TableRow): Table {
  const reason =
    row.type === 'virtual' ? 'it needs an extension that is not here' : 'the target cannot compute it'
  const empty = {
    comment: null,
    fields: [],
    key: [],
    uniques: [],
    foreignKeys: [],
    checks: [],
    writable: false,
  }
  const kind = row.type === 'view' ? 'view' : 'table'
  return {
    description: { name: row.name, kind, ...empty, unreadable: reason },
    fields: new Map(),
    locator: [],
    indexed: new Set(),
  }
}

/** A column of the same name hides the rowid behind it; only where all its names are hidden does a key take its place. */
function locatorOf(
  row: TableRow,
  columns: readonly ColumnRow[],
  primary: readonly string[],
  key: readonly string[],
): readonly string[] {
  if (row.type === 'view') return []
  if (row.withoutRowid) return primary.map((field) => quoted(field))
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()))
  const rowid = ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name))
  return rowid === undefined ? key.map((field) => quoted(field)) : [rowid]
}

function asField(column: ColumnRow, required: boolean, checks: readonly Check[]): FieldDescription {
  const values = checks
    .filter((check) => check.fields.length === 1 && check.fields[0] === column.name)
    .map((check) => allowedValues(check.expression))
    .find((allowed) => allowed !== null)
  const [, length] = /char[^(]*\(\s*(\d+)\s*\)/i.exec(column.type) ?? []
  return {
    name: column.name,
    type: column.type,
    kind: kindOf(column.type),
    nullable: !required,
    maxLength: length === undefined ? null : Number(length),
    generated: column.generated,
    default: column.default,
    comment: null,
    values: values ?? null,
  }
}

/** SQLite's types are words; these are the ones people write, the longer before the shorter they contain. */
const kinds: readonly (readonly [RegExp, FieldKind])[] = [
  [/datetime|timestamp/i, 'timestamp'],
  [/date/i, 'date'],
  [/time/i, 'time'],
  [/bool/i, 'boolean'],
  [/uuid|guid/i, 'uuid'],
  [/json/i, 'json'],
  [/int/i, 'integer'],
  [/char|clob|text|string/i, 'text'],
  [/blob|binary/i, 'binary'],
  [/real|floa|doub|num|dec|money/i, 'decimal'],
]

const kindOf = (type: string): FieldKind => kinds.find(([pattern]) => pattern.test(type))?.[1] ?? 'other'
