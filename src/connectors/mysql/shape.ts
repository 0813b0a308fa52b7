import { raw, type Sql, sql } from '../../platform/sql.ts'
import type { Check, CollectionDescription, ForeignKey } from '../connector.ts'
import { problem } from '../problems.ts'
import {
  type Catalogue,
  type CheckRow,
  type ForeignKeyRow,
  type IndexRow,
  readCatalogue,
  type TableRow,
} from './catalogue.ts'
import { asColumn, type Column } from './column.ts'
import type { Connection } from './connection.ts'
import { name } from './name.ts'
import type { Server } from './server.ts'

export interface Relation {
  readonly description: Omit<CollectionDescription, 'rows' | 'unreadable'>
  /** How its rows are told apart: by their key, or by all they hold. */
  readonly identity: 'key' | 'content'
  /** Whether its rows can be read in the order of its key. */
  readonly isOrdered: boolean
  readonly table: Sql
  readonly columns: ReadonlyMap<string, Column>
  /** Fields an index begins with. */
  readonly indexed: ReadonlySet<string>
  /** Sets of fields by which rows of this and another collection refer to each other. */
  readonly references: readonly (readonly string[])[]
  /** Why nothing is written to it, in words for people; null for views, and where it is. */
  readonly obstacle: string | null
  readonly catalogue: TableRow
}

export interface Shape {
  readonly relations: ReadonlyMap<string, Relation>
  /** Every field and constraint. */
  readonly names: ReadonlySet<string>
}

/** Reads the catalogue of the database in the address. */
export async function readShape(connection: Connection, server: Server): Promise<Shape> {
  const catalogue = await readCatalogue(connection, server)
  const parts = {
    columns: Map.groupBy(catalogue.columns, ({ table }) => table),
    indexes: Map.groupBy(catalogue.indexes, ({ table }) => table),
    foreignKeys: Map.groupBy(catalogue.foreignKeys, ({ table }) => table),
    referring: Map.groupBy(catalogue.foreignKeys, ({ to }) => to),
    checks: Map.groupBy(catalogue.checks, ({ table }) => table),
  }
  const relations = catalogue.tables.map((table) => [table.name, asRelation(table, parts)] as const)
  return { relations: new Map(relations), names: namesIn(catalogue) }
}

export function relationOf({ relations }: Shape, collection: string): Relation {
  const relation = relations.get(collection)
  if (!relation) throw problem('connectors.unknown-collection', { collection })
  return relation
}

export function columnOf(relation: Relation, field: string): Column {
  const column = relation.columns.get(field)
  if (!column) throw problem('connectors.unknown-field', { collection: relation.description.name, field })
  return column
}

const namesIn = ({ columns, indexes, foreignKeys, checks }: Catalogue): ReadonlySet<string> =>
  new Set([columns, indexes, foreignKeys, checks].flatMap((rows) => rows.map((row) => row.name)))

interface Parts {
  readonly columns: ReadonlyMap<string, Catalogue['columns']>
  readonly indexes: ReadonlyMap<string, readonly IndexRow[]>
  readonly foreignKeys: ReadonlyMap<string, readonly ForeignKeyRow[]>
  readonly referring: ReadonlyMap<string, readonly ForeignKeyRow[]>
  readonly checks: ReadonlyMap<string, readonly CheckRow[]>
}

