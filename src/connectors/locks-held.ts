import { setImmediate } from 'node:timers/promises'

/**
 * Rows of a target are locked for as long as this process takes over what it does meanwhile, and it does one thing at a
 * time: so it holds locks in one target only, and whoever reads another, or works out something long, lets that go first.
 */
const holders = new Set<{ readonly firstUntil: number }>()
let waiting: (() => void)[] = []

/**
 * Nobody waits longer than this, for somebody may always hold locks; and nobody goes first for longer, for a target that does
 * not answer must not slow down all that is read from the others.
 */
const longestMs = 500

/** Waits for its turn; from then on until its disposal rows are locked. */
export async function turnToLock(): Promise<Disposable> {
  // Asked and taken in one go: another who waits must not come between.
  for (const wait = waiter(); wait.isOpen(); ) await wait.released()
  const holder = { firstUntil: performance.now() + longestMs }
  holders.add(holder)
  return {
    [Symbol.dispose]() {
      holders.delete(holder)
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
  // Asked for every row of a file.
  if (holders.size === 0) return
  for (const wait = waiter(); wait.isOpen(); ) await wait.released()
}

function waiter() {
  const until = performance.now() + longestMs
  const leftMs = () => {
    const latest = Math.max(0, ...Array.from(holders, ({ firstUntil }) => firstUntil))
    return Math.min(latest, until) - performance.now()
  }
  return {
    isOpen: () => leftMs() > 0,
    async released(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push(resolve)
      const timer = setTimeout(resolve, leftMs())
      await promise
      clearTimeout(timer)
    },
  }
}
