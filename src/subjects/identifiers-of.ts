import type { Context } from '../platform/context.ts'
import { type Identifier, identifierPlace } from './identifier.ts'
import { identifierRows } from './queries.ts'
import { openFor } from './seal-for.ts'
import { subjectKey } from './subject-key.ts'

/** What the vault knows a subject under, in the clear. Empty once the person was erased. */
export async function identifiersOf(ctx: Context, subjectId: string): Promise<readonly Identifier[]> {
  // Asked for beside the rows, in the other database; whoever was erased has neither, and that is no failure.
  const key = subjectKey(ctx, subjectId)
  key.catch(() => undefined)
  const rows = await identifierRows(ctx.db, subjectId)
  if (rows.length === 0) return []
  await key
  const identifiers: Identifier[] = []
  for (const row of rows) {
    const value = await openFor(ctx, subjectId, identifierPlace(row.id), row.sealed)
    identifiers.push({ kind: row.kind, value: value.toString(), unique: !row.shared })
  }
  return identifiers
}
