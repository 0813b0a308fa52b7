import { parseArgs } from 'node:util'
import { stopServers, untilSignalled } from '../servers.ts'
import { eraseApart } from './erase-apart.ts'
import { openLane } from './lane.ts'

/**
 * `node test/random-schemas/run-apart.ts --runs 200 --seed 1`: everybody of as many companies made up by chance, erased in as
 * few transactions as can be and in as many, and held against each other. `--target postgres`.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    target: { type: 'string', default: 'sqlite' },
  },
})
const signal = untilSignalled()
const target = values.target === 'postgres' ? 'postgres' : 'sqlite'
const lane = await openLane({ target, by: 'engine' })
const { worlds, transactions, wrong } = await eraseApart(
  lane,
  Number(values.runs),
  Number(values.seed),
  signal,
)
await lane[Symbol.asyncDispose]()
await stopServers()
for (const one of wrong) console.log(one)
console.log(
  `${worlds} worlds, ${transactions} transactions apart, ${wrong.length} wrong (${target}, seed ${values.seed})`,
)
process.exit(wrong.length === 0 && transactions > 0 ? 0 : 1)
