import {
  type DataMap,
  type Inspection,
  isOutOfReach,
  type MapSource,
  proposeFor,
} from '../inventory/public.ts'
import { findGaps } from './find-gaps.ts'
import { type Gap, keysOf, withoutAccepted } from './gap.ts'

export interface CheckInput {
  readonly map: DataMap
  readonly source: MapSource
  /** Systems to look at. */
  readonly names: readonly string[]
  readonly inspect: (name: string) => Promise<Inspection>
  /** Below it a guess is no gap; 0 to 1. */
  readonly minConfidence: number
  /** Keys of gaps that were accepted when a team began. */
  readonly accepted: ReadonlySet<string>
}

/** What a map owes to the systems as they are. */
export interface Checkup {
  readonly map: DataMap
  readonly systems: Readonly<Record<string, Inspection>>
  readonly gaps: readonly Gap[]
  /** How many were left out because they were accepted. */
  readonly accepted: number
  readonly unreachable: readonly {
    readonly name: string
    readonly code: string
    readonly params: Readonly<Record<string, string | number>>
  }[]
  /** Systems of the map that were not looked at. */
  readonly notChecked: readonly string[]
}

/** Looks at systems as they are now and tells what the map owes them. A system that does not answer is told, and the others go on. */
export async function checkMap(input: CheckInput): Promise<Checkup> {
  const { map, source, names, minConfidence } = input
  const inspected: [string, Inspection][] = []
  const unreachable: Checkup['unreachable'][number][] = []
  for (const name of names)
    try {
      inspected.push([name, await input.inspect(name)])
    } catch (error) {
      if (!isOutOfReach(error)) throw error
      unreachable.push({ name, code: error.code, params: error.params })
    }
  const systems = Object.fromEntries(inspected)
  const proposal = await proposeFor(systems, { country: map.country, minConfidence })
  const all = findGaps({ map, source, systems, proposal })
  const gaps = withoutAccepted(all, input.accepted)
  return {
    map,
    systems,
    gaps,
    accepted: all.flatMap(keysOf).length - gaps.flatMap(keysOf).length,
    unreachable,
    notChecked: Object.keys(map.systems).filter((name) => !names.includes(name)),
  }
}
