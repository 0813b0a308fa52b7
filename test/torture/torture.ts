import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { randomStreams } from '../../sample/random.ts'
import { type Arena, openArena } from './arena.ts'
import type { Erasure } from './erasure.ts'
import { faults } from './faults.ts'
import { type Complaint, Finding, within } from './finding.ts'
import { type Found, tellReport, writeReport } from './report.ts'
import { menuOf, type RoundLog, roundOfFaults } from './round.ts'
import { serverFaults } from './server-round.ts'
import { allStaysErased } from './verdict.ts'

const roundWithinMs = 300_000
const closesWithinMs = 60_000
const enoughFindings = 5

/** What several lanes do together. */
interface Run {
  readonly wanted: { readonly faults: number; readonly kills: number }
  readonly only: string | undefined
  readonly streams: (round: number) => () => number
  readonly started: number
  /** The number of the next round, whichever lane takes it. */
  round: number
  isOver: boolean
  readonly struck: Map<string, number>
  readonly found: Found[]
  readonly notTried: Set<string>
}

/**
 * Erasures, one person after the other, while what can go wrong goes wrong: to workers and the server, to roads, databases
 * and disks, to the targets themselves. After each, every row of everybody is compared. What a round does follows from the
 * seed and its number; where in the work its faults strike is a matter of the machine. Returns the exit code.
 */
export async function torture(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      faults: { type: 'string', default: '500' },
      kills: { type: 'string', default: '0' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      from: { type: 'string', default: '0' },
      only: { type: 'string' },
      report: { type: 'string' },
      lanes: { type: 'string', default: String(availableParallelism() + 1) },
    },
  })
  console.log(`seed ${values.seed}`)
  const run: Run = {
    wanted: { faults: Number(values.faults), kills: Number(values.kills) },
    only: values.only,
    streams: randomStreams(values.seed, 'torture'),
    started: performance.now(),
    round: Number(values.from),
    isOver: false,
    struck: new Map([...faults.map(({ name }) => name), ...serverFaults].map((name) => [name, 0])),
    found: [],
    notTried: new Set(),
  }
  // Whoever is in a hurry is told what was seen so far, and nothing is left running or mounted.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      run.isOver = true
    })
  const lanes = Number(values.lanes)
  await Promise.all(Array.from({ length: lanes }, () => lane(run)))
  const report = {
    ...run,
    seed: values.seed,
    lanes,
    rounds: run.round - Number(values.from),
    seconds: secondsOf(run),
    notTried: [...run.notTried],
  }
  tellReport(report)
  if (values.report !== undefined) writeReport(report, values.report)
  return run.found.length === 0 ? 0 : 1
}

/** Faults that struck, and those of them that were the death of a process. */
function counts({ struck }: Run): { readonly faults: number; readonly kills: number } {
  const sum = (some: readonly (readonly [string, number])[]) =>
    some.reduce((all, [, times]) => all + times, 0)
  return { faults: sum([...struck]), kills: sum([...struck].filter(([name]) => name.includes('killed'))) }
}

function isEnough(run: Run): boolean {
  const { faults: struck, kills } = counts(run)
  return struck >= run.wanted.faults && kills >= run.wanted.kills
}

const secondsOf = ({ started }: Run): number => Math.round((performance.now() - started) / 1000)

/** Rounds in an arena of its own, until all lanes together have struck often enough. */
async function lane(run: Run): Promise<void> {
  const complain = (where: string, complaints: readonly Complaint[]) =>
    void run.found.push(...complaints.map((one) => ({ ...one, where })))
  let arena: Arena | undefined
  try {
    arena = await openArena()
    const menu = menuOf(arena, run.only)
    if (!arena.disks) run.notTried.add('disks that run full: nothing may be mounted here')
    const erasures: Erasure[] = []
    while (!run.isOver && !isEnough(run) && run.found.length < enoughFindings) {
      const number = run.round++
      const log: RoundLog = { begun: [], struck: [] }
      const where = () => `round ${number} (${log.begun.join(', ')})`
      const round = roundOfFaults(arena, run.streams(number), menu, erasures, log)
      const complaints = await within(roundWithinMs, 'a round hangs', round).catch((error: unknown) => {
        // What the arena is like now, nobody knows: the run ends with it.
        run.isOver = true
        return [asComplaint(error)]
      })
      complain(where(), complaints)
      for (const name of log.struck) run.struck.set(name, (run.struck.get(name) ?? 0) + 1)
      if (number % 50 === 49)
        process.stderr.write(
          `${counts(run).faults} faults, ${counts(run).kills} of them kills; ${run.found.length} wrong; ${secondsOf(run)} s\n`,
        )
    }
    if (run.found.length === 0) complain('at the end', await allStaysErased(arena, erasures))
  } catch (error) {
    run.isOver = true
    complain('beside the rounds', [asComplaint(error)])
  } finally {
    const closing = Promise.resolve(arena?.[Symbol.asyncDispose]())
    await within(closesWithinMs, 'an arena does not close', closing).catch((error: unknown) =>
      complain('at the end', [asComplaint(error)]),
    )
  }
}

/** A fault that our own hands stumble over is no proof of anything: it fails the run as well. */
const asComplaint = (error: unknown): Complaint =>
  error instanceof Finding
    ? { kind: error.kind, text: error.message }
    : { kind: 'stuck', text: error instanceof Error ? (error.stack ?? error.message) : String(error) }
