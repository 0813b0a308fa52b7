import { setImmediate } from 'node:timers/promises'

/**
 * Rows of a target are locked for as long as this process takes over what it does meanwhile, and it does one thing at a
 * time: so it holds locks in one target only, and whoever reads another, or works out something long, lets that go first.
 */
let held = 0
let waiting: (() => void)[] = []

/** Nobody waits longer than this for others' locks, for there may always be some. */
const longestWaitMs = 500

/** Waits for its turn; from then on until its disposal rows are locked. */
export async function turnToLock(): Promise<Disposable> {
  // Asked and taken in one go: another who waits must not come between.
  for (const end = performance.now() + longestWaitMs; held > 0 && performance.now() < end; )
    await released(end - performance.now())
  let isHeld = true
  held += 1
  return {
    [Symbol.dispose]() {
      if (!isHeld) return
      isHeld = false
      held -= 1
      if (held > 0) return
      const next = waiting
      waiting = []
      for (const go of next) go()
    },
  }
}

/** Between two pieces of long work: whoever has something to do gets a turn, and whoever holds locks ends first. */
export async function givingWay(): Promise<void> {
  await setImmediate()
  await untilNoneLocked()
}

/** Waits until this process holds no locks. Not for those who hold some. */
export async function untilNoneLocked(): Promise<void> {
  // Of several who waited the first may have begun to lock.
  for (const end = performance.now() + longestWaitMs; held > 0 && performance.now() < end; )
    await released(end - performance.now())
}

async function released(withinMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  waiting.push(resolve)
  const timer = setTimeout(resolve, withinMs)
  await promise
  clearTimeout(timer)
}