function asRelation(table: TableRow, parts: Parts): Relation {
  const rows = parts.columns.get(table.name) ?? []
  const names = rows.map((row) => row.name)
  const checks = (parts.checks.get(table.name) ?? []).map((check) => asCheck(check, names))
  const columns = new Map(rows.map((row) => [row.name, asColumn(row, checks)]))
  const fields = [...columns.values()].map(({ field }) => field)
  const indexes = parts.indexes.get(table.name) ?? []
  // Every version of a row is a row: then nothing is unique.
  const uniques = table.kind === 'SYSTEM VERSIONED' ? [] : uniquesIn(indexes)
  const isUsable = (field: string) => {
    const column = columns.get(field)
    return column !== undefined && !column.field.nullable && column.canBeKey
  }
  const key = uniques.find((unique) => unique.every(isUsable)) ?? []
  const obstacle = obstacleIn(table)
  const history = table.kind === 'SYSTEM VERSIONED' ? raw(' for system_time all') : raw('')
  return {
    description: {
      name: table.name,
      kind: table.kind === 'VIEW' ? 'view' : 'table',
      comment: table.kind === 'VIEW' || table.comment === '' ? null : table.comment,
      fields,
      key,
      uniques,
      foreignKeys: foreignKeysIn(parts.foreignKeys.get(table.name) ?? []),
      checks,
      writable: table.kind === 'BASE TABLE' && obstacle === null,
    },
    identity: key.length > 0 ? 'key' : 'content',
    isOrdered: key.length > 0 && key.every((field) => columns.get(field)?.isOrdered),
    table: sql`${name(table.name)}${history}`,
    columns,
    indexed: new Set(firstColumns(indexes)),
    references: [
      ...columnsTogether(parts.foreignKeys.get(table.name) ?? [], ({ column }) => column),
      ...columnsTogether(parts.referring.get(table.name) ?? [], ({ toColumn }) => toColumn),
    ],
    obstacle,
    catalogue: table,
  }
}

function obstacleIn(table: TableRow): string | null {
  // DELETE HISTORY takes away everybody's, up to a day: one person's cannot be taken out of it.
  if (table.kind === 'SYSTEM VERSIONED') return 'system-versioned: its history would keep what is erased'
  return table.hasTransactions || table.kind === 'VIEW'
    ? null
    : `its engine ${table.engine} has no transactions`
}

/** Identifiers that stand in a check in backquotes: both servers write it so. */
function asCheck({ name: check, expression }: CheckRow, fields: readonly string[]): Check {
  const words = new Set([...expression.matchAll(/`((?:[^`]|``)+)`/g)].map(([, word = '']) => unquoted(word)))
  return { name: check, expression, fields: fields.filter((field) => words.has(field)) }
}

const unquoted = (word: string): string => word.replaceAll('``', '`')

const columnsOfIndex = (rows: readonly IndexRow[]): readonly string[] | null => {
  const columns = rows.map(({ column }) => column).filter((column) => column !== null)
  return columns.length === rows.length ? columns : null
}

/** The primary key first, then the shortest. */
function uniquesIn(indexes: readonly IndexRow[]): readonly (readonly string[])[] {
  const byName = [...Map.groupBy(indexes, (index) => index.name).values()]
  const whole = byName
    .filter(([first]) => first?.isUnique)
    .map((rows) => ({ isPrimary: rows[0]?.name === 'PRIMARY', columns: columnsOfIndex(rows) }))
  const [primary, others] = [true, false].map((isPrimary) =>
    whole.flatMap((one) => (one.isPrimary === isPrimary && one.columns ? [one.columns] : [])),
  )
  return [...(primary ?? []), ...(others ?? []).toSorted((a, b) => a.length - b.length)]
}

const firstColumns = (indexes: readonly IndexRow[]): readonly string[] =>
  [...Map.groupBy(indexes, (index) => index.name).values()].flatMap(([first]) =>
    first?.isOrdered && first.column !== null ? [first.column] : [],
  )

/** The columns of each foreign key, in their order. */
const columnsTogether = (
  rows: readonly ForeignKeyRow[],
  column: (row: ForeignKeyRow) => string,
): readonly (readonly string[])[] =>
  [...Map.groupBy(rows, (row) => JSON.stringify([row.table, row.name])).values()].map((parts) =>
    parts.map(column),
  )

const deletions: Readonly<Record<string, ForeignKey['onDelete']>> = {
  CASCADE: 'cascade',
  'SET NULL': 'set-null',
  'SET DEFAULT': 'set-default',
}

function foreignKeysIn(rows: readonly ForeignKeyRow[]): readonly ForeignKey[] {
  return [...Map.groupBy(rows, (row) => row.name)].map(([constraint, parts]) => ({
    name: constraint,
    fields: parts.map(({ column }) => column),
    to: parts[0]?.to ?? '',
    toFields: parts.map(({ toColumn }) => toColumn),
    onDelete: deletions[parts[0]?.onDelete ?? ''] ?? 'restrict',
    deferrable: false,
  }))
}
