import { problem } from './problems.ts'

/** A place among those who may use a target at once, held until it is disposed of. */
export type Room = Disposable

interface Waiting {
  readonly enter: () => void
}

interface House {
  inside: number
  readonly waiting: Set<Waiting>
}

const houses = new Map<string, House>()

/**
 * Waits for a place at `label`, first come, first served. Throws `connectors.unreachable` for `system` when none gets free
 * in time. Who needs places at several targets takes them in one order of their labels: two who each hold what the other
 * waits for would wait in vain.
 */
export async function roomAt(
  label: string,
  { atOnce, waitMs, system }: { readonly atOnce: number; readonly waitMs: number; readonly system: string },
): Promise<Room> {
  const house = houses.get(label) ?? { inside: 0, waiting: new Set() }
  houses.set(label, house)
  if (house.inside < atOnce) house.inside += 1
  else await turnAt(house, waitMs, system)
  let isHeld = true
  return {
    [Symbol.dispose]() {
      if (!isHeld) return
      isHeld = false
      leave(label, house)
    },
  }
}

/** Whoever leaves hands the place on: it is never free for somebody who came later. */
function leave(label: string, house: House): void {
  const [next] = house.waiting
  if (next) {
    house.waiting.delete(next)
    next.enter()
    return
  }
  house.inside -= 1
  if (house.inside === 0) houses.delete(label)
}

function turnAt(house: House, waitMs: number, system: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      house.waiting.delete(one)
      reject(
        problem('connectors.unreachable', { system, reason: 'our own connections to it are all in use' }),
      )
    }, waitMs)
    const one: Waiting = {
      enter: () => {
        clearTimeout(timer)
        resolve()
      },
    }
    house.waiting.add(one)
  })
}
