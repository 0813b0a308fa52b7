import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { freshMysqlDatabase, type MysqlServer } from '../mysql-server.ts'
import { insertsOf, literal, selectOf, snapshotOf, type Target } from './target.ts'
import { type Cell, columnOf, type Reference, type Table, type World } from './world.ts'

/** As long as anything in a world, and short enough for an index. */
const indexedText = 'varchar(190)'

/** A database that is made anew for each world. Every row's references hold at every moment: nothing waits for the end. */
export async function mysqlTarget(server: MysqlServer): Promise<Target> {
  const { name, url, drop } = await freshMysqlDatabase(server)
  const client = await createConnection({ uri: url, rowsAsArray: true, charset: 'utf8mb4' })
  client.on('error', () => undefined)
  return {
    name: server.name,
    url,
    prefix: '',
    fit: (world) => ({ ...world, tables: world.tables.map((table) => fitTable(table, server.hasChecks)) }),
    async write(world) {
      await client.query(`drop database ${name}`)
      // Two spellings of an address are two values, as they are to the other targets.
      await client.query(`create database ${name} collate utf8mb4_bin`)
      await client.query(`use ${name}`)
      for (const statement of statementsOf(world)) await client.query(statement)
    },
    async read(world) {
      const rows = new Map<string, readonly (readonly Cell[])[]>()
      for (const table of world.tables) rows.set(table.name, await cellsOf(client, table))
      return snapshotOf(world, (table) => rows.get(table.name) ?? [])
    },
    run: async (statement) => void (await client.query(statement)),
    flaws: async () => [],
    async [Symbol.asyncDispose]() {
      client.destroy()
      await drop()
    },
  }
}

async function cellsOf(client: Connection, table: Table): Promise<readonly (readonly Cell[])[]> {
  const [rows] = await client.query<RowDataPacket[][]>(selectOf(table, (column) => `cast(${column} as char)`))
  return rows as unknown as readonly (readonly Cell[])[]
}

/**
 * A world as this kind of server can hold it, and let go of it: no reference waits, none empties what may not be empty, and
 * one to the same table may be empty, for InnoDB removes no row that refers to itself.
 */
function fitTable(table: Table, hasChecks: boolean): Table {
  const isEmptiable = ({ columns }: Reference) =>
    columns.every((column) => columnOf(table, column).nullable && !table.key.includes(column))
  const own = table.references.filter(({ to }) => to === table.name).flatMap(({ columns }) => columns)
  return {
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      nullable: column.nullable || (own.includes(column.name) && !table.key.includes(column.name)),
      values: hasChecks ? column.values : null,
    })),
    checks: hasChecks ? table.checks : [],
    references: table.references.map((one) => ({
      ...one,
      deferrable: false,
      onDelete: one.onDelete === 'set null' && !isEmptiable(one) ? 'no action' : one.onDelete,
    })),
  }
}

function statementsOf(world: World): readonly string[] {
  const references = world.tables.flatMap(({ name, references }) =>
    references.map(
      ({ columns, to, toColumns, onDelete }) =>
        `alter table ${name} add foreign key (${columns.join(', ')}) references ${to} (${toColumns.join(', ')}) on delete ${onDelete}`,
    ),
  )
  return [...world.tables.map((table) => createTable(table, world)), ...insertsOf(world), ...references]
}

function createTable(table: Table, world: World): string {
  const indexed = indexedColumns(table, world)
  const lines = table.columns.map(({ name, type, nullable, maxLength, values }) => {
    const text = indexed.has(name) ? indexedText : 'text'
    const word = maxLength !== null ? `varchar(${maxLength})` : type === 'text' ? text : type
    const check = values ? ` check (${name} in (${values.map(literal).join(', ')}))` : ''
    return `${name} ${word}${nullable ? '' : ' not null'}${check}`
  })
  const parts = [
    ...lines,
    ...(table.key.length > 0 ? [`primary key (${table.key.join(', ')})`] : []),
    ...table.uniques.map((unique) => `unique (${unique.join(', ')})`),
    // `length` counts bytes here.
    ...table.checks.map((check) => `check (${check.replaceAll('length(', 'char_length(')})`),
  ]
  return `create table ${table.name} (${parts.join(', ')})`
}

const indexedColumns = (table: Table, world: World): ReadonlySet<string> =>
  new Set([
    ...table.key,
    ...table.uniques.flat(),
    ...table.references.flatMap(({ columns }) => columns),
    ...world.tables.flatMap(({ references }) =>
      references.filter(({ to }) => to === table.name).flatMap(({ toColumns }) => toColumns),
    ),
  ])
