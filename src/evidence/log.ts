import { sha256 } from '../platform/bytes.ts'
import type { Context } from '../platform/context.ts'
import { emptyRoot } from './merkle.ts'
import { rawPublicKey } from './note.ts'
import { insertLog, type LogRow, readLog } from './queries.ts'

/** The log's row, made when there is none. */
export async function openLog(ctx: Context): Promise<LogRow> {
  const known = await readLog(ctx.db)
  if (known) return known
  const fresh = emptyLog(ctx)
  await insertLog(ctx.db, fresh)
  return fresh
}

/** A log is named after the key that signs it: a database made anew beside old keys meets its old checkpoint. */
export const emptyLog = (ctx: Context): LogRow => ({
  origin: `dossier/${sha256(rawPublicKey(ctx.keyring.signing)).toString('hex').slice(0, 16)}`,
  size: 0,
  root: emptyRoot,
  unsweptSince: null,
})
