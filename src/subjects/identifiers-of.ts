import type { Context } from '../platform/context.ts'
import { type Identifier, identifierPlace } from './identifier.ts'
import { identifierRows } from './queries.ts'
import { openFor } from './seal-for.ts'

/** What the vault knows a subject under, in the clear. Empty once the person was erased. */
export async function identifiersOf(ctx: Context, subjectId: string): Promise<readonly Identifier[]> {
  const identifiers: Identifier[] = []
  for (const row of await identifierRows(ctx.db, subjectId)) {
    const value = await openFor(ctx, subjectId, identifierPlace(row.id), row.sealed)
    identifiers.push({ kind: row.kind, value: value.toString(), unique: !row.shared })
  }
  return identifiers
}
