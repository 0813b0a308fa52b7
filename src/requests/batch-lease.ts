import type { Context } from '../platform/context.ts'
import { claimBatch, holdBatch } from './batch-queries.ts'

/** A worker that shows no sign of life for so long has lost its batch. */
const leaseMs = 15_000

export interface BatchLease {
  /** Throws `LostBatch` once somebody else works on it, or the product stops. */
  check(): void
}

/** Another worker took it, or this one is to stop: what is left is taken up later, from where it stands. */
class LostBatch extends Error {}

/**
 * Works on a batch alone, and says so while it does. Undefined when somebody else works on it. What a worker does that has
 * lost its lease is fenced by the steps' own epochs; stopping early only spares the work.
 */
export async function withBatch<T>(
  ctx: Context,
  batchId: string,
  signal: AbortSignal | undefined,
  work: (lease: BatchLease) => Promise<T>,
): Promise<T | undefined> {
  const now = Date.now()
  const claim = await claimBatch(ctx.db, batchId, new Date(now), new Date(now + leaseMs))
  if (!claim) return undefined
  let isLost = false
  const hold = async () => {
    if ((await holdBatch(ctx.db, batchId, claim.epoch, new Date(Date.now() + leaseMs))) === 0) isLost = true
  }
  let lastHold: Promise<void> = Promise.resolve()
  const heartbeat = setInterval(() => {
    lastHold = hold().catch(() => undefined)
  }, leaseMs / 3)
  try {
    return await work({
      check() {
        if (isLost || signal?.aborted) throw new LostBatch()
      },
    })
  } catch (error) {
    if (error instanceof LostBatch) return undefined
    throw error
  } finally {
    clearInterval(heartbeat)
    // One that is still on its way would take again what is let go here.
    await lastHold
    await holdBatch(ctx.db, batchId, claim.epoch, null).catch(() => undefined)
  }
}
