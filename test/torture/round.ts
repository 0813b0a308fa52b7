import { pickWeighted } from '../../sample/random.ts'
import type { Arena } from './arena.ts'
import { beginErasure, type Erasure } from './erasure.ts'
import type { Fault } from './faults/fault.ts'
import { faults } from './faults.ts'
import type { Complaint } from './finding.ts'
import { serverFaults, serverRound } from './server-round.ts'
import { erasedRightly } from './verdict.ts'

/** What may befall a round. */
export interface Menu {
  readonly faults: readonly (readonly [weight: number, fault: Fault])[]
  /** Of so many rounds the server is what is killed: it takes long to start. */
  readonly serverShare: number
}

const usualServerShare = 0.06
const mostFaults = 7

/** The faults whose names match, as far as this arena can be made to suffer them. */
export function menuOf(arena: Arena, only = ''): Menu {
  const wanted = new RegExp(only)
  const chosen = faults.filter(({ name, needsDisks }) => (!needsDisks || arena.disks) && wanted.test(name))
  const server = serverFaults.some((name) => wanted.test(name))
  if (chosen.length === 0 && !server) throw new Error(`no fault is called ${only}`)
  return {
    faults: chosen.map((one) => [one.weight, one] as const),
    serverShare: server ? (chosen.length > 0 ? usualServerShare : 1) : 0,
  }
}

/** The faults of a round in their order: all that were tried, and those that struck while work was under way. */
export interface RoundLog {
  readonly begun: string[]
  readonly struck: string[]
}

/** One person, or with a server some, under some faults; then the verdict. */
export async function roundOfFaults(
  arena: Arena,
  random: () => number,
  menu: Menu,
  erasures: Erasure[],
  log: RoundLog,
): Promise<readonly Complaint[]> {
  const first = erasures.length
  if (random() < menu.serverShare) {
    const round = await serverRound(arena, random, first, log)
    erasures.push(...round.erasures)
    return [...round.complaints, ...(await erasedRightly(arena, round.erasures))]
  }
  const erasure = await beginErasure(arena, first)
  erasures.push(erasure)
  for (let more = 1 + Math.floor(random() * mostFaults); more > 0; more -= 1) {
    const fault = pickWeighted(random, menu.faults)
    log.begun.push(fault.name)
    if (await fault.strike(arena, erasure, random)) log.struck.push(fault.name)
  }
  return erasedRightly(arena, [erasure])
}
