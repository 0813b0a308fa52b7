import { parseArgs } from 'node:util'
import { stopServers, untilSignalled } from '../servers.ts'
import { openLane, targetKinds } from './lane.ts'
import { hashOfSources, keepResult } from './results.ts'
import { runWorlds } from './run-worlds.ts'

/**
 * `node test/random-schemas/run.ts --runs 5000 --seed 1`: as many companies made up by chance, each erased from and held
 * against the oracle. Where none is wrong, 3/n bounds the share that would be, with 95 % confidence. More: `--target
 * postgres`, `mysql` or `mariadb`, `--by request` (from receipt to certificate), `--shrink 0` (seconds spent on making a wrong one smaller),
 * `--lanes 3` (so many installations side by side in one process: most of a run is waiting for databases), `--keep` (the
 * result goes into bench/results; several runs in a row of seeds are one).
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    target: { type: 'string', default: 'sqlite' },
    by: { type: 'string', default: 'engine' },
    shrink: { type: 'string', default: '60' },
    lanes: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
})
const [runs, seed] = [Number(values.runs), Number(values.seed)]
const kind = targetKinds.find((one) => one === values.target)
if (!kind) throw new Error(`--target is one of ${targetKinds.join(', ')}`)
const started = performance.now()
const signal = untilSignalled()
const seconds = () => Math.round((performance.now() - started) / 1000)

const sources = await hashOfSources()
const lanes = await Promise.all(
  Array.from({ length: Number(values.lanes) }, () =>
    openLane({
      target: kind,
      by: values.by === 'request' || values.by === 'batch' ? values.by : 'engine',
    }),
  ),
)
const target = lanes[0]?.target.name ?? 'none'
const every = process.stderr.isTTY ? 10 : Math.max(50, Math.round(runs / 50))
const portion = Math.ceil(runs / lanes.length)
let done = 0
let count = 0
const found = await Promise.all(
  lanes.map((lane, i) =>
    runWorlds(lane, {
      runs: Math.max(0, Math.min(portion, runs - i * portion)),
      seed: seed + i * portion,
      shrinkMs: Number(values.shrink) * 1000,
      signal,
      onWorld: () => {
        done += 1
        if (done % every === 0 || done === runs)
          process.stderr.write(`${done} of ${runs} worlds, ${count} wrong, ${seconds()} s\n`)
      },
      onWrong: (one) => {
        count += 1
        console.log(
          `\nworld ${one.seed} is wrong (run it again with --runs 1 --seed ${one.seed}):\n${one.report}\n`,
        )
      },
    }),
  ),
)
const wrong = found.flat()
for (const lane of lanes) await lane[Symbol.asyncDispose]()
await stopServers()
if (signal.aborted) {
  console.log(`ended by ${signal.reason} after ${done} of ${runs} runs, ${wrong.length} wrong`)
  process.exit(2)
}
const bound = wrong.length > 0 ? '' : `, 3/n = ${(300 / runs).toPrecision(2)} %`
console.log(
  `${runs} runs / ${wrong.length} wrong${bound} (seed ${seed}, ${target}, by ${values.by}, ${seconds()} s)`,
)
if (values.keep) {
  const kept = await keepResult({
    target,
    by: values.by,
    from: seed,
    to: seed + runs - 1,
    wrong: wrong.map((one) => one.seed),
    seconds: seconds(),
    sources,
  })
  console.log(
    `kept: seeds ${kept.from} to ${kept.to}, ${kept.wrong.length} wrong, bound ${kept.bound ?? 'none'}`,
  )
}
// The servers of tests would have a test runner say its own last word.
process.exit(wrong.length === 0 ? 0 : 1)
