import type { WriteSession } from '../connectors/public.ts'

/** Told of every transaction that has ended, written or undone: for how many milliseconds it may have kept others from rows. */
export type OnReleased = (lockedMs: number) => void

/** How long one transaction of a target keeps others from rows, by our clock. */
export interface LockClock extends Disposable {
  readonly began: number
  /** Call when it has ended; else its disposal is the end. Returns milliseconds, 0 where nobody waits for it. */
  stop(): number
}

/** Begins with the first row that may be locked. */
export function lockClock({ blocksNobody }: WriteSession, onReleased?: OnReleased): LockClock {
  const began = performance.now()
  let lockedMs: number | undefined
  const stop = () => {
    if (lockedMs !== undefined) return lockedMs
    lockedMs = blocksNobody ? 0 : performance.now() - began
    if (!blocksNobody) onReleased?.(lockedMs)
    return lockedMs
  }
  return { began, stop, [Symbol.dispose]: () => void stop() }
}
