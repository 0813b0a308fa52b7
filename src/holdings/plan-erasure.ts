import type { Context } from '../platform/context.ts'
import { boundFields } from './bound-fields.ts'
import {
  acrossTuples,
  type FindInput,
  knownIn,
  type SearchedSystem,
  searchHoldings,
} from './find-holdings.ts'
import type { Seeds } from './find-in-system.ts'
import type { Ambiguous, MentionPlace } from './find-mentions.ts'
import type { Holdings, SystemHoldings, UnreachableSystem } from './holdings.ts'
import { hersOf } from './living-rows.ts'
import { areUnique, type MappedSystem } from './mapped-system.ts'
import { asUnreachable } from './open-systems.ts'
import type { Person } from './person.ts'
import { type Plan, type SystemPlan, summarise } from './plan.ts'
import { planSystem } from './plan-system.ts'
import { findReferences } from './references.ts'
import { inEach } from './side-by-side.ts'
import type { Term } from './spans.ts'
import { stayingRows } from './staying-rows.ts'

/** A plan, and what its execution needs to find the same person again: personal data, sealed before it is stored. */
export interface PlannedErasure {
  readonly plan: Plan
  readonly holdings: Holdings
  readonly terms: readonly Term[]
  readonly person: Person
  readonly ambiguous: Ambiguous
  readonly seeds: Readonly<Record<string, Seeds>>
  /** By system; none for a system that was out of reach. */
  readonly mentions: Readonly<Record<string, readonly MentionPlace[]>>
}

/** What an erasure would do, today, in every mapped system. Reads only. */
export async function planErasure(ctx: Context, input: FindInput, today: string): Promise<PlannedErasure> {
  await using search = await searchHoldings(ctx, input)
  const systems: SystemPlan[] = []
  const unreachable: UnreachableSystem[] = [...search.holdings.unreachable]
  const seeds: Record<string, Seeds> = {}
  const planned = await inEach(search.systems, (one) => planOrMiss(one, search.terms, today))
  for (const [i, { system, found }] of search.systems.entries()) {
    const plan = planned[i]
    if (plan && 'collections' in plan) systems.push(plan)
    else if (plan) unreachable.push(plan)
    const others = search.systems.map((other) => ({
      system: other.system,
      found: { holdings: other.found, notFollowed: [] },
    }))
    seeds[system.name] = {
      identifiers: search.person.unique,
      rows: [...knownIn(input, system.name), ...lastingRows(found, system)],
      staying: stayingRows(found, system),
      across: acrossTuples(system, others),
    }
  }
  for (const { name } of unreachable)
    seeds[name] ??= { identifiers: search.person.unique, rows: knownIn(input, name), across: [] }
  const mentions = Object.fromEntries(
    search.systems.map(({ system, found }) => [system.name, placesOf(found)]),
  )
  const { holdings, person, terms, ambiguous } = search
  return { plan: { systems, unreachable }, holdings, person, terms, ambiguous, seeds, mentions }
}

/** The plan of one system; or that it went out of reach. */
async function planOrMiss(
  { system, session, found }: SearchedSystem,
  terms: readonly Term[],
  today: string,
): Promise<SystemPlan | UnreachableSystem> {
  try {
    const references = await findReferences(session, system, found)
    const isBound = await boundFields(session, system, found, hersOf(terms))
    const operations = planSystem({ system, found, references, isBound, termsAt: () => terms, today })
    return summarise(operations, system.description.fingerprint)
  } catch (error) {
    return asUnreachable(system.name, error)
  }
}

const placesOf = (found: SystemHoldings): readonly MentionPlace[] =>
  found.collections.flatMap(({ name, mentions }) => mentions.map(({ key }) => ({ collection: name, key })))

/**
 * Keys of the rows that a shared identifier named: nothing else would lead to them again. One that was kept earlier is
 * known by more than its key, which may be somebody else's by the time of the deed.
 */
function lastingRows(found: SystemHoldings, system: MappedSystem): Seeds['rows'] {
  return found.collections.flatMap(({ name, rows }) => {
    const collection = system.collections.find((one) => one.name === name)
    const lasts = collection !== undefined && areUnique(collection.description, collection.description.key)
    return lasts
      ? rows
          .filter(({ via }) => via.by === 'known' && via.keptBy === undefined)
          .map(({ key }) => ({ collection: name, key }))
      : []
  })
}
