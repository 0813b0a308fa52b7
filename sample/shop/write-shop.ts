import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { name } from '../../src/platform/sql.ts'
import type { Cell, Emit } from '../layout.ts'
import { problem } from '../problems.ts'
import { type ShopLayout, shopColumns } from './columns.ts'

/** A load of the shop's database: one transaction, so that a failed one leaves the database empty. */
export interface ShopLoad extends AsyncDisposable {
  readonly emit: Emit<ShopLayout>
  readonly rows: Readonly<Record<string, number>>
  /** Sends what was emitted. Memory holds no more than what lies between two flushes. */
  flush(): Promise<void>
  /** Adds keys, references and statistics; `onStep` hears of each. */
  finish(onStep: (done: number, total: number) => void): Promise<void>
  commit(): Promise<void>
}

const tables = Object.keys(shopColumns) as (keyof ShopLayout)[]

const statements = (file: string) =>
  readFileSync(join(import.meta.dirname, file), 'utf8')
    .replaceAll(/^--.*$/gm, '')
    .split(/;\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')

/** Throws `sample.unreachable`, `sample.not-empty` or `sample.encoding`; then nothing was changed. */
export async function openShop(url: string): Promise<ShopLoad> {
  const client = new pg.Client({ connectionString: url, application_name: 'dossier sample' })
  // A connection lost between two queries is told by the next one; unheard, it would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw problem('sample.unreachable', { reason }, error)
  }
  try {
    await refuseUnlessEmpty(client)
    await client.query('begin')
    await client.query("set local timezone = 'UTC'")
    for (const statement of statements('tables.sql')) await client.query(statement)
  } catch (error) {
    await client.end()
    throw error
  }
  return loadOf(client)
}

function loadOf(client: pg.Client): ShopLoad {
  const pending = new Map<string, string[]>(tables.map((table) => [table, []]))
  const rows: Record<string, number> = Object.fromEntries(tables.map((table) => [table, 0]))
  return {
    rows,
    emit(table, row) {
      pending.get(table)?.push(copyLine(shopColumns[table], row))
      rows[table] = (rows[table] ?? 0) + 1
    },
    async flush() {
      for (const [table, lines] of pending) {
        if (lines.length === 0) continue
        await copy(client, table as keyof ShopLayout, lines)
        lines.length = 0
      }
    },
    async finish(onStep) {
      const rules = statements('rules.sql')
      for (const [i, rule] of rules.entries()) {
        onStep(i, rules.length)
        await client.query(rule)
      }
      onStep(rules.length, rules.length)
    },
    commit: async () => void (await client.query('commit')),
    [Symbol.asyncDispose]: () => client.end(),
  }
}

/** FREEZE: the table was made in this transaction, so no row needs a second visit to be known as visible. */
async function copy(client: pg.Client, table: keyof ShopLayout, lines: readonly string[]): Promise<void> {
  const { quoted } = name(...table.split('.'))
  const stream = client.query(
    copyFrom(`copy ${quoted} (${shopColumns[table].join(', ')}) from stdin with (format text, freeze)`),
  )
  const done = finished(stream)
  for (let at = 0; at < lines.length; at += 2_000)
    if (!stream.write(lines.slice(at, at + 2_000).join(''))) await Promise.race([once(stream, 'drain'), done])
  stream.end()
  await done
}

const special = /[\\\n\r\t]/
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function copyLine<Column extends string>(
  columns: readonly Column[],
  row: Readonly<Record<Column, Cell>>,
): string {
  let line = ''
  for (const column of columns) {
    const cell = row[column]
    if (line !== '') line += '\t'
    if (cell === null) line += '\\N'
    else if (typeof cell !== 'string') line += cell
    else
      line += special.test(cell) ? cell.replaceAll(/[\\\n\r\t]/g, (found) => escapes[found] ?? found) : cell
  }
  return `${line}\n`
}

async function refuseUnlessEmpty(client: pg.Client): Promise<void> {
  const { rows: encodings } = await client.query<{ server_encoding: string }>('show server_encoding')
  const encoding = encodings[0]?.server_encoding ?? ''
  if (encoding !== 'UTF8') throw problem('sample.encoding', { encoding })
  const { rows } = await client.query<{ found: number }>(`
    select count(*)::integer as found
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
      and n.nspname not in ('pg_catalog', 'information_schema')
      and n.nspname !~ '^pg_(toast|temp)'`)
  const found = rows[0]?.found ?? 0
  if (found > 0) throw problem('sample.not-empty', { tables: found })
}
