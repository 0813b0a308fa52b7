import type { Context } from '../platform/context.ts'
import { sqlState } from '../platform/database.ts'
import { isProblem } from '../platform/problem.ts'
import { type Wrapping, wrappingWith } from './current-epoch.ts'
import type { Epoch } from './epoch.ts'
import { endRewrapping, lockEpochs, readEpochs } from './epoch-queries.ts'
import type { WrappedKey } from './key-queries.ts'
import { problem } from './problems.ts'
import {
  compareTables,
  copyCurrentKeys,
  keepRewrapped,
  keysToRewrap,
  stopKeyWrites,
  takePlace,
} from './rewrap-queries.ts' // prettier-ignore
import { isCommittedTo, wrappedAt } from './subject-key.ts'
import { tellEpochs } from './tell-epochs.ts'

export interface RewrapInput {
  /** Keys at a time. */
  readonly chunk?: number
  /** How long readers may wait for the swap, when somebody else reads at length; then it is put off. */
  readonly patienceMs?: number
  readonly onProgress?: (done: number) => void
  readonly signal?: AbortSignal
}

const beforeAll = '00000000-0000-0000-0000-000000000000'

/**
 * Moves every live key to the current epoch, into a fresh table that then takes the old one's place. Goes on where it was cut off;
 * keys may be made and deleted meanwhile. Returns how many keys there are now, undefined when nothing was to be moved.
 * Throws `subjects.rewrap-stopped`, `subjects.keys-busy`.
 */
export async function rewrapKeys(ctx: Context, input: RewrapInput = {}): Promise<number | undefined> {
  const { chunk = 500, patienceMs = 3_000, onProgress, signal } = input
  await tellEpochs(ctx)
  let done = 0
  for (;;) {
    const epochs = await readEpochs(ctx.keys)
    const current = epochs.find(({ state }) => state === 'current')
    if (!current || !epochs.some(({ state }) => state === 'rewrapping')) return undefined
    for (let after = beforeAll; ; ) {
      signal?.throwIfAborted()
      const keys = await keysToRewrap(ctx.keys, current.epoch, after, chunk)
      if (keys.length === 0) break
      await keepRewrapped(ctx.keys, await rewrapped(ctx, epochs, current.epoch, keys))
      after = keys.at(-1)?.subjectId ?? after
      done += keys.length
      onProgress?.(done)
    }
    const moved = await takeOver(ctx, patienceMs)
    await tellEpochs(ctx)
    if (moved !== undefined) return moved
  }
}

/** Each is opened again before it is kept: nothing else will know it once the old epoch is gone. */
async function rewrapped(
  ctx: Context,
  epochs: readonly Epoch[],
  current: number,
  keys: readonly WrappedKey[],
) {
  const plain = await unwrapAll(ctx, epochs, keys)
  const { wrap } = await wrappingBy(ctx, current, keys.length)
  const pieces = keys.map(({ subjectId }) => ({
    plain: plainOf(plain, subjectId),
    place: wrappedAt(subjectId, current),
  }))
  const wrapped = await wrap(pieces)
  const fresh = keys.map((key, i) => {
    const bytes = wrapped[i]
    if (!bytes) throw new Error('subjects: a provider kept a key to itself')
    return { ...key, before: key.wrapped, wrapped: bytes, epoch: current }
  })
  await unwrapAll(ctx, epochs, fresh)
  return fresh
}

/** This process may still think of the epoch before; the current one does not end while keys move to it. */
async function wrappingBy(ctx: Context, current: number, count: number): Promise<Wrapping> {
  const remembered = await wrappingWith(ctx, count)
  if (remembered.epoch === current) return remembered
  remembered.forget()
  const wrapping = await wrappingWith(ctx, count)
  if (wrapping.epoch !== current) throw new Error('subjects: an epoch ended while keys moved to it')
  return wrapping
}

/** Opens keys in one call for each epoch, and sees that each is the one that was committed to. */
async function unwrapAll(
  ctx: Context,
  epochs: readonly Epoch[],
  keys: readonly WrappedKey[],
): Promise<ReadonlyMap<string, Buffer>> {
  const plain = new Map<string, Buffer>()
  for (const [number, some] of Map.groupBy(keys, ({ epoch }) => epoch)) {
    const epoch = epochs.find((one) => one.epoch === number)
    const stopped = (cause?: unknown) => problem('subjects.rewrap-stopped', { epoch: number }, cause)
    if (!epoch) throw stopped()
    const opened = await ctx.keyring
      .providerNamed(epoch.provider)
      .unwrap(
        epoch.version,
        some.map(({ wrapped, subjectId }) => ({ wrapped, place: wrappedAt(subjectId, number) })),
      )
      .catch((error: unknown) => {
        throw isProblem(error, 'platform.sealed-mismatch') ? stopped(error) : error
      })
    for (const [i, { subjectId, commitment }] of some.entries()) {
      const bytes = opened[i]
      if (!bytes || !isCommittedTo(bytes, commitment)) throw stopped()
      plain.set(subjectId, bytes)
    }
  }
  return plain
}

function plainOf(plain: ReadonlyMap<string, Buffer>, subjectId: string): Buffer {
  const bytes = plain.get(subjectId)
  if (!bytes) throw new Error('subjects: a key was opened for nobody')
  return bytes
}

/** Undefined when it has to be looked at again. A few statements without writers beside them; readers wait for the last. */
async function takeOver(ctx: Context, patienceMs: number): Promise<number | undefined> {
  return ctx.keys
    .transaction(async (tx) => {
      await stopKeyWrites(tx, patienceMs)
      const epochs = await lockEpochs(tx)
      const current = epochs.find(({ state }) => state === 'current')
      // Somebody else was first: their table is this one, and the new one is empty.
      if (!current || !epochs.some(({ state }) => state === 'rewrapping')) return undefined
      await copyCurrentKeys(tx, current.epoch)
      const { missing, wrong, keys } = await compareTables(tx, current.epoch)
      if (wrong > 0) throw new Error('subjects: the new table of keys is not like the old one')
      if (missing > 0) return undefined
      await takePlace(tx)
      await endRewrapping(tx, ctx.now(), keys)
      return keys
    })
    .catch((error: unknown) => {
      throw sqlState(error) === '55P03' ? problem('subjects.keys-busy', {}, error) : error
    })
}
