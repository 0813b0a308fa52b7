import { addSystem, importMap, scanSystems } from '../../src/inventory/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { countDifferences, differences, keptDifferences, stateDifferences } from './compare.ts'
import { type Eraser, system } from './erasers.ts'
import { type Expected, expectedOf, type OracleInput } from './oracle/expected.ts'
import type { Snapshot, Target } from './target.ts'
import { endAll, turnEveryOther, turnGrounds } from './turn-grounds.ts'
import type { Asked, World } from './world.ts'
import { writeMap } from './write-map.ts'

export const today = '2026-06-15'
/** The same day for all, and yet later each time: the latest scan, map and plan are told by their time. */
export const now = (): Date => new Date(Date.parse(`${today}T00:00:00Z`) + performance.now())
const endOfTime = '2300-01-01'

/** An installation and a database that worlds go through, one after the other. */
export interface Lane {
  readonly ctx: Context
  readonly target: Target
  readonly eraser: Eraser
}

/**
 * Erases the people asked for, one after the other, through the product's own verbs; what is wrong with the result.
 * `turning`: grounds to keep begin and end between plan and deed.
 */
export async function tryWorld(lane: Lane, world: World, turning: boolean): Promise<readonly string[]> {
  const { ctx, target, eraser } = lane
  await eraser.begin(ctx)
  await target.write(world)
  await addSystem(ctx, { name: system, url: target.url, baseDirectory: '/', replace: true })
  await scanSystems(ctx, { names: [system], sample: 1 })
  const imported = await importMap(ctx, writeMap(world, system, target.prefix))
  if (!imported.imported)
    return [
      `the map is refused: ${JSON.stringify(imported.findings.filter(({ severity }) => severity === 'error'))}`,
    ]
  for (const asked of world.asked) {
    const { rows: before, carryOut } = turnGrounds(
      world,
      await target.read(world),
      turning ? turnEveryOther : (_, cell) => cell,
    )
    const input: OracleInput = { world, before, asked, today }
    const expected = expectedOf(input)
    const { wrong, isComplete } = await eraseAndCompare(
      lane,
      input,
      expected,
      turning ? () => carryOut(target) : undefined,
    )
    if (wrong.length > 0) return wrong.map((one) => `erasing ${whom(world, asked)}: ${one}`)
    // One that is not complete is planned again; only what a complete one kept goes by itself.
    if (isComplete && world.asked.length === 1 && expected.grounds.size > 0) {
      const late = await endGrounds(lane, input)
      if (late.length > 0) return late.map((one) => `after the grounds of ${whom(world, asked)}: ${one}`)
    }
  }
  return []
}

const whom = ({ people }: World, { person, by }: Asked): string => `${people[person]?.[by]}`

const typed = ({ people }: World, { person, by }: Asked): string =>
  `${by === 'number' ? 'number' : 'email'}:${people[person]?.[by]}`

async function eraseAndCompare(
  { ctx, target, eraser }: Lane,
  { world, before, asked }: OracleInput,
  expected: Expected,
  meanwhile: (() => Promise<void>) | undefined,
): Promise<{ readonly wrong: readonly string[]; readonly isComplete: boolean }> {
  const { told: planned, outcome } = await eraser.erase(ctx, typed(world, asked), meanwhile)
  // What was planned may have become another thing to do by then; what is said to be done must be what was.
  const told = meanwhile ? (outcome.done ?? []) : planned
  const after = await target.read(world)
  const wrong = [
    ...differences(before, after, expected),
    ...countDifferences(told, before, after, target.prefix),
    // Later ones may be known from earlier: two names of one person, or rows that two of them shared.
    ...(asked === world.asked[0] ? keptDifferences(told, world, before, expected, target.prefix) : []),
    ...stateDifferences(outcome, world, before, after, expected, target.prefix),
    ...(await target.flaws()),
  ]
  // What is left of a person may still be found in another way the next time.
  const isComplete = outcome.request === 'completed'
  if (wrong.length > 0 || !isComplete) return { wrong, isComplete }
  const again = await eraser.erase(ctx, typed(world, asked))
  const changed = [
    ...changesBetween(after, await target.read(world)).map((one) => `erased again: ${one}`),
    ...again.told
      .filter((one) => one.delete + one.change.length > 0)
      .map((one) => `erased again: work is planned: ${JSON.stringify(one)}`),
  ]
  return { wrong: changed, isComplete }
}

const changesBetween = (before: Snapshot, after: Snapshot): readonly string[] =>
  Object.entries(before).flatMap(([table, rows]) => {
    const left = after[table]
    return [...rows].flatMap(([key, row]) =>
      Object.entries(row).flatMap(([column, cell]) =>
        left?.get(key)?.[column] === cell
          ? []
          : [`${table} ${key}.${column} (${cell} → ${left?.get(key)?.[column]})`],
      ),
    )
  })

/** Invoices are paid and time goes by: what is left must be what erasing would have left without the grounds. */
async function endGrounds({ ctx, target, eraser }: Lane, input: OracleInput): Promise<readonly string[]> {
  const { world } = input
  const { rows: before } = turnGrounds(world, input.before, endAll)
  await turnGrounds(world, await target.read(world), endAll).carryOut(target)
  await eraser.review({ ...ctx, now: () => new Date(`${endOfTime}T10:00:00Z`) })
  const expected = expectedOf({ ...input, before, today: endOfTime })
  return [...differences(before, await target.read(world), expected), ...(await target.flaws())]
}
