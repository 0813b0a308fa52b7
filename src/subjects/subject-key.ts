import { createSecretKey, hkdfSync, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from '../platform/context.ts'
import type { Keyring } from '../platform/keyring.ts'
import { problem as platformProblem } from '../platform/problems.ts'
import type { Place } from '../platform/sealing.ts'
import { deleteKeys, findKeys, insertKeys } from './chunk-queries.ts'
import { wrappingWith } from './current-epoch.ts'
import { deleteKey, deleteOlderKeys, findKey, insertKey } from './key-queries.ts'
import { problem } from './problems.ts'

const mostAttempts = 5

/** Makes a subject's key: random, because what can be derived again cannot be destroyed. */
export async function createSubjectKey(ctx: Context, subjectId: string): Promise<void> {
  const plain = randomBytes(32)
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const { epoch, wrap, forget } = await wrappingWith(ctx, 1)
    const [wrapped] = await wrap([{ plain, place: wrappedAt(subjectId, epoch) }])
    if (!wrapped) throw new Error('subjects: a provider kept a key to itself')
    const key = { subjectId, wrapped, epoch, commitment: commitmentOf(plain), createdAt: ctx.now() }
    if ((await insertKey(ctx.keys, key)) > 0) {
      remember(ctx.keyring, subjectId, createSecretKey(plain))
      return
    }
    // Another process began a new epoch meanwhile: what the old one wraps now would be left behind.
    forget()
  }
  throw new Error('subjects: epochs end faster than a key can be made')
}

/** `createSubjectKey` for each of many, in one statement. Returns them in their order, for what is sealed at once. */
export async function createSubjectKeys(
  ctx: Context,
  subjectIds: readonly string[],
): Promise<readonly KeyObject[]> {
  if (subjectIds.length === 0) return []
  const plains = subjectIds.map(() => randomBytes(32))
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const { epoch, wrap, forget } = await wrappingWith(ctx, subjectIds.length)
    const wrapped = await wrap(
      plains.map((plain, i) => ({ plain, place: wrappedAt(subjectIds[i] ?? '', epoch) })),
    )
    if (wrapped.length < plains.length) throw new Error('subjects: a provider kept a key to itself')
    const commitments = plains.map(commitmentOf)
    const made = { subjectIds, wrapped, commitments, epoch, createdAt: ctx.now() }
    if ((await insertKeys(ctx.keys, made)) > 0) {
      const keys = plains.map((plain) => createSecretKey(plain))
      for (const [i, key] of keys.entries()) remember(ctx.keyring, subjectIds[i] ?? '', key)
      return keys
    }
    forget()
  }
  throw new Error('subjects: epochs end faster than keys can be made')
}

/**
 * Fetches the keys of many at once and has them unwrapped together, so that opening and sealing for each of them finds its
 * own remembered. Who has none is left to `subjectKey` to name.
 */
export async function fetchSubjectKeys(ctx: Context, subjectIds: readonly string[]): Promise<void> {
  const missing = subjectIds.filter((subjectId) => !recall(ctx.keyring, subjectId))
  if (missing.length === 0) return
  const rows = await findKeys(ctx.keys, missing)
  const byKey = Map.groupBy(rows, ({ provider, version }) => `${provider} ${version}`)
  for (const some of byKey.values()) {
    const [first] = some
    if (!first || first.provider === null || first.version === null) continue
    const opened = await ctx.keyring.providerNamed(first.provider).unwrap(
      first.version,
      some.map(({ wrapped, subjectId, epoch }) => ({ wrapped, place: wrappedAt(subjectId, epoch) })),
    )
    for (const [i, { subjectId, commitment }] of some.entries()) {
      const bytes = opened[i]
      if (bytes && isCommittedTo(bytes, commitment)) remember(ctx.keyring, subjectId, createSecretKey(bytes))
    }
  }
}

/** Throws `subjects.key-destroyed` where there is none. */
export async function subjectKey(ctx: Context, subjectId: string): Promise<KeyObject> {
  const known = recall(ctx.keyring, subjectId)
  if (known) return known
  const row = await findKey(ctx.keys, subjectId)
  if (!row) throw problem('subjects.key-destroyed')
  const { provider, version, epoch, wrapped } = row
  if (provider === null || version === null)
    throw platformProblem('platform.key-missing', { key: `epochs/${epoch}` })
  const [bytes] = await ctx.keyring
    .providerNamed(provider)
    .unwrap(version, [{ wrapped, place: wrappedAt(subjectId, epoch) }])
  if (!bytes || !isCommittedTo(bytes, row.commitment)) throw problem('subjects.key-unreadable')
  const key = createSecretKey(bytes)
  remember(ctx.keyring, subjectId, key)
  return key
}

/** True when there was one. Other processes forget it within a minute. */
export async function deleteSubjectKey(ctx: Context, subjectId: string): Promise<boolean> {
  const gone = await deleteKey(ctx.keys, subjectId)
  cacheOf(ctx.keyring).delete(subjectId)
  return gone > 0
}

/** `deleteSubjectKey` for each of many. */
export async function deleteSubjectKeys(ctx: Context, subjectIds: readonly string[]): Promise<void> {
  await deleteKeys(ctx.keys, subjectIds)
  for (const subjectId of subjectIds) cacheOf(ctx.keyring).delete(subjectId)
}

/** Of each subject a key made before this instant. Returns how many there were. */
export async function deleteKeysOlderThan(ctx: Context, ended: ReadonlyMap<string, Date>): Promise<number> {
  const gone = await deleteOlderKeys(ctx.keys, ended)
  for (const subjectId of gone) cacheOf(ctx.keyring).delete(subjectId)
  return gone.length
}

/** What a wrapped key is bound to: moved to another subject, or called one of another epoch, it does not open. */
export const wrappedAt = (subjectId: string, epoch: number): Place => [
  'subject-key',
  subjectId,
  String(epoch),
]

/** GCM does not commit to its key: one ciphertext can be made to open under two of them. */
export const isCommittedTo = (key: Buffer, commitment: Buffer): boolean =>
  commitment.length === 16 && timingSafeEqual(commitmentOf(key), commitment)

/** As a KeyObject: raw bytes cost three times as much per call. */
const commitmentOf = (key: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', createSecretKey(key), '', 'dossier subject key commitment v1', 16))

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

/** So many are forgotten together: to come to the first key of a Map, those deleted before it are passed, each time. */
const forgottenAtOnce = 500

/** A Map keeps the order of insertion: the first is the one not used for longest. */
function remember(keyring: Keyring, subjectId: string, key: KeyObject): void {
  const cache = cacheOf(keyring)
  cache.delete(subjectId)
  cache.set(subjectId, { key, until: performance.now() + remembered.milliseconds })
  if (cache.size <= remembered.count) return
  for (const oldest of cache.keys().take(forgottenAtOnce)) cache.delete(oldest)
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
