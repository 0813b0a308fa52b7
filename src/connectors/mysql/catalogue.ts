import { raw } from '../../platform/sql.ts'
import type { Cell } from '../connector.ts'
import type { Connection } from './connection.ts'
import type { Server } from './server.ts'

/**
 * What information_schema says of the one database of the address. A table to which the account has no right at all is not
 * in it, and cannot be told from one that is not there.
 */
export interface Catalogue {
  readonly tables: readonly TableRow[]
  readonly columns: readonly ColumnRow[]
  readonly indexes: readonly IndexRow[]
  readonly foreignKeys: readonly ForeignKeyRow[]
  readonly checks: readonly CheckRow[]
}

export interface TableRow {
  readonly name: string
  readonly kind: 'BASE TABLE' | 'VIEW' | 'SYSTEM VERSIONED'
  readonly engine: string
  /** Of its engine; false for views. */
  readonly hasTransactions: boolean
  readonly comment: string
  /** As the engine estimates it. */
  readonly rows: number
  readonly bytes: number
}

export interface ColumnRow {
  readonly table: string
  readonly name: string
  /** E.g. `varchar`, and whole `varchar(40)`. */
  readonly dataType: string
  readonly type: string
  readonly nullable: boolean
  /** In characters for CHAR and VARCHAR, in bytes for TEXT. */
  readonly length: number | null
  readonly charset: string | null
  readonly scale: number
  /** As SQL writes it. */
  readonly default: string | null
  /** E.g. `auto_increment`, `STORED GENERATED`, `DEFAULT_GENERATED on update CURRENT_TIMESTAMP`. */
  readonly extra: string
  readonly comment: string
}

export interface IndexRow {
  readonly table: string
  readonly name: string
  readonly isUnique: boolean
  /** Of a kind that leads to rows by the first of its columns. */
  readonly isOrdered: boolean
  /** Null where an expression is indexed. */
  readonly column: string | null
}

export interface ForeignKeyRow {
  readonly table: string
  readonly name: string
  readonly column: string
  readonly to: string
  readonly toColumn: string
  readonly onDelete: string
}

export interface CheckRow {
  readonly table: string
  readonly name: string
  readonly expression: string
}

const tables = `
  select t.table_name, t.table_type, t.engine, e.transactions = 'YES' and e.savepoints = 'YES', t.table_comment, t.table_rows,
    t.data_length
  from information_schema.tables t
  left join information_schema.engines e on e.engine = t.engine
  where t.table_schema = database() and t.table_type in ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
  order by cast(t.table_name as binary)`

const columns = `
  select c.table_name, c.column_name, c.data_type, c.column_type, c.is_nullable, c.character_maximum_length,
    c.character_set_name, c.numeric_scale, c.column_default, c.extra, c.column_comment
  from information_schema.columns c
  where c.table_schema = database()
  order by c.table_name, c.ordinal_position`

/** The primary key first, then the shortest. */
const indexes = `
  select s.table_name, s.index_name, s.non_unique = 0, s.index_type in ('BTREE', 'HASH'), s.column_name
  from information_schema.statistics s
  where s.table_schema = database()
  order by s.table_name, s.index_name <> 'PRIMARY', s.index_name, s.seq_in_index`

const foreignKeys = `
  select k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name, r.delete_rule
  from information_schema.key_column_usage k
  join information_schema.referential_constraints r on r.constraint_schema = database()
    and r.constraint_name = k.constraint_name and r.table_name = k.table_name
  where k.table_schema = database() and k.referenced_table_schema = database()
  order by k.table_name, k.constraint_name, k.ordinal_position`

const mariadbChecks = `
  select c.table_name, c.constraint_name, c.check_clause
  from information_schema.check_constraints c
  where c.constraint_schema = database()
  order by c.table_name, c.constraint_name`

/** MySQL's two views are brought together here: for a thousand tables it took seven seconds to join them. */
const mysqlChecks = `
  select c.constraint_name, c.check_clause from information_schema.check_constraints c
  where c.constraint_schema = database() order by c.constraint_name`
