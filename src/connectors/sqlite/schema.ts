import type { ForeignKey } from '../connector.ts'
import type { Database } from './database.ts'

/** What SQLite's pragmas say of one table. */
export interface TableSchema {
  readonly columns: readonly ColumnRow[]
  readonly indexes: readonly IndexRow[]
  readonly foreignKeys: readonly ForeignKey[]
}

export interface ColumnRow {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly default: string | null
  /** 1 for the first field of the primary key; 0 outside it. */
  readonly keyPlace: number
  readonly generated: boolean
}

export interface IndexRow {
  readonly isUnique: boolean
  readonly isPrimary: boolean
  readonly isPartial: boolean
  /** null where it indexes an expression. */
  readonly fields: readonly (string | null)[]
}

export interface TableRow {
  readonly name: string
  readonly type: 'table' | 'view' | 'virtual'
  readonly withoutRowid: boolean
  /** The CREATE statement. */
  readonly statement: string
}

const reading = 'reading the schema'

/** Every statement that made something, and how often the schema has changed: texts that are alike mean the same schema. */
export async function schemaText(database: Database): Promise<string> {
  const version = await database.all('pragma schema_version', [], reading)
  const rows = await database.all(
    'select type, name, tbl_name, rootpage, sql from sqlite_schema order by rowid',
    [],
    reading,
  )
  return JSON.stringify([version, rows].map((each) => each.map((row) => row.map(String))))
}

/** Without SQLite's own tables, and without the shadow tables of FTS, which are reached through the table they serve. */
export async function readTables(database: Database): Promise<readonly TableRow[]> {
  const rows = await database.all(
    `select l.name, l.type, l.wr, s.sql
     from pragma_table_list l left join sqlite_schema s on s.name = l.name and s.type in ('table', 'view')
     where l.schema = 'main' and l.type in ('table', 'view', 'virtual') and l.name not like 'sqlite\\_%' escape '\\'
     order by l.name`,
    [],
    reading,
  )
  return rows.map(([name, type, withoutRowid, statement]) => ({
    name: String(name),
    type: type === 'view' || type === 'virtual' ? type : 'table',
    withoutRowid: withoutRowid === 1n,
    statement: String(statement ?? ''),
  }))
}

/** `names`: every table's real name by its lower-case one, for SQLite's references ignore case. */
export async function readTableSchema(
  database: Database,
  table: string,
  names: ReadonlyMap<string, string>,
): Promise<TableSchema> {
  return {
    columns: await readColumns(database, table),
    indexes: await readIndexes(database, table),
    foreignKeys: await readForeignKeys(database, table, names),
  }
}

async function readColumns(database: Database, table: string): Promise<readonly ColumnRow[]> {
  // Hidden 1: a virtual table's arguments. 2 and 3: computed.
  const rows = await database.all(
    `select name, type, "notnull", dflt_value, pk, hidden from pragma_table_xinfo(?) where hidden <> 1 order by cid`,
    [table],
    reading,
    table,
  )
  return rows.map(([name, type, required, value, place, hidden]) => ({
    name: String(name),
    type: String(type ?? ''),
    required: required === 1n,
    default: value === null || value === undefined ? null : String(value),
    keyPlace: Number(place),
    generated: hidden !== 0n,
  }))
}

async function readIndexes(database: Database, table: string): Promise<readonly IndexRow[]> {
  const rows = await database.all(
    `select l.name, l."unique", l.origin, l.partial, i.name
     from pragma_index_list(?) l join pragma_index_xinfo(l.name) i on i.key = 1 order by l.name, i.seqno`,
    [table],
    reading,
    table,
  )
  return [...Map.groupBy(rows, ([index]) => index).values()].flatMap((parts) => {
    const [, unique, origin, partial] = parts[0] ?? []
    const fields = parts.map((part) => (typeof part[4] === 'string' ? part[4] : null))
    return [{ isUnique: unique === 1n, isPrimary: origin === 'pk', isPartial: partial === 1n, fields }]
  })
}

const deletions: Readonly<Record<string, ForeignKey['onDelete']>> = {
  CASCADE: 'cascade',
  'SET NULL': 'set-null',
  'SET DEFAULT': 'set-default',
}

/** A write session lets all of them wait for its end, so each counts as deferrable. SQLite forgets their names. */
async function readForeignKeys(
  database: Database,
  table: string,
  names: ReadonlyMap<string, string>,
): Promise<readonly ForeignKey[]> {
  const rows = await database.all(
    `select id, "table", "from", "to", on_delete from pragma_foreign_key_list(?) order by id, seq`,
    [table],
    reading,
    table,
  )
  const keys: ForeignKey[] = []
  for (const parts of Map.groupBy(rows, ([id]) => id).values()) {
    const to = names.get(String(parts[0]?.[1]).toLowerCase())
    if (to === undefined) continue
    const fields = parts.map((part) => String(part[2]))
    const named = parts.flatMap((part) =>
      part[3] === null || part[3] === undefined ? [] : [String(part[3])],
    )
    const toFields = named.length === fields.length ? named : await primaryKey(database, to)
    const onDelete = deletions[String(parts[0]?.[4])] ?? 'restrict'
    keys.push({ name: `${table}_${fields.join('_')}`, fields, to, toFields, onDelete, deferrable: true })
  }
  return keys
}

/** What a reference without fields means. */
async function primaryKey(database: Database, table: string): Promise<readonly string[]> {
  const columns = (await readColumns(database, table)).filter((column) => column.keyPlace > 0)
  return columns.sort((a, b) => a.keyPlace - b.keyPlace).map((column) => column.name)
}
