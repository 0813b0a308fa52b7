import { join } from 'node:path'
import type { Context } from '../platform/context.ts'
import { emptyLog } from './log.ts'
import { rootHash } from './merkle.ts'
import { type Checkpoint, openCheckpoint, rawPublicKey } from './note.ts'
import { problem } from './problems.ts'
import { hasPublished, type LogRow, readLog } from './queries.ts'
import { tilesInDatabase } from './stored-tiles.ts'
import { readOutsideCheckpoint } from './tile-files.ts'

/** How the database stands to the checkpoint outside it; sizes in entries. */
export interface RestoreState {
  /**
   * `current`: as it should be. `behind`: the database was restored from a backup. `unswept`: it was, its log has been
   * replayed, and the erased have not been looked for yet. `missing`: the outside checkpoint is gone. `forked`: two
   * histories. `unreadable`: the outside checkpoint is not one we signed.
   */
  readonly state: 'current' | 'behind' | 'unswept' | 'missing' | 'forked' | 'unreadable'
  readonly database: number
  readonly checkpoint: number
}

/** Whether the database was restored: then connectors, exports and mail stay shut (design §6). Changes nothing. */
export async function restoreState(ctx: Context): Promise<RestoreState> {
  const { note, isMissing } = await readPublished(ctx)
  const log = (await readLog(ctx.db)) ?? emptyLog(ctx)
  const { state, outside } = await compare(ctx, log, note, isMissing)
  return { state, database: log.size, checkpoint: outside?.size ?? 0 }
}

/**
 * For whoever is about to append or publish, under the log's lock. `passed` is a state that this very tree went through, whose root
 * need not be computed. Returns the outside checkpoint's size.
 */
export async function refuseRestored(
  ctx: Context,
  log: LogRow,
  passed?: Pick<LogRow, 'size' | 'root'>,
): Promise<number> {
  const { note, isMissing } = await readPublished(ctx)
  const { state, outside } = await compare(ctx, log, note, isMissing, passed)
  const size = outside?.size ?? 0
  if (state === 'behind')
    throw problem('evidence.behind-checkpoint', { database: log.size, checkpoint: size })
  if (state === 'forked') throw problem('evidence.forked-checkpoint', { size })
  if (state === 'unreadable')
    throw problem('evidence.checkpoint-unreadable', { file: join(ctx.paths.evidence, 'checkpoint') })
  return size
}

/** The note's checkpoint; undefined when it is not one that this installation signed for this log. */
export const openOwn = (ctx: Context, origin: string, note: string): Checkpoint | undefined =>
  openCheckpoint(note, { name: origin, publicKey: rawPublicKey(ctx.keyring.signing) })

/**
 * The note outside, and whether one should be there: where none is found, the database is asked, and then the disk again. What the
 * database knows as published is there, and a note that came between the looks is no loss.
 */
export async function readPublished(
  ctx: Context,
): Promise<{ readonly note: string | undefined; readonly isMissing: boolean }> {
  const found = await readOutsideCheckpoint(ctx.paths.evidence)
  if (found !== undefined) return { note: found, isMissing: false }
  const published = await hasPublished(ctx.db)
  const note = await readOutsideCheckpoint(ctx.paths.evidence)
  return { note, isMissing: published && note === undefined }
}

interface Comparison {
  readonly state: RestoreState['state']
  readonly outside: Checkpoint | undefined
}

/** Without the log's lock, the note must have been read before the log: the files follow the database, never the reverse. */
async function compare(
  ctx: Context,
  log: LogRow,
  note: string | undefined,
  isMissing: boolean,
  passed?: Pick<LogRow, 'size' | 'root'>,
): Promise<Comparison> {
  if (note === undefined) return { state: isMissing ? 'missing' : 'current', outside: undefined }
  const outside = openOwn(ctx, log.origin, note)
  if (!outside) return { state: 'unreadable', outside }
  if (outside.size > log.size) return { state: 'behind', outside }
  const known = [log, passed].find((one) => one?.size === outside.size)
  const root = known?.root ?? (await rootHash(outside.size, tilesInDatabase(ctx.db, log.size)))
  if (!root.equals(outside.root)) return { state: 'forked', outside }
  return { state: log.unsweptSince ? 'unswept' : 'current', outside }
}
