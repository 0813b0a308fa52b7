import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { freshDatabase, type TestServer } from '../servers.ts'
import { type Cell, mark, type Row, type Table, type World } from './world.ts'

/** All rows of all tables, by table and mark. */
export type Snapshot = Readonly<Record<string, ReadonlyMap<string, Row>>>

/** A real database that worlds are written into, one after the other. */
export interface Target extends AsyncDisposable {
  readonly name: string
  readonly url: string
  /** What stands before a table's name in the product's. */
  readonly prefix: string
  /** The world as this target can hold it: what it cannot declare is not in it. */
  fit(world: World): World
  /** Throws where the made-up rows break the made-up schema. */
  write(world: World): Promise<void>
  read(world: World): Promise<Snapshot>
  run(statement: string): Promise<void>
  /** What the database finds wrong with itself. */
  flaws(): Promise<readonly string[]>
}

const referenceOf = ({ references }: Table, i: number): string => {
  const one = references[i]
  if (!one) throw new Error('no such reference')
  const { columns, to, toColumns, onDelete, deferrable } = one
  const late = deferrable ? ' deferrable initially deferred' : ''
  return `foreign key (${columns.join(', ')}) references ${to} (${toColumns.join(', ')}) on delete ${onDelete}${late}`
}

function createTable(table: Table, isSqlite: boolean): string {
  const lines = table.columns.flatMap(({ name, type, nullable, maxLength, values }) => {
    const word = maxLength === null ? type : `varchar(${maxLength})`
    const checks = [
      // SQLite reads the length and lets any text in.
      ...(maxLength !== null && isSqlite ? [`check (length(${name}) <= ${maxLength})`] : []),
      ...(values ? [`check (${name} in (${values.map(literal).join(', ')}))`] : []),
    ]
    return [`${name} ${word}${nullable ? '' : ' not null'}`, ...checks.map((check) => `  ${check}`)].join(
      '\n',
    )
  })
  const parts = [
    ...lines,
    ...(table.key.length > 0 ? [`primary key (${table.key.join(', ')})`] : []),
    ...table.uniques.map((unique) => `unique (${unique.join(', ')})`),
    ...table.checks.map((check) => `check (${check})`),
    ...(isSqlite ? table.references.map((_, i) => referenceOf(table, i)) : []),
  ]
  const tail = isSqlite && table.withoutRowid ? ' without rowid' : ''
  return `create table ${table.name} (\n  ${parts.join(',\n  ')}\n)${tail}`
}

export const literal = (cell: Cell): string => (cell === null ? 'null' : `'${cell.replaceAll("'", "''")}'`)

/** The statements that make a world, as a person can run them. */
export function statementsOf(world: World, isSqlite: boolean): readonly string[] {
  const late = world.tables.flatMap((table) =>
    isSqlite ? [] : table.references.map((_, i) => `alter table ${table.name} add ${referenceOf(table, i)}`),
  )
  return [...world.tables.map((table) => createTable(table, isSqlite)), ...insertsOf(world), ...late]
}

/** One statement for each table that has rows. */
export const insertsOf = ({ tables, rows }: World): readonly string[] =>
  tables.flatMap(({ name, columns }) => {
    const tuples = (rows[name] ?? []).map(
      (row) => `(${columns.map((column) => literal(row[column.name] ?? null)).join(', ')})`,
    )
    const names = columns.map((column) => column.name).join(', ')
    return tuples.length === 0 ? [] : [`insert into ${name} (${names}) values\n  ${tuples.join(',\n  ')}`]
  })

export const selectOf = ({ name, columns }: Table, asText: (column: string) => string): string =>
  `select ${columns.map((column) => asText(column.name)).join(', ')} from ${name}`

export function snapshotOf(world: World, rowsOf: (table: Table) => readonly (readonly Cell[])[]): Snapshot {
  const snapshot = world.tables.map((table) => {
    const rows = rowsOf(table).map(
      (cells): Row => Object.fromEntries(table.columns.map(({ name }, i) => [name, cells[i] ?? null])),
    )
    return [table.name, new Map(rows.map((row) => [row[mark] ?? '', row]))] as const
  })
  return Object.fromEntries(snapshot)
}

/** A file that is made anew for each world. */
export function sqliteTarget(directory: string): Target {
  const path = join(directory, 'world.db')
  const open = () => new DatabaseSync(path, { enableForeignKeyConstraints: false })
  return {
    name: 'SQLite',
    url: `sqlite:${path}`,
    prefix: '',
    fit: (world) => world,
    async write(world) {
      for (const file of [path, `${path}-journal`]) rmSync(file, { force: true })
      using database = open()
      database.exec(['pragma synchronous = off', 'begin', ...statementsOf(world, true), 'commit'].join(';\n'))
      const broken = database.prepare('pragma foreign_key_check').all()
      if (broken.length > 0) throw new Error(`the world breaks its own references: ${JSON.stringify(broken)}`)
    },
    async read(world) {
      using database = open()
      return snapshotOf(world, (table) => {
        const statement = database.prepare(selectOf(table, (column) => `cast(${column} as text)`))
        statement.setReturnArrays(true)
        return statement.all() as unknown as readonly (readonly Cell[])[]
      })
    },
    async run(statement) {
      using database = open()
      database.exec(statement)
    },
    async flaws() {
      using database = open()
      const broken = database.prepare('pragma foreign_key_check').all()
      const integrity = database.prepare('pragma integrity_check').all()
      return [
        ...broken.map((one) => `a broken reference: ${JSON.stringify(one)}`),
        ...integrity.map((one) => String(one['integrity_check'])).filter((text) => text !== 'ok'),
      ]
    },
    async [Symbol.asyncDispose]() {
      rmSync(path, { force: true })
    },
  }
}

/** A database that is emptied before each world. Its constraints are its own affair: nothing is switched off. */
export async function postgresTarget(server: TestServer): Promise<Target> {
  const database = await freshDatabase(server)
  const client = new pg.Client({ connectionString: database.url })
  client.on('error', () => undefined)
  await client.connect()
  return {
    name: server.name,
    url: database.url,
    prefix: 'public.',
    fit: (world) => world,
    async write(world) {
      await client.query('drop schema public cascade; create schema public')
      await client.query(statementsOf(world, false).join(';\n'))
    },
    async read(world) {
      const rows = new Map<string, readonly (readonly Cell[])[]>()
      for (const table of world.tables) {
        const found = await client.query<Cell[]>({
          text: selectOf(table, (column) => `${column}::text`),
          rowMode: 'array',
        })
        rows.set(table.name, found.rows)
      }
      return snapshotOf(world, (table) => rows.get(table.name) ?? [])
    },
    run: async (statement) => void (await client.query(statement)),
    flaws: async () => [],
    async [Symbol.asyncDispose]() {
      await client.end()
      await database.drop()
    },
  }
}
