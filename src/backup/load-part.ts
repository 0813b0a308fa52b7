import { join } from 'node:path'
import { z } from 'zod'
import type { Db } from '../platform/database.ts'
import { migrations } from '../platform/installation.ts'
import { appliedMigrations, migrate } from '../platform/migrate.ts'
import { tablesOf, type Written } from './parts.ts'
import { problem } from './problems.ts'
import { type Part, readSealed } from './sealed-file.ts'
import type { Secret } from './secret.ts'
import { readSections } from './sections.ts'
import { dropSchemas, insertRows, writeAlike } from './table-rows.ts'

const aboutSchema = z.object({
  at: z.iso.datetime(),
  entries: z.int().nonnegative(),
  migrations: z.array(z.object({ number: z.int(), name: z.string(), sha256: z.string() })),
})
export type About = z.infer<typeof aboutSchema>

export interface PartFile {
  readonly directory: string
  readonly name: string
  readonly part: Part
  readonly secret: Secret
}

export interface Loaded {
  readonly about: About
  readonly read: Written
}

const atOnce = 200

/**
 * Fills a database from a backup's file inside the caller's transaction: our schemas are dropped, made in the shape they
 * had then, and filled. Files are handed to `onFile`, each to be read to its end. Throws `backup.of-newer-version` and what
 * reading throws; then nothing has happened to the database.
 */
export async function loadPart(
  tx: Db,
  { directory, name, part, secret }: PartFile,
  now: Date,
  onFile: (path: string, pieces: AsyncIterable<Buffer>) => Promise<void>,
  onTable: (table: string, done: number, total: number) => void = () => undefined,
): Promise<Loaded> {
  const read: Written = new Map()
  let about: About | undefined
  let done = 0
  for await (const section of readSections(readSealed(join(directory, name), part, secret), name)) {
    const { head, pieces } = section
    if ('about' in head) {
      about = aboutSchema.parse(head.about)
      await prepare(tx, part, about, now)
      for await (const _ of pieces);
      continue
    }
    if (!about) throw problem('backup.not-a-backup', { file: name })
    if ('file' in head) await onFile(head.file, pieces)
    else {
      onTable(head.table, done, tablesOf[part].length)
      done += 1
      await fill(tx, head.table, head.columns, pieces)
    }
    const end = section.end()
    if (end) read.set('file' in head ? head.file : head.table, end)
  }
  if (!about) throw problem('backup.not-a-backup', { file: name })
  return { about, read }
}

async function prepare(tx: Db, part: Part, about: About, now: Date): Promise<void> {
  await writeAlike(tx)
  const schemas = [...new Set(tablesOf[part].map((table) => table.slice(0, table.indexOf('.'))))]
  await dropSchemas(tx, [...schemas, ...(part === 'main' ? ['pgboss'] : [])])
  await migrate(tx, migrations[part], now, Math.max(0, ...about.migrations.map(({ number }) => number)))
  const known = await appliedMigrations(tx)
  const other = about.migrations.find(
    (one) => !known.some(({ number, sha256 }) => number === one.number && sha256 === one.sha256),
  )
  if (other) throw problem('backup.of-newer-version', { migration: other.name })
}

async function fill(
  tx: Db,
  table: string,
  columns: readonly string[],
  pieces: AsyncIterable<Buffer>,
): Promise<void> {
  let lines: string[] = []
  let size = 0
  const flush = async () => {
    if (lines.length > 0 && table !== 'platform.migration') await insertRows(tx, table, columns, lines)
    lines = []
    size = 0
  }
  for await (const piece of pieces) {
    lines.push(piece.toString('utf8'))
    size += piece.length
    if (lines.length >= atOnce || size > 8_000_000) await flush()
  }
  await flush()
}
