import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from './problems.ts'
import { syncDirectory } from './sync-directory.ts'

/**
 * A restore replaces two databases and files beside them, which no transaction spans: while its mark stands they may not
 * belong together, and nobody works with them but the next restore.
 */
const markIn = (data: string): string => join(data, 'restore-unfinished')

/** Set before the first of them is replaced; lasts over a crash of the machine. */
export async function beginReplacing(data: string): Promise<void> {
  const mark = await open(markIn(data), 'w', 0o600)
  await mark.sync().finally(() => mark.close())
  await syncDirectory(data)
}

/** Called when all of them are replaced. */
export async function endReplacing(data: string): Promise<void> {
  await rm(markIn(data), { force: true })
  await syncDirectory(data)
}

/** Throws `platform.restore-unfinished` where a restore was cut off. */
export async function refuseHalfRestored(data: string): Promise<void> {
  const mark = await stat(markIn(data)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (mark) throw problem('platform.restore-unfinished', { directory: data })
}
