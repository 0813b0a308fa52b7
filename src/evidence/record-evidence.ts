import { randomBytes } from 'node:crypto'
import type { Context } from '../platform/context.ts'
import { insertEntries } from './chunk-queries.ts'
import { commitTo, nobody } from './entry.ts'
import { entryId } from './entry-id.ts'
import { type Facts, refusePersonalData, refuseText } from './facts.ts'
import { insertEntry, type StoredEntry } from './queries.ts'

export interface NewEntry {
  /** Absent: about no person in particular. */
  readonly subjectId?: string
  readonly requestId?: string
  /** `<domain>.<what happened>`, in the past: `requests.approved`. */
  readonly kind: string
  readonly facts: Facts
  /**
   * Sealed under the subject's key, so that it can be destroyed while every proof stays valid; or what seals it for the
   * entry's id, so that it opens in no other entry.
   */
  readonly sealedDetail?: Buffer | ((entryId: string) => Promise<Buffer>)
}

/**
 * Writes a line of evidence and returns its id. Call it inside the transaction of the act it tells of: both commit or
 * neither. Throws an Error (a bug) for facts that look like personal data.
 */
export async function recordEvidence(ctx: Context, entry: NewEntry): Promise<string> {
  const stored = await entryToStore(ctx, entry)
  await insertEntry(ctx.db, stored)
  return stored.id
}

/** The same for a chunk of many people's entries, by one statement (design §5: a batch writes in chunks). */
export async function recordEvidenceOfMany(ctx: Context, entries: readonly NewEntry[]): Promise<void> {
  const stored: StoredEntry[] = []
  for (const entry of entries) stored.push(await entryToStore(ctx, entry))
  if (stored.length > 0) await insertEntries(ctx.db, stored)
}

async function entryToStore(ctx: Context, entry: NewEntry): Promise<StoredEntry> {
  if (!/^[a-z][a-z-]*\.[a-z][a-z-]*$/.test(entry.kind))
    throw new Error('evidence: a kind is <domain>.<what-happened>')
  if (entry.sealedDetail && !entry.subjectId)
    throw new Error('evidence: a detail of nobody could never be destroyed')
  refuseText('actor', ctx.actor.id)
  refusePersonalData(entry.facts)
  const nonce = randomBytes(32)
  const at = ctx.now()
  const id = entryId(at)
  const { sealedDetail: detail } = entry
  const sealedDetail = (typeof detail === 'function' ? await detail(id) : detail) ?? null
  return {
    id,
    subjectId: entry.subjectId ?? nobody,
    requestId: entry.requestId ?? null,
    kind: entry.kind,
    actor: ctx.actor,
    at,
    facts: entry.facts,
    commitment: commitTo(nonce, sealedDetail),
    nonce,
    sealedDetail,
  }
}