const mysqlCheckTables = `
  select t.constraint_name, t.table_name from information_schema.table_constraints t
  where t.table_schema = database() and t.constraint_type = 'CHECK' and t.enforced = 'YES'`

export async function readCatalogue(connection: Connection, server: Server): Promise<Catalogue> {
  const ask = async (statement: string) =>
    (await connection.run(raw(statement), { what: 'reading the catalogue' })).rows
  return {
    tables: (await ask(tables)).map(asTable),
    columns: (await ask(columns)).map((row) => asColumn(row, server)),
    indexes: (await ask(indexes)).map(asIndex),
    foreignKeys: (await ask(foreignKeys)).map(asForeignKey),
    checks: await checksIn(server, ask),
  }
}

async function checksIn(
  { isMariadb, hasChecks }: Server,
  ask: (statement: string) => Promise<readonly Row[]>,
): Promise<readonly CheckRow[]> {
  if (!hasChecks) return []
  if (isMariadb) return (await ask(mariadbChecks)).map(asCheck)
  const tableOf = new Map((await ask(mysqlCheckTables)).map((row) => [textAt(row, 0), textAt(row, 1)]))
  return (await ask(mysqlChecks)).flatMap((row) => {
    const table = tableOf.get(textAt(row, 0))
    return table === undefined ? [] : [asCheck([table, ...row])]
  })
}

type Row = readonly Cell[]

const textAt = (row: Row, place: number): string => row[place] ?? ''
const isTrueAt = (row: Row, place: number): boolean => row[place] === '1'
const numberAt = (row: Row, place: number): number => Number(row[place] ?? 0)

const asTable = (row: Row): TableRow => ({
  name: textAt(row, 0),
  kind: tableKind(textAt(row, 1)),
  engine: textAt(row, 2),
  hasTransactions: isTrueAt(row, 3),
  comment: textAt(row, 4),
  rows: numberAt(row, 5),
  bytes: numberAt(row, 6),
})

const tableKind = (type: string): TableRow['kind'] =>
  type === 'VIEW' || type === 'SYSTEM VERSIONED' ? type : 'BASE TABLE'

const asColumn = (row: Row, server: Server): ColumnRow => ({
  table: textAt(row, 0),
  name: textAt(row, 1),
  dataType: textAt(row, 2).toLowerCase(),
  type: textAt(row, 3),
  nullable: textAt(row, 4) === 'YES',
  length: row[5] == null ? null : Number(row[5]),
  charset: row[6] ?? null,
  scale: numberAt(row, 7),
  default: defaultOf(row[8] ?? null, textAt(row, 9), server),
  extra: textAt(row, 9),
  comment: textAt(row, 10),
})

/** MySQL gives the bare text of a literal, MariaDB writes NULL where there is no default. */
function defaultOf(text: string | null, extra: string, { isMariadb }: Server): string | null {
  if (/auto_increment/i.test(extra)) return 'auto_increment'
  if (isMariadb) return text === 'NULL' ? null : text
  const isWritten =
    /DEFAULT_GENERATED/i.test(extra) || text === null || /^(-?\d+(\.\d+)?|b'[01]+')$/.test(text)
  return isWritten ? text : `'${text.replaceAll("'", "''")}'`
}

const asIndex = (row: Row): IndexRow => ({
  table: textAt(row, 0),
  name: textAt(row, 1),
  isUnique: isTrueAt(row, 2),
  isOrdered: isTrueAt(row, 3),
  column: row[4] ?? null,
})

const asForeignKey = (row: Row): ForeignKeyRow => ({
  table: textAt(row, 0),
  name: textAt(row, 1),
  column: textAt(row, 2),
  to: textAt(row, 3),
  toColumn: textAt(row, 4),
  onDelete: textAt(row, 5),
})

const asCheck = (row: Row): CheckRow => ({
  table: textAt(row, 0),
  name: textAt(row, 1),
  expression: textAt(row, 2),
})
