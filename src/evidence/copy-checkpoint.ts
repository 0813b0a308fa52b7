import type { Context } from '../platform/context.ts'
import { openLog } from './log.ts'
import { rootHash } from './merkle.ts'
import { openOwn } from './restore-state.ts'
import { tilesInDatabase } from './stored-tiles.ts'
import { readOutsideCheckpoint, writeWhole } from './tile-files.ts'
import type { NewestCheckpoint, Shown } from './witness.ts'

/** Keeps the newest checkpoint in a directory, which may lie on another machine; never in the place of one that differs. */
export async function copyCheckpoint(
  ctx: Context,
  directory: string,
  { size, note }: NewestCheckpoint,
): Promise<Shown> {
  try {
    const there = await readOutsideCheckpoint(directory)
    const trouble = there === undefined ? null : await objection(ctx, there, size)
    if (trouble) return { trouble }
    await writeWhole(directory, 'checkpoint', note)
    return { trouble: null }
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'syscall' in error) return { trouble: 'unwritable' }
    throw error
  }
}

async function objection(ctx: Context, note: string, size: number): Promise<Shown['trouble']> {
  const { origin } = await openLog(ctx)
  const there = openOwn(ctx, origin, note)
  if (!there) return 'of-another'
  if (there.size > size) return 'ahead'
  const root = await rootHash(there.size, tilesInDatabase(ctx.db, size))
  return root.equals(there.root) ? null : 'forked'
}
