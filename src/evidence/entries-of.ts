import type { Context } from '../platform/context.ts'
import { sql } from '../platform/sql.ts'
import type { Entry } from './entry.ts'
import { entriesWhere, entryIdsOf } from './queries.ts'

/** What happened in a request, or to a person, in the order it happened. */
export const entriesOf = (
  ctx: Context,
  of: { readonly requestId: string } | { readonly subjectId: string },
): Promise<readonly Entry[]> =>
  entriesWhere(
    ctx.db,
    'requestId' in of ? sql`e.request_id = ${of.requestId}` : sql`e.subject_id = ${of.subjectId}`,
  )

/** Entries of one kind behind this id, page by page. Spans subjects: a read without locks, after a restore alone. */
export const entriesOfKind = (
  ctx: Context,
  kind: string,
  after: string,
  limit: number,
): Promise<readonly Entry[]> => entriesWhere(ctx.db, sql`e.kind = ${kind} and e.id > ${after}`, limit)

/** Numbers of the entries of each of many requests, in their order. */
export async function entryIdsOfEach(
  ctx: Context,
  requestIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await entryIdsOf(ctx.db, requestIds)
  return new Map(
    [...Map.groupBy(rows, ({ requestId }) => requestId)].map(([requestId, own]) => [
      requestId,
      own.map(({ id }) => id),
    ]),
  )
}
