import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from './bytes.ts'
import { type Db, sqlState } from './database.ts'
import { problem } from './problems.ts'
import { raw, sql } from './sql.ts'

/**
 * Brings a database to today's shape, or to that of the migration `upTo`: numbered files, forward only, each in one
 * transaction, under a table lock.
 */
export async function migrate(
  db: Db,
  directory: string,
  now: Date,
  upTo = Number.POSITIVE_INFINITY,
): Promise<void> {
  await prepare(db)
  const files = (await readdir(directory))
    .filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file) && Number(file.slice(0, 4)) <= upTo)
    .sort()
  await db.transaction(async (tx) => {
    await tx.run(sql`set local lock_timeout = '60s'`)
    await tx.run(sql`lock table platform.migration in exclusive mode`)
    const done = await appliedMigrations(tx)
    const names = new Map(files.map((file) => [Number(file.slice(0, 4)), file]))
    const other = done.find(({ number, name }) => names.has(number) && names.get(number) !== name)
    if (other) throw problem('platform.database-other', { migration: other.name })
    const newer = done.find(({ number }) => !names.has(number))
    if (newer) throw problem('platform.database-newer', { migration: newer.name })
    for (const file of files) {
      const text = await readFile(join(directory, file), 'utf8')
      const hash = sha256(text).toString('hex')
      const applied = done.find(({ number }) => number === Number(file.slice(0, 4)))
      if (applied && applied.sha256 !== hash) throw problem('platform.migration-changed', { migration: file })
      if (!applied) await apply(tx, file, text, hash, now)
    }
  })
}

export interface AppliedMigration {
  readonly number: number
  readonly name: string
  readonly sha256: string
}

/** In their order. */
export const appliedMigrations = (db: Db): Promise<readonly AppliedMigration[]> =>
  db.rows(sql`select m.number, m.name, m.sha256 from platform.migration m order by m.number`)

async function apply(tx: Db, file: string, text: string, hash: string, now: Date): Promise<void> {
  // One statement per query: several in one string break on Citus (scale.md §2).
  for (const statement of statements(text)) await tx.run(raw(statement))
  await tx.run(
    sql`insert into platform.migration (number, name, sha256, applied_at)
        values (${Number(file.slice(0, 4))}, ${file}, ${hash}, ${now})`,
  )
}

/** A statement ends with a semicolon at a line's end; comment lines are dropped. */
export const statements = (text: string): readonly string[] =>
  text
    .replace(/^\s*--.*$/gm, '')
    .split(/;[ \t]*(?:\r?\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')

/** Two servers may begin at once on an empty database: the loser of the race sees one of these and looks again. */
async function prepare(db: Db): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await db.run(sql`create schema if not exists platform`)
      await db.run(
        sql`create table if not exists platform.migration (
              number integer primary key, name text not null, sha256 text not null, applied_at timestamptz not null)`,
      )
      return
    } catch (error) {
      if (attempt > 5 || !['23505', '42P06', '42P07'].includes(sqlState(error) ?? '')) throw error
    }
  }
}
