import { setTimeout as sleep } from 'node:timers/promises'
import { attempt, ended, type Fault, kill, moment, pickOne, workFor } from './fault.ts'

const hour = 3_600_000
const day = 24 * hour
const jumps = [-400 * day, -hour, hour, 400 * day]

/** What befalls those who do the work. */
export const faultsOfWorkers: readonly Fault[] = [
  {
    name: 'killed',
    weight: 90,
    async strike(arena, erasure, random) {
      const { worker, isBusy } = await workFor(arena, erasure, random)
      if (!isBusy) {
        arena.crew.keep(worker)
        return false
      }
      await kill(worker)
      await arena.expireLeases(erasure.request)
      return true
    },
  },
  {
    name: 'killed beside another',
    weight: 20,
    async strike(arena, erasure, random) {
      const second = await arena.crew.worker()
      const { worker, isBusy } = await workFor(arena, erasure, random)
      const answer = second.survive(erasure.request)
      await kill(worker)
      await arena.expireLeases(erasure.request)
      await answer
      arena.crew.keep(second)
      return isBusy
    },
  },
  {
    name: 'frozen, and woken when another had taken over',
    weight: 4,
    async strike(arena, erasure, random) {
      const atWork = await workFor(arena, erasure, random)
      atWork.worker.process.kill('SIGSTOP')
      await arena.expireLeases(erasure.request)
      const second = await arena.crew.worker()
      // The frozen one may hold rows of the target: the second says so after its lock timeout, and both live on.
      const other = second.survive(erasure.request)
      await Promise.race([other, sleep(300)])
      atWork.worker.process.kill('SIGCONT')
      await Promise.all([ended(arena, atWork), other])
      arena.crew.keep(second)
      return atWork.isBusy
    },
  },
  {
    name: 'given the same job twice at once',
    weight: 4,
    async strike(arena, erasure, random) {
      const [one, two] = [await arena.crew.worker(), await arena.crew.worker()]
      const first = one.survive(erasure.request)
      const isBusy = await Promise.race([first.then(() => false), sleep(moment(random) / 4).then(() => true)])
      await Promise.all([first, two.survive(erasure.request)])
      arena.crew.keep(one)
      arena.crew.keep(two)
      return isBusy
    },
  },
  {
    name: 'given a clock an hour or 400 days off',
    weight: 3,
    async strike(arena, erasure, random) {
      const { worker, isBusy } = await workFor(arena, erasure, random)
      if (isBusy) await kill(worker)
      else arena.crew.keep(worker)
      await arena.expireLeases(erasure.request)
      // What such a clock leaves behind when an attempt fails, when to try again, is what must not last for 400 days.
      if (random() < 0.5) arena.target.road.close()
      try {
        await attempt(arena, erasure, pickOne(random, jumps))
      } finally {
        arena.target.road.open()
      }
      return isBusy
    },
  },
]
