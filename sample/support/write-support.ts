import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Emit } from '../layout.ts'
import { type SupportLayout, supportColumns } from './columns.ts'

/** A support desk's database while it is filled. */
export interface SupportLoad extends Disposable {
  readonly emit: Emit<SupportLayout>
  readonly rows: Readonly<Record<string, number>>
  /** Ends one transaction and begins the next. */
  flush(): void
  finish(): void
}

const tables = Object.keys(supportColumns) as (keyof SupportLayout)[]

const script = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8')

/** Creates the file; a half-filled one is for the caller to remove, so nothing here is made to survive a crash. */
export function openSupport(path: string): SupportLoad {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false })
  database.exec('pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive')
  database.exec(script('tables.sql'))
  const inserts = new Map<string, StatementSync>(
    tables.map((table) => {
      const columns = supportColumns[table]
      const places = columns.map(() => '?').join(', ')
      return [table, database.prepare(`insert into ${table} (${columns.join(', ')}) values (${places})`)]
    }),
  )
  const rows: Record<string, number> = Object.fromEntries(tables.map((table) => [table, 0]))
  database.exec('begin')
  return {
    rows,
    emit(table, row) {
      const columns: readonly (keyof typeof row)[] = supportColumns[table]
      inserts.get(table)?.run(...columns.map((column) => sqliteValue(row[column])))
      rows[table] = (rows[table] ?? 0) + 1
    },
    flush: () => database.exec('commit; begin'),
    finish() {
      database.exec('commit')
      database.exec(script('rules.sql'))
      database.exec('analyze')
    },
    [Symbol.dispose]: () => database.close(),
  }
}

const sqliteValue = (cell: string | number | boolean | null) =>
  typeof cell === 'boolean' ? Number(cell) : cell
