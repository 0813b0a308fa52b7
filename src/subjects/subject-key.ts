import { createSecretKey, hkdfSync, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from '../platform/context.ts'
import type { Keyring } from '../platform/keyring.ts'
import { type Place, seal, unseal } from '../platform/sealing.ts'
import { sql } from '../platform/sql.ts'
import { problem } from './problems.ts'

/** Makes a subject's key: random, because what can be derived again cannot be destroyed. */
export async function createSubjectKey(ctx: Context, subjectId: string): Promise<void> {
  const epoch = ctx.keyring.currentEpoch
  const bytes = randomBytes(32)
  const wrapped = seal(ctx.keyring.epoch(epoch), bytes, wrappedAt(subjectId, epoch))
  await ctx.keys.run(
    sql`insert into subjects.subject_key (subject_id, wrapped, epoch, commitment, created_at)
        values (${subjectId}, ${wrapped}, ${epoch}, ${commitmentOf(bytes)}, ${ctx.now()})`,
  )
  remember(ctx.keyring, subjectId, createSecretKey(bytes))
}

/** Throws `subjects.key-destroyed` where there is none. */
export async function subjectKey(ctx: Context, subjectId: string): Promise<KeyObject> {
  const known = recall(ctx.keyring, subjectId)
  if (known) return known
  const row = await ctx.keys.row<{ wrapped: Buffer; epoch: number; commitment: Buffer }>(
    sql`select k.wrapped, k.epoch, k.commitment from subjects.subject_key k where k.subject_id = ${subjectId}`,
  )
  if (!row) throw problem('subjects.key-destroyed')
  const bytes = unseal(ctx.keyring.epoch(row.epoch), row.wrapped, wrappedAt(subjectId, row.epoch))
  // GCM does not commit to its key: one ciphertext can be made to open under two of them.
  if (!timingSafeEqual(commitmentOf(bytes), row.commitment)) throw problem('subjects.key-unreadable')
  const key = createSecretKey(bytes)
  remember(ctx.keyring, subjectId, key)
  return key
}

/** True when there was one. Other processes forget it within a minute. */
export async function deleteSubjectKey(ctx: Context, subjectId: string): Promise<boolean> {
  const gone = await ctx.keys.run(sql`delete from subjects.subject_key k where k.subject_id = ${subjectId}`)
  cacheOf(ctx.keyring).delete(subjectId)
  return gone > 0
}

/** Of each subject a key made before this instant. Returns how many there were. */
export async function deleteKeysOlderThan(ctx: Context, ended: ReadonlyMap<string, Date>): Promise<number> {
  const gone = await ctx.keys.rows<{ subjectId: string }>(
    sql`delete from subjects.subject_key k
        using unnest(${[...ended.keys()]}::uuid[], ${[...ended.values()]}::timestamptz[]) as e (subject_id, at)
        where k.subject_id = e.subject_id and k.created_at < e.at
        returning k.subject_id`,
  )
  for (const { subjectId } of gone) cacheOf(ctx.keyring).delete(subjectId)
  return gone.length
}

const wrappedAt = (subjectId: string, epoch: number): Place => ['subject-key', subjectId, String(epoch)]

const commitmentOf = (key: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', key, '', 'dossier subject key commitment v1', 16))

/** Unwrapping is most of the cost of opening a value; what is remembered here outlives a destroyed key elsewhere. */
const remembered = { count: 10_000, milliseconds: 60_000 }

interface Remembered {
  readonly key: KeyObject
  readonly until: number
}

const caches = new WeakMap<Keyring, Map<string, Remembered>>()

function cacheOf(keyring: Keyring): Map<string, Remembered> {
  const cache = caches.get(keyring) ?? new Map<string, Remembered>()
  caches.set(keyring, cache)
  return cache
}

/** A Map keeps the order of insertion: the first is the one not used for longest. */
function remember(keyring: Keyring, subjectId: string, key: KeyObject): void {
  const cache = cacheOf(keyring)
  cache.delete(subjectId)
  cache.set(subjectId, { key, until: performance.now() + remembered.milliseconds })
  const oldest = cache.keys().next()
  if (cache.size > remembered.count && !oldest.done) cache.delete(oldest.value)
}

function recall(keyring: Keyring, subjectId: string): KeyObject | undefined {
  const cache = cacheOf(keyring)
  const found = cache.get(subjectId)
  if (!found) return undefined
  cache.delete(subjectId)
  if (found.until <= performance.now()) return undefined
  cache.set(subjectId, found)
  return found.key
}
