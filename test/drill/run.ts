import { parseArgs } from 'node:util'
import { stopServers, untilSignalled } from '../servers.ts'
import { playHistory } from './history.ts'

/** `node test/drill/run.ts --histories 200 --seed 1`: as many histories as there is patience for, each told by its seed. */
const { values } = parseArgs({
  options: { histories: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
})
const signal = untilSignalled()
const [first, count] = [Number(values.seed), Number(values.histories)]
const total = { histories: 0, erased: 0, restores: 0, returned: 0, failed: [] as number[] }
for (let seed = first; seed < first + count && !signal.aborted; seed += 1) {
  try {
    const { erased, restores, returned } = await playHistory(seed)
    total.erased += erased
    total.restores += restores
    total.returned += returned
  } catch (error) {
    total.failed.push(seed)
    console.error(error)
  }
  total.histories += 1
}
// The rule of three: nothing in n trials says, at 95 percent, less than 3/n.
const bound = total.failed.length === 0 ? 3 / total.histories : null
console.log(JSON.stringify({ ...total, bound }, null, 2))
process.exitCode = total.failed.length === 0 ? 0 : 1
await stopServers()
