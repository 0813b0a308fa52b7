import type { Place } from '../arena.ts'
import type { PoweredServer } from '../power.ts'
import { attempt, between, type Fault, moment, pickOne } from './fault.ts'

/** Full from some moment of the work on; a second attempt meets it full; then there is room again. */
function fullDisk(place: Place): Fault['strike'] {
  return async (arena, erasure, random) => {
    const disk = arena.disks?.[place]
    if (!disk) return false
    const worker = await arena.crew.worker()
    const answer = worker.survive(erasure.request)
    const states: string[] = []
    try {
      await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, moment(random) / 2))])
      await disk.fill(pickOne(random, [0, 0, between(random, 0, 65_536)]))
      if (place !== 'data directory' && random() < 0.5)
        await exhaustLog(place === 'target' ? arena.target.server : arena.own.server)
      states.push(await answer)
      arena.crew.keep(worker)
      await arena.expireLeases(erasure.request).catch(() => undefined)
      if (states[0] !== 'completed') states.push(await attempt(arena, erasure).catch(() => 'failed'))
    } finally {
      await disk.free()
      await arena.own.server.restore()
      await arena.target.server.restore()
    }
    await arena.expireLeases(erasure.request)
    return states[0] !== 'completed'
  }
}

/** What befalls the room that everybody needs. */
export const faultsOfDisks: readonly Fault[] = [
  { name: 'disk of our own database full', weight: 1, needsDisks: true, strike: fullDisk('own database') },
  { name: 'disk of the evidence full', weight: 1, needsDisks: true, strike: fullDisk('data directory') },
  { name: 'disk of the targets full', weight: 1, needsDisks: true, strike: fullDisk('target') },
]

/**
 * PostgreSQL keeps some of its log's files ahead: only when they are used up does it need room to write at all. Then it
 * panics, which is to be survived too.
 */
async function exhaustLog(server: PoweredServer): Promise<void> {
  for (let files = 0; files < 6; files += 1)
    await server
      .administer("select pg_logical_emit_message(true, 'torture', 'x'), pg_switch_wal()")
      .catch(() => undefined)
}
