import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { recordEvidence, restoreState } from '../evidence/public.ts'
import type { Context } from '../platform/context.ts'
import { appliedMigrations } from '../platform/migrate.ts'
import { version } from '../version.ts'
import { writeLastBackup } from './last-backup.ts'
import { partFiles, sectionsOf, type Written } from './parts.ts'
import { problem } from './problems.ts'
import { writeSealed } from './sealed-file.ts'
import type { Secret } from './secret.ts'
import { verifyBackup } from './verify-backup.ts'

export interface BackupInput {
  /** New or empty. */
  readonly directory: string
  readonly secrets: { readonly main: Secret; readonly keys: Secret }
  /** Read both files back into throw-away databases, and compare. */
  readonly verify: boolean
  readonly onProgress?: (what: string, done: number, total: number) => void
}

export interface BackupReport {
  readonly directory: string
  readonly at: Date
  readonly files: readonly { readonly name: string; readonly bytes: number }[]
  /** Rows of all tables of both databases. */
  readonly rows: number
  /** Entries in the evidence log at that moment. */
  readonly entries: number
  readonly verified: boolean
}

/**
 * Writes a backup of the whole installation while it goes on working. The database of keys is read after the main one, so that no
 * subject in the backup lacks a key. A failure leaves no half backup. Throws `backup.directory-not-empty`,
 * `backup.unwritable`, `backup.same-passphrase`, and `backup.differs` where what was read back is not what was written.
 */
export async function backUp(ctx: Context, input: BackupInput): Promise<BackupReport> {
  const { secrets, onProgress = () => undefined } = input
  const directory = resolve(input.directory)
  if (secrets.main.text === secrets.keys.text) throw problem('backup.same-passphrase')
  await makeEmpty(directory)
  const at = ctx.now()
  const { database: entries } = await restoreState(ctx)
  const written: Record<'main' | 'keys', Written> = { main: new Map(), keys: new Map() }
  const files: { name: string; bytes: number }[] = []
  try {
    for (const part of ['main', 'keys'] as const) {
      const db = part === 'main' ? ctx.db : ctx.keys
      const name = partFiles[part]
      const about = { at: at.toISOString(), version, entries, migrations: await appliedMigrations(db) }
      const bytes = await db.transaction((tx) =>
        writeSealed(
          join(directory, name),
          part,
          secrets[part],
          sectionsOf(tx, part, ctx.paths, about, written[part], onProgress),
        ),
      )
      files.push({ name, bytes })
    }
    if (input.verify) await verifyBackup(ctx, directory, secrets, written, onProgress)
    const manifest = { format: 'dossier-backup', v: 1, at, version, entries, files, verified: input.verify }
    await writeFile(join(directory, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, {
      mode: 0o600,
      flush: true,
    })
  } catch (error) {
    for (const name of [...Object.values(partFiles), 'manifest.json'])
      await rm(join(directory, name), { force: true })
    throw error
  }
  const rows = [...written.main, ...written.keys]
    .filter(([name]) => !name.includes('/'))
    .reduce((sum, [, { pieces }]) => sum + pieces, 0)
  const report = { directory, at, files, rows, entries, verified: input.verify }
  await writeLastBackup(ctx.paths, { at: at.toISOString(), directory, verified: input.verify })
  await recordEvidence(ctx, {
    kind: 'backup.made',
    facts: { rows, entries, verified: input.verify },
  })
  return report
}

async function makeEmpty(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    if ((await readdir(directory)).length > 0) throw problem('backup.directory-not-empty', { directory })
  } catch (error) {
    if (error instanceof Error && !('errno' in error)) throw error
    const { code = 'EIO' } = error as NodeJS.ErrnoException
    throw problem('backup.unwritable', { path: directory, reason: code }, error)
  }
}
