import fc from 'fast-check'
import {
  erasePeopleInSystem,
  openSystems,
  type PlannedPerson,
  planPeople,
  systemInWork,
} from '../../src/holdings/public.ts'
import { addSystem, currentMap, importMap, scanSystems } from '../../src/inventory/public.ts'
import { isProblem } from '../../src/platform/problem.ts'
import { buildWorld } from './build-world.ts'
import { system } from './erasers.ts'
import { sketches } from './sketch.ts'
import type { Snapshot } from './target.ts'
import { type Lane, today } from './try-world.ts'
import type { World } from './world.ts'
import { writeMap } from './write-map.ts'

export interface ApartRun {
  readonly worlds: number
  /** Transactions of the worlds in which people were written apart: where there are none, nothing was tried. */
  readonly transactions: number
  /** Where the company was another afterwards, or somebody was told something else. */
  readonly wrong: readonly string[]
}

/**
 * Erases everybody of as many companies together, once in as few transactions as can be and once in as many: what is
 * planned together may be written apart only where nobody could tell the difference.
 */
export async function eraseApart(
  lane: Lane,
  most: number,
  firstSeed: number,
  signal?: AbortSignal,
): Promise<ApartRun> {
  const wrong: string[] = []
  let transactions = 0
  let worlds = 0
  for (let seed = firstSeed; seed < firstSeed + most && !signal?.aborted; seed += 1) {
    worlds += 1
    const [sketch] = fc.sample(sketches, { seed, numRuns: 1 })
    if (!sketch) continue
    const world = buildWorld(sketch, `a${String(seed).padStart(6, '0')}`)
    const [together, apart] = [await eraseAll(lane, world, 1_000), await eraseAll(lane, world, 1)]
    if (apart.transactions > together.transactions) transactions += apart.transactions
    if (together.told !== apart.told) wrong.push(`world ${seed}:\n${together.told}\n${apart.told}`)
  }
  return { worlds, transactions, wrong }
}

async function eraseAll({ ctx, target }: Lane, world: World, atOnce: number) {
  await found({ ctx, target }, world)
  const { map } = await currentMap(ctx)
  const before = await target.read(world)
  const people = await planned({ ctx, target }, world)
  await using inWork = systemInWork(ctx, system)
  const told = new Map<number, unknown>()
  let transactions = 0
  for await (const done of erasePeopleInSystem(ctx, {
    system: inWork,
    map,
    fingerprint: people[0]?.plan.systems[0]?.fingerprint ?? '',
    people: people.map(({ seeds, terms, mentions }) => ({
      seeds: seeds[system] ?? { identifiers: [], rows: [], across: [] },
      terms,
      mentions: mentions[system] ?? [],
    })),
    today,
    next: () => ({ people: atOnce, lockedAtMostMs: null }),
    beforeWriting: async () => undefined,
    beforeCommit: async () => undefined,
  })) {
    if (!('results' in done)) {
      for (const one of done.people) told.set(one, done.refused?.code ?? 'cut')
      continue
    }
    if (done.lockedMs > 0) transactions += 1
    for (const [i, person] of done.people.entries()) {
      const result = done.results[i]
      told.set(person, { done: result?.done, notObeyed: result?.notObeyed, kept: result?.kept.length })
    }
  }
  const after = await target.read(world)
  const inOrder = [...told].toSorted(([a], [b]) => a - b)
  return { transactions, told: `${JSON.stringify(inOrder)}\n${JSON.stringify(changed(before, after))}` }
}

/** The company as it was made up, under the map it came with. */
export async function found({ ctx, target }: Pick<Lane, 'ctx' | 'target'>, world: World): Promise<void> {
  await target.write(world)
  await addSystem(ctx, { name: system, url: target.url, baseDirectory: '/', replace: true })
  await scanSystems(ctx, { names: [system], sample: 1 })
  await importMap(ctx, writeMap(world, system, target.prefix))
}

async function planned(
  { ctx }: Pick<Lane, 'ctx' | 'target'>,
  world: World,
): Promise<readonly PlannedPerson[]> {
  await using systems = await openSystems(ctx)
  const sought = world.people.map(({ email }) => ({ asked: [{ kind: 'email', value: email } as const] }))
  const all = (await Array.fromAsync(planPeople(systems, sought, today))).flat()
  return all.filter((one): one is PlannedPerson => !isProblem(one))
}

/** What became of every cell; what stands in place of a value may be made by chance. */
function changed(before: Snapshot, after: Snapshot): unknown {
  return Object.entries(before).map(([table, rows]) => [
    table,
    [...rows].map(([key, row]) => {
      const left = after[table]?.get(key)
      if (!left) return [key, 'gone']
      const cells = Object.entries(row).filter(([column, cell]) => left[column] !== cell)
      return [key, cells.map(([column]) => [column, left[column] === null ? null : 'other'])]
    }),
  ])
}
