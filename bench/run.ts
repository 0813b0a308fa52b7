import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Figure } from './measure.ts'

/**
 * `npm run bench -- c g`: benchmarks one after the other, then one table of all their figures. Without names c, d, g and h;
 * `all` for every one, which takes hours. `--quick`: small counts, to see that they run. Exit 1 when one did not come to a
 * result, which is so when what it asserts does not hold; a goal that was missed is only said. Results: bench/results.
 */
interface Bench {
  readonly file: string
  readonly result: string
  readonly about: string
  /** Its exit code says that a goal was missed, and no more. */
  readonly exitIsGoal?: true
}

const benches: Readonly<Record<string, Bench>> = {
  c: { file: 'one-person.ts', result: 'one-person', about: 'one access and one erasure, three databases' },
  d: { file: 'batch.ts', result: 'batch', about: 'erasing many' },
  g: { file: 'log-append.ts', result: 'log-append', about: 'the evidence log' },
  h: { file: 'vault.ts', result: 'vault', about: 'the vault of identifiers and keys' },
  classify: { file: 'classify/run.ts', result: 'classify', about: 'the classifier' },
  links: { file: 'links/run.ts', result: 'links', about: 'links that nobody declared' },
  recall: { file: 'recall/run.ts', result: 'recall', about: 'what the second reader finds' },
  residue: { file: 'residue.ts', result: 'residue', about: 'the second reader, one person' },
  'residue-of-many': {
    file: 'residue-of-many.ts',
    result: 'residue-of-many',
    about: 'the second reader, many',
    exitIsGoal: true,
  },
  'mentions-of-many': {
    file: 'mentions-of-many.ts',
    result: 'mentions-of-many',
    about: 'many people sought in texts',
  },
  scan: { file: 'scan/run.ts', result: 'scan', about: 'a scan of a thousand tables', exitIsGoal: true },
  sweep: { file: 'sweep.ts', result: 'sweep', about: 'the cells of a sweep', exitIsGoal: true },
}
const usual = ['c', 'd', 'g', 'h']
/** Those that know small counts. */
const quickOnes = ['c', 'g', 'h']

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
})

/** Those with figures name all of them; of the others one ratio is told where there is one. */
interface Result {
  readonly figures?: readonly Figure[]
  readonly held?: readonly string[]
  readonly ratio?: number
  readonly goal?: number
}

interface Outcome {
  readonly bench: Bench
  /** Null: it ended without one, or said itself that it is wrong. */
  readonly result: Result | null
}

async function run(bench: Bench, out: string): Promise<Outcome> {
  const started = Date.now()
  const args = values.quick ? ['--quick', '--out', out] : []
  // A quick run's figures say nothing: only the table is shown, and what went wrong.
  const child = spawn(process.execPath, [join(import.meta.dirname, bench.file), ...args], {
    stdio: ['ignore', values.quick ? 'ignore' : 'inherit', 'inherit'],
  })
  const [code] = await once(child, 'close')
  const path = join(out, `${bench.result}.json`)
  const written = await stat(path).catch(() => undefined)
  const isFresh = written !== undefined && written.mtimeMs >= started
  const holds = isFresh && (code === 0 || (code === 1 && bench.exitIsGoal === true))
  return { bench, result: holds ? JSON.parse(await readFile(path, 'utf8')) : null }
}

function told({ bench, result }: Outcome): readonly string[] {
  const head = `${bench.result}: ${bench.about}`
  if (!result) return [head, '  ✗ no result: it was cut off, or what it asserts does not hold', '']
  const figures = (result.figures ?? []).map(lineOf)
  const held = (result.held ?? []).map((one) => `  ✓ ${one}`)
  const rest = figures.length > 0 ? [] : [...ratioOf(result), `  more: bench/results/${bench.result}.json`]
  return [head, ...figures, ...held, ...rest, '']
}

function ratioOf({ ratio, goal }: Result): readonly string[] {
  if (typeof ratio !== 'number' || typeof goal !== 'number') return []
  return [
    `  ${'ratio'.padEnd(64)} ${String(ratio).padStart(8)}x goal ≥ ${goal} ${ratio >= goal ? 'reached' : 'missed'}`,
  ]
}

function lineOf({ what, control, median, lowest, highest, goal, reached }: Figure): string {
  const subject = control === null ? what : `${what} : ${control}`
  const bounds = goal && ('atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`)
  const verdict =
    reached === null ? '' : `goal ${bounds} ${values.quick ? '' : reached ? 'reached' : 'missed'}`
  const range = `${lowest} to ${highest}`
  const unit = control === null ? ' ' : 'x'
  return `  ${subject.padEnd(64)} ${String(median).padStart(8)}${unit} ${range.padEnd(20)} ${verdict}`.trimEnd()
}

const known = Object.keys(benches).filter((one) => !values.quick || quickOnes.includes(one))
const asked = positionals.length > 0 ? positionals : known.filter((one) => usual.includes(one))
const chosen = asked.includes('all') ? known : asked
const unknown = chosen.filter((one) => !known.includes(one))
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')} here. There are: ${known.join(', ')}.`)
  process.exit(2)
}

await using stack = new AsyncDisposableStack()
let out = join(import.meta.dirname, 'results')
if (values.quick) {
  const directory = await mkdtemp(join(tmpdir(), 'dossier-bench-quick-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  out = directory
}
const outcomes: Outcome[] = []
for (const one of chosen) {
  const bench = benches[one]
  if (!bench) continue
  console.error(`${bench.result}: ${bench.about} …`)
  outcomes.push(await run(bench, out))
}
console.log(`\n${outcomes.flatMap(told).join('\n')}`)
if (values.quick) console.log('A quick run: its figures say nothing.')
process.exitCode = outcomes.length > 0 && outcomes.every(({ result }) => result) ? 0 : 1
