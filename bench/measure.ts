import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

/**
 * How the benchmarks measure: the product and its control by turns in one run, median of the pairs. Absolute times of a
 * machine that others work on say nothing; ratios within a run do.
 */
const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, out: { type: 'string' } },
  // A benchmark may have more of its own.
  strict: false,
})

/** Small counts, to see that a benchmark runs and that what it asserts holds. Its figures say nothing. */
export const quick = values.quick === true
export const pairs = quick ? 1 : 5

const results =
  typeof values.out === 'string' ? values.out : quick ? undefined : join(import.meta.dirname, 'results')

export interface Figure {
  readonly what: string
  /** What it is a ratio to, in the same run; null for a plain figure, which holds for this machine and load only. */
  readonly control: string | null
  readonly pairs: number
  readonly median: number
  readonly lowest: number
  readonly highest: number
  readonly goal: { readonly atLeast: number } | { readonly atMost: number } | null
  readonly reached: boolean | null
}

type Goal = Figure['goal']

/** A figure from one value for each pair. */
export function figure(
  what: string,
  control: string | null,
  samples: readonly number[],
  goal: Goal = null,
): Figure {
  const middle = rounded(median(samples))
  const reached = goal && ('atLeast' in goal ? middle >= goal.atLeast : middle <= goal.atMost)
  return {
    what,
    control,
    pairs: samples.length,
    median: middle,
    lowest: rounded(Math.min(...samples)),
    highest: rounded(Math.max(...samples)),
    goal,
    reached,
  }
}

export const rounded = (value: number): number => Number(value.toPrecision(3))

export function quantile(list: readonly number[], share: number): number {
  const sorted = list.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const median = (list: readonly number[]): number => quantile(list, 0.5)

/** One value of each kind for every pair, taken by turns, and for every other pair in the other order. */
export async function byTurns<Kind extends string>(
  works: Readonly<Record<Kind, (pair: number) => Promise<number>>>,
  times = pairs,
): Promise<Readonly<Record<Kind, readonly number[]>>> {
  const kinds = Object.keys(works) as Kind[]
  const taken = Object.fromEntries(kinds.map((kind) => [kind, [] as number[]])) as Record<Kind, number[]>
  for (let pair = 0; pair < times; pair += 1)
    for (const kind of pair % 2 === 0 ? kinds : kinds.toReversed()) taken[kind].push(await works[kind](pair))
  return taken
}

/** For each pair, one by the other. */
export const ratios = (above: readonly number[], below: readonly number[]): readonly number[] =>
  above.map((value, i) => value / (below[i] ?? Number.NaN))

/** Milliseconds that some work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/** `work` for each of the items, so many at a time. */
export async function inFlight<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const waiting = items.values()
  const lane = async () => {
    for (const item of waiting) await work(item)
  }
  await Promise.all(Array.from({ length: width }, lane))
}

/** What this process and a database server have used of the processors so far, in seconds; Linux's own account. */
export function cpuSeconds(postmaster: number): number {
  const { user, system } = process.cpuUsage()
  const servers = ticksByProcess().filter(({ pid, parent }) => pid === postmaster || parent === postmaster)
  return (user + system) / 1e6 + servers.reduce((sum, { ticks }) => sum + ticks / 100, 0)
}

/** With the children that have ended, so that a connection that was closed still counts. */
const ticksByProcess = () =>
  numbersIn('/proc').flatMap((pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
      return [{ pid, parent: Number(fields[1]), ticks }]
    } catch {
      return []
    }
  })

function numbersIn(directory: string): readonly number[] {
  try {
    return readdirSync(directory).map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

export interface Measured {
  readonly figures: readonly Figure[]
  /** What was asserted in this run, and held: a fast wrong answer is no figure. */
  readonly held: readonly string[]
  /** Sizes, and what else helps to read the figures. */
  readonly circumstances: Readonly<Record<string, number | string | boolean>>
}

export interface Server {
  readonly version: string
  readonly postmaster: number
}

/** Measures, and keeps the result as `<name>.json` beside the machine and its load. Throws what the benchmark asserts. */
export async function keepResult(
  name: string,
  server: Server,
  measure: () => Promise<Measured>,
): Promise<void> {
  const [before, used] = [loadavg(), cpuSeconds(server.postmaster)]
  const measured = await measure()
  const result = {
    at: new Date().toISOString(),
    quick,
    machine: {
      cpus: cpus().length,
      model: cpus()[0]?.model,
      node: process.version,
      postgres: server.version,
    },
    load: { before: before.map(rounded), after: loadavg().map(rounded) },
    cpuSeconds: rounded(cpuSeconds(server.postmaster) - used),
    ...measured,
  }
  const text = `${JSON.stringify(result, null, 2)}\n`
  if (results === undefined) return void process.stdout.write(text)
  await mkdir(results, { recursive: true })
  await writeFile(join(results, `${name}.json`), text)
}
