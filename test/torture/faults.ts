import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Arena, Erasure, Worker } from './arena.ts'

export interface Fault {
  readonly name: string
  readonly weight: number
  /** True when it struck while the work was under way. */
  strike(arena: Arena, erasure: Erasure, random: () => number): Promise<boolean>
}

/** About what an undisturbed erasure takes here, with its verification: learnt from those that ended before their fault. */
let workMs = 200
const day = 86_400_000

const jump = (random: () => number): number => (random() < 0.8 ? 0 : Math.round((random() - 0.5) * 2 * day))

async function kill({ process: child }: Worker): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** Lets a worker work for a while; says whether it was still at it when that was over. */
async function workFor(
  arena: Arena,
  { request }: Erasure,
  random: () => number,
): Promise<{ readonly worker: Worker; readonly answer: Promise<string | null>; readonly isBusy: boolean }> {
  const worker = await arena.worker()
  const began = performance.now()
  const answer = worker.work(request, jump(random))
  const isBusy = await Promise.race([answer.then(() => false), sleep(random() * workMs).then(() => true)])
  workMs = isBusy ? workMs * 1.02 : 0.7 * workMs + 0.3 * (performance.now() - began)
  return { worker, answer, isBusy }
}

export const faults: readonly Fault[] = [
  {
    name: 'killed',
    weight: 6,
    async strike(arena, erasure, random) {
      const { worker, isBusy } = await workFor(arena, erasure, random)
      if (!isBusy) {
        arena.keep(worker)
        return false
      }
      await kill(worker)
      await arena.expireLeases(erasure.request)
      return true
    },
  },
  {
    name: 'killed beside another',
    weight: 2,
    async strike(arena, erasure, random) {
      const second = await arena.worker()
      const { worker, isBusy } = await workFor(arena, erasure, random)
      const answer = second.work(erasure.request, jump(random))
      await kill(worker)
      await arena.expireLeases(erasure.request)
      await answer
      arena.keep(second)
      return isBusy
    },
  },
  {
    name: 'frozen and woken',
    weight: 1,
    async strike(arena, erasure, random) {
      const { worker, answer, isBusy } = await workFor(arena, erasure, random)
      worker.process.kill('SIGSTOP')
      await arena.expireLeases(erasure.request)
      const second = await arena.worker()
      // The frozen one may hold rows of the target: the second says so after its lock timeout, and both live on.
      const other = second.work(erasure.request, 0)
      await Promise.race([other, sleep(300)])
      worker.process.kill('SIGCONT')
      await Promise.all([answer, other])
      arena.keep(worker)
      arena.keep(second)
      return isBusy
    },
  },
  {
    name: 'cut off from the target',
    weight: 2,
    async strike(arena, erasure, random) {
      const { worker, answer, isBusy } = await workFor(arena, erasure, random)
      await arena.company.cutConnections()
      await answer
      arena.keep(worker)
      return isBusy
    },
  },
  {
    name: 'cut off from its own database',
    weight: 1,
    async strike(arena, erasure, random) {
      const { worker, answer, isBusy } = await workFor(arena, erasure, random)
      await arena.cutOwnConnections()
      await answer
      arena.keep(worker)
      await arena.expireLeases(erasure.request)
      return isBusy
    },
  },
]
