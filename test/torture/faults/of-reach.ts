import { setTimeout as sleep } from 'node:timers/promises'
import type { Arena } from '../arena.ts'
import { attempt, between, ended, type Fault, isUnfinished, moment, pickOne, workFor } from './fault.ts'

/** Works to the end while the roads are as `disturb` made them; says whether a connection was really cut. */
function onTheRoad(
  which: 'own' | 'target',
  disturb: (road: Arena['own']['road'], random: () => number) => void,
): Fault['strike'] {
  return async (arena, erasure, random) => {
    const { road } = arena[which]
    await arena.crew.settled()
    road.cuts()
    disturb(road, random)
    try {
      await attempt(arena, erasure)
    } finally {
      road.open()
    }
    return road.cuts() > 0
  }
}

/** Stopped at once in the middle of the work, and up again a moment later. */
function powerCut(which: 'own' | 'target'): Fault['strike'] {
  return async (arena, erasure, random) => {
    const atWork = await workFor(arena, erasure, random)
    await arena[which].server.cutPower()
    await sleep(between(random, 0, 200))
    await arena[which].server.restore()
    await ended(arena, atWork)
    await arena.expireLeases(erasure.request)
    return atWork.isBusy
  }
}

/** What befalls the way to the databases. */
export const faultsOfReach: readonly Fault[] = [
  {
    name: 'sessions ended by the target',
    weight: 2,
    async strike(arena, erasure, random) {
      const atWork = await workFor(arena, erasure, random)
      await arena.company.cutConnections()
      await ended(arena, atWork)
      return atWork.isBusy
    },
  },
  {
    name: 'sessions ended by our own database',
    weight: 2,
    async strike(arena, erasure, random) {
      const atWork = await workFor(arena, erasure, random)
      await arena.cutOwnConnections()
      await ended(arena, atWork)
      await arena.expireLeases(erasure.request)
      return atWork.isBusy
    },
  },
  {
    name: 'target cut off at any byte',
    weight: 4,
    strike: onTheRoad('target', (road, random) => road.cutAfter(between(random, 500, 60_000))),
  },
  {
    name: 'own database cut off at any byte',
    weight: 4,
    strike: onTheRoad('own', (road, random) => road.cutAfter(between(random, 200, 40_000))),
  },
  {
    name: 'target cut off at COMMIT, before it or before its answer',
    weight: 3,
    strike: onTheRoad('target', (road, random) => road.cutAtCommit(pickOne(random, ['before', 'after']))),
  },
  {
    name: 'own database cut off at a COMMIT, before it or before its answer',
    weight: 4,
    strike: onTheRoad('own', (road, random) =>
      road.cutAtCommit(pickOne(random, ['before', 'after']), between(random, 0, 8)),
    ),
  },
  {
    name: 'target down for a while',
    weight: 2,
    async strike(arena, erasure, random) {
      const atWork = await workFor(arena, erasure, random)
      arena.target.road.close()
      try {
        await ended(arena, atWork)
        await attempt(arena, erasure)
      } finally {
        arena.target.road.open()
      }
      return atWork.isBusy
    },
  },
  {
    name: 'target slow',
    weight: 1,
    async strike(arena, erasure, random) {
      const isOpen = await isUnfinished(arena, erasure)
      arena.target.road.delay(() => random() * 12)
      try {
        await attempt(arena, erasure)
      } finally {
        arena.target.road.open()
      }
      return isOpen
    },
  },
  {
    name: 'target silent for a while',
    weight: 1,
    async strike(arena, erasure, random) {
      const isOpen = await isUnfinished(arena, erasure)
      const silence = between(random, 500, 2_500)
      const until = performance.now() + moment(random) + silence
      arena.target.road.delay(() =>
        performance.now() > until - silence ? Math.max(0, until - performance.now()) : 0,
      )
      try {
        await attempt(arena, erasure)
      } finally {
        arena.target.road.open()
      }
      return isOpen && performance.now() > until
    },
  },
  { name: 'target stopped at once and started again', weight: 2, strike: powerCut('target') },
  { name: 'own database stopped at once and started again', weight: 2, strike: powerCut('own') },
]
