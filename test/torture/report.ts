import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import type { Complaint, FindingKind } from './finding.ts'

export type Found = Complaint & { readonly where: string }

/** What a run came to; the numbers that are published are these. */
export interface Report {
  readonly seed: string
  readonly lanes: number
  readonly rounds: number
  readonly seconds: number
  /** Faults that struck while work was under way, by their kind. */
  readonly struck: ReadonlyMap<string, number>
  readonly found: readonly Found[]
  /** What this machine could not be made to suffer, and why. */
  readonly notTried: readonly string[]
}

const total = ({ struck }: Report): number => [...struck.values()].reduce((sum, one) => sum + one, 0)

const count = ({ found }: Report, wanted: FindingKind): number =>
  found.filter(({ kind }) => kind === wanted).length

/** Rule of three: of n faults none did harm, so with 95 % certainty fewer than 3/n do. */
const bound = (report: Report): number | null =>
  report.found.length > 0 || total(report) === 0 ? null : 3 / total(report)

export function tellReport(report: Report): void {
  for (const { where, kind, text } of report.found) console.log(`${where}: ${kind}: ${text}`)
  const width = Math.max(...[...report.struck.keys()].map((name) => name.length))
  for (const [name, times] of report.struck) console.log(`${name.padEnd(width)} ${String(times).padStart(6)}`)
  for (const one of report.notTried) console.log(`not tried: ${one}`)
  const most = bound(report)
  console.log(
    `${total(report)} faults, ${count(report, 'lost')} lost, ${count(report, 'resurrected')} resurrected, ` +
      `${count(report, 'wrong-evidence')} wrong evidence, ${count(report, 'stuck')} stuck` +
      `${most === null ? '' : `; 3/n = ${(100 * most).toPrecision(2)} %`}` +
      ` (seed ${report.seed}, ${report.rounds} rounds, ${report.seconds} s)`,
  )
}

export function writeReport(report: Report, file: string): void {
  const contents = {
    at: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model,
      cores: availableParallelism(),
      node: process.version,
      load: Number(loadavg()[1]?.toFixed(2)),
    },
    seed: report.seed,
    lanes: report.lanes,
    rounds: report.rounds,
    seconds: report.seconds,
    faults: total(report),
    lost: count(report, 'lost'),
    resurrected: count(report, 'resurrected'),
    wrongEvidence: count(report, 'wrong-evidence'),
    stuck: count(report, 'stuck'),
    bound: bound(report),
    kinds: Object.fromEntries(report.struck),
    notTried: report.notTried,
    found: report.found,
  }
  writeFileSync(file, `${JSON.stringify(contents, null, 2)}\n`)
}
