import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Paths } from '../platform/config.ts'

const schema = z.object({ at: z.iso.datetime(), directory: z.string(), verified: z.boolean() })

/** Beside the data and not in the database: a restored database would tell of its own past. */
export type LastBackup = z.infer<typeof schema>

const fileOf = ({ data }: Pick<Paths, 'data'>): string => join(data, 'last-backup.json')

export async function writeLastBackup(paths: Pick<Paths, 'data'>, last: LastBackup): Promise<void> {
  const draft = `${fileOf(paths)}.new`
  await writeFile(draft, `${JSON.stringify(last)}\n`, { mode: 0o600, flush: true })
  await rename(draft, fileOf(paths))
}

const dayMs = 86_400_000
/** From then on a backup lacks too much of what was received since, and has too much of what was erased since. */
export const backupOldAfterDays = 7

export const backupAgeDays = ({ at }: LastBackup, now: Date): number =>
  Math.floor((now.getTime() - Date.parse(at)) / dayMs)

/** Whether it would give back what is lost in the next minute: read back and compared, and not old. */
export const isRecentAndVerified = (last: LastBackup | undefined, now: Date): boolean =>
  last?.verified === true && backupAgeDays(last, now) < backupOldAfterDays

/** Undefined when none was made, or nothing tells of it any more. */
export async function readLastBackup(paths: Pick<Paths, 'data'>): Promise<LastBackup | undefined> {
  const text = await readFile(fileOf(paths), 'utf8').catch(() => '')
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
