import type { Context } from '../platform/context.ts'
import { sql } from '../platform/sql.ts'

/** Forgets what the entries about a person hold in sealed form. Their commitments stay, so every proof stays valid. */
export const destroyDetails = (ctx: Context, subjectId: string): Promise<number> =>
  ctx.db.run(
    sql`update evidence.entry e set nonce = null, sealed_detail = null
        where e.subject_id = ${subjectId} and (e.nonce is not null or e.sealed_detail is not null)`,
  )
