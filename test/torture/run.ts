import { parseArgs } from 'node:util'
import { randomStreams } from '../../sample/random.ts'
import { stopServers } from '../servers.ts'
import { openArena } from './arena.ts'
import { type Fault, faults } from './faults.ts'
import { erasedRightly } from './verdict.ts'

/**
 * `npm run torture -- --faults 10000 --seed 7`: erasures, one person after the other, while workers are killed, frozen, given
 * wrong clocks, and cut off from the target or from Dossier's own database. After each, every row of everybody is compared.
 * The order of faults follows from the seed; where in the work they strike is a matter of the machine.
 */
const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
})
const wanted = Number(values.faults)
const random = randomStreams(values.seed, 'torture')(0)
const started = performance.now()
const struck = new Map<Fault['name'], number>(faults.map(({ name }) => [name, 0]))
const wrong: string[] = []

{
  await using arena = await openArena(wanted)
  for (let round = 0; total() < wanted && wrong.length < 5; round += 1) {
    const erasure = await arena.begin(round)
    for (let more = 1 + Math.floor(random() * 4); more > 0; more -= 1) {
      const fault = pick()
      if (await fault.strike(arena, erasure, random))
        struck.set(fault.name, (struck.get(fault.name) ?? 0) + 1)
    }
    const complaints = await erasedRightly(arena, erasure)
    wrong.push(...complaints.map((one) => `round ${round}: ${one}`))
    if (round % 25 === 24)
      process.stderr.write(`${total()} of ${wanted} faults, ${wrong.length} wrong, ${seconds()} s\n`)
  }
  if (!(await arena.logHolds())) wrong.push('the evidence log does not hold')
}
await stopServers()
for (const one of wrong) console.log(one)
console.log(Object.fromEntries(struck))
const bound = wrong.length > 0 ? '' : `, 3/n = ${(300 / total()).toPrecision(2)} %`
console.log(`${total()} faults: ${wrong.length} wrong${bound} (seed ${values.seed}, ${seconds()} s)`)
process.exit(wrong.length === 0 ? 0 : 1)

/** Faults by their weight. */
function pick(): Fault {
  let left = random() * faults.reduce((sum, { weight }) => sum + weight, 0)
  for (const fault of faults) {
    left -= fault.weight
    if (left < 0) return fault
  }
  throw new Error('torture: no fault')
}

function total(): number {
  return [...struck.values()].reduce((sum, one) => sum + one, 0)
}

function seconds(): number {
  return Math.round((performance.now() - started) / 1000)
}
