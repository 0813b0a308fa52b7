import { DatabaseSync } from 'node:sqlite'
import type { BenchRow } from './generate-rows.ts'
import type { BenchField, BenchTable } from './schema-file.ts'

/** A real database with keys and uniques and without a foreign key. */
export function makeDatabase(
  file: string,
  tables: readonly BenchTable[],
  rows: ReadonlyMap<string, readonly BenchRow[]>,
): void {
  const database = new DatabaseSync(file)
  database.exec('begin')
  for (const table of tables) {
    const own = rows.get(table.name) ?? []
    const columns = table.fields.map((field) => columnOf(field, own))
    const key = table.key.length === 0 ? [] : [`primary key (${table.key.map(quoted).join(', ')})`]
    database.exec(`create table ${quoted(table.name)} (${[...columns, ...key].join(', ')})`)
    const slots = table.fields.map(() => '?').join(', ')
    const insert = database.prepare(`insert into ${quoted(table.name)} values (${slots})`)
    for (const row of own) insert.run(...table.fields.map(({ name }) => row[name] ?? null))
  }
  database.exec('commit')
  database.close()
}

function columnOf({ name, unique }: BenchField, rows: readonly BenchRow[]): string {
  const values = rows.map((row) => row[name] ?? null).filter((value) => value !== null)
  const type = values.length > 0 && values.every((value) => typeof value === 'number') ? 'integer' : 'text'
  return `${quoted(name)} ${type}${unique ? ' unique' : ''}`
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
