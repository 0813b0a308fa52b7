import { turnToLock, type WriteSession } from '../connectors/public.ts'

/** Told of every transaction that has ended, written or undone: for how many milliseconds it may have kept others from rows. */
export type OnReleased = (lockedMs: number) => void

/** How long one transaction of a target keeps others from rows, by our clock. */
export interface LockClock extends Disposable {
  /** As `performance.now` has it. */
  readonly began: number
  /** Call when it was opened, for some targets are locked by that alone. */
  begin(session: WriteSession): void
  /** Call when it has ended; else its disposal is the end. Returns milliseconds, 0 where nobody waits for it. */
  stop(): number
}

/** Waits for its turn to lock rows: this process does one thing at a time, and holds them in one target only. */
export async function lockClock(onReleased?: OnReleased): Promise<LockClock> {
  const turn = await turnToLock()
  let began: number | undefined
  let lockedMs: number | undefined
  const end = () => {
    turn[Symbol.dispose]()
    if (began === undefined) return 0
    const ms = performance.now() - began
    onReleased?.(ms)
    return ms
  }
  const stop = () => {
    lockedMs ??= end()
    return lockedMs
  }
  return {
    get began() {
      return began ?? performance.now()
    },
    begin({ blocksNobody }) {
      if (blocksNobody) stop()
      else began = performance.now()
    },
    stop,
    [Symbol.dispose]: () => void stop(),
  }
}
