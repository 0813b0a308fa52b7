import type { Context } from '../platform/context.ts'
import { sql } from '../platform/sql.ts'

/** The sealed detail of an entry; undefined when it has none, or it was destroyed. */
export async function sealedDetailOf(
  ctx: Context,
  entry: { readonly subjectId: string; readonly id: string },
): Promise<Buffer | undefined> {
  const row = await ctx.db.row<{ sealedDetail: Buffer | null }>(
    sql`select e.sealed_detail from evidence.entry e where e.subject_id = ${entry.subjectId} and e.id = ${entry.id}`,
  )
  return row?.sealedDetail ?? undefined
}
