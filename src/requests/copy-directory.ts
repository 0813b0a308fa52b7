import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '../platform/context.ts'

/** Where copies lie while they are sent: personal data in the clear, for minutes. */
const copiesIn = (ctx: Context): string => join(ctx.paths.data, 'copies')

const longestSendingMs = 3_600_000

/** A directory for one copy that is about to be sent. The caller removes it. */
export async function copyDirectory(ctx: Context): Promise<string> {
  await mkdir(copiesIn(ctx), { recursive: true, mode: 0o700 })
  return mkdtemp(join(copiesIn(ctx), 'copy-'))
}

/** Removes copies whose sender was killed before it could. Returns how many. */
export async function removeStrayCopies(ctx: Context): Promise<number> {
  const names = await readdir(copiesIn(ctx)).catch(() => [])
  let removed = 0
  for (const name of names) {
    const path = join(copiesIn(ctx), name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }))
    if (Date.now() - mtimeMs < longestSendingMs) continue
    await rm(path, { recursive: true, force: true })
    removed += 1
  }
  return removed
}
