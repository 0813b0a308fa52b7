/**
 * Rows of a target are locked for as long as this process takes over what it does meanwhile, and it does one thing at a
 * time: so whoever works out something long, for another system, lets those who hold locks go first.
 */
let held = 0
let waiting: (() => void)[] = []

/** Nobody waits longer than this for others' locks, for there may always be some. */
const longestWaitMs = 500

export async function whileLocked<T>(work: () => Promise<T>): Promise<T> {
  held += 1
  try {
    return await work()
  } finally {
    held -= 1
    if (held === 0) {
      const next = waiting
      waiting = []
      for (const go of next) go()
    }
  }
}

/** Waits until this process holds no locks. Not for those who hold some. */
export async function untilNoneLocked(): Promise<void> {
  if (held === 0) return
  const { promise, resolve } = Promise.withResolvers<void>()
  waiting.push(resolve)
  const timer = setTimeout(resolve, longestWaitMs)
  await promise
  clearTimeout(timer)
}
