import fc from 'fast-check'
import { openSystems, type PlannedPerson, planPeople } from '../../src/holdings/public.ts'
import { isProblem, type Problem } from '../../src/platform/problem.ts'
import { buildWorld } from './build-world.ts'
import { found } from './erase-apart.ts'
import { writeSorted } from './erasers.ts'
import { sketches } from './sketch.ts'
import { type Lane, today } from './try-world.ts'

export interface PlanRun {
  /** People who share a row with somebody: where there are none, nothing was tried. */
  readonly sharing: number
  /** Of whom something else is said in one company than in another. */
  readonly wrong: readonly string[]
}

/**
 * Plans for everybody of as many companies together, in portions and alone: what names somebody, where it stands, and
 * which records may be theirs, is the same in whatever company they ask.
 */
export async function planApart(lane: Lane, worlds: number, firstSeed: number): Promise<PlanRun> {
  const { ctx } = lane
  const wrong: string[] = []
  let sharing = 0
  for (let seed = firstSeed; seed < firstSeed + worlds; seed += 1) {
    const [sketch] = fc.sample(sketches, { seed, numRuns: 1 })
    if (!sketch) continue
    const world = buildWorld(sketch, `p${String(seed).padStart(6, '0')}`)
    await found(lane, world)
    const sought = world.people.map(({ email }) => ({ asked: [{ kind: 'email', value: email } as const] }))
    await using systems = await openSystems(ctx)
    const inPortionsOf = async (size: number) => {
      const all: (PlannedPerson | Problem)[] = []
      for (let from = 0; from < sought.length; from += size)
        for await (const some of planPeople(systems, sought.slice(from, from + size), today))
          all.push(...some)
      return all
    }
    const alone = await inPortionsOf(1)
    sharing += alone.filter(isSharing).length
    const said = alone.map(identityOf)
    for (const size of [2, sought.length])
      for (const [i, one] of (await inPortionsOf(size)).map(identityOf).entries())
        if (one !== said[i])
          wrong.push(`world ${seed}, person ${i}: alone ${said[i]}, in portions of ${size} ${one}`)
  }
  return { sharing, wrong }
}

const identityOf = (one: PlannedPerson | Problem): string => {
  if (isProblem(one)) return one.code
  const { person, terms, ambiguous, possible, mentions } = one
  return writeSorted({ person, terms, ambiguous, possible, mentions })
}

const isSharing = (one: PlannedPerson | Problem): boolean =>
  !isProblem(one) &&
  one.plan.systems.some(({ collections }) =>
    collections.some(({ keep }) => keep.some(({ ground }) => ground === 'shared')),
  )
