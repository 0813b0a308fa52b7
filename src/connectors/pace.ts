import { untilNoneLocked } from './locks-held.ts'

/** Gives a target its rest: while reading, it is at work for us no more than a share of the time. */
export interface Pace {
  /** Counts time that ends now and that the target spent on us; what it had of its own before is rest already had. */
  worked(ms: number): void
  /**
   * Rests for what was counted since the last rest, and lets those go first who hold locks in another target. Called where
   * nothing is held in this one: no lock, no snapshot.
   */
  rest(): Promise<void>
}

/** A timer keeps no shorter time than this. */
const shortestRestMs = 5

/** `load`: the share, in percent; 100 never rests. Without one it is a session's that writes, and waits for nobody. */
export function paceOf(load?: number): Pace {
  const restPerMs = 100 / (load ?? 100) - 1
  let owedMs = 0
  let workedUntil = performance.now()
  return {
    worked(ms) {
      const now = performance.now()
      const restedMs = Math.max(0, now - ms - workedUntil)
      workedUntil = now
      owedMs = Math.max(0, owedMs - restedMs) + ms * restPerMs
    },
    async rest() {
      if (load !== undefined) await untilNoneLocked()
      if (owedMs < shortestRestMs) return
      const ms = owedMs
      owedMs = 0
      await new Promise((resolve) => setTimeout(resolve, ms))
    },
  }
}

/** The same items; the time it takes to get them counts as work, with rests between them. */
export async function* paced<T>(items: AsyncIterable<T>, pace: Pace): AsyncIterable<T> {
  let asked = performance.now()
  for await (const item of items) {
    pace.worked(performance.now() - asked)
    await pace.rest()
    yield item
    asked = performance.now()
  }
}
