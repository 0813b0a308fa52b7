import type { Context } from '../platform/context.ts'
import { shredLatest } from './epoch.ts'
import { readSubject } from './queries.ts'

/** How far a person's key is from being unreadable in every copy. */
export interface ShredState {
  /** When it was deleted; its copies in old pages, logs and backups were not. */
  readonly keyDeletedAt: Date
  /** When the epoch key that had wrapped it was destroyed: from then on no copy opens. Null as long as one may. */
  readonly completeAt: Date | null
  readonly latestAt: Date
}

/** Null for whoever has a key. */
export async function shredState(ctx: Context, subjectId: string): Promise<ShredState | null> {
  const subject = await readSubject(ctx.db, subjectId)
  if (!subject?.keyDestroyedAt) return null
  const { keyDestroyedAt: keyDeletedAt, shreddedAt: completeAt } = subject
  return { keyDeletedAt, completeAt, latestAt: shredLatest(keyDeletedAt) }
}
