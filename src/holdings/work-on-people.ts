import type { ReadSession } from '../connectors/public.ts'
import { type EraseResult, keptIn } from './erase-in-system.ts'
import { findInSystem, type Seeds } from './find-in-system.ts'
import { type MentionPlace, mentionsAt } from './find-mentions.ts'
import type { Mention, SystemHoldings } from './holdings.ts'
import { inSteps } from './in-steps.ts'
import type { MappedSystem } from './mapped-system.ts'
import { type SystemPlan, summarise } from './plan.ts'
import { type Mentioned, type PlannedTogether, planTogether } from './plan-together.ts'
import type { Term } from './spans.ts'
import { whoseRows } from './whose-rows.ts'

/** What leads to one of several people in a system, from their plan. */
export interface PersonToErase {
  readonly seeds: Seeds
  readonly terms: readonly Term[]
  /** Where the plan found them in other people's texts. */
  readonly mentions: readonly MentionPlace[]
}

export interface PersonWork {
  readonly plan: SystemPlan
  readonly kept: EraseResult['kept']
}

/** What is to be done for several people in a system, planned as if they were one. */
export interface Work extends PlannedTogether {
  readonly system: MappedSystem
  readonly people: readonly PersonWork[]
}

/** Finds and plans; in a write session all that is found is locked. `pause`: waited for between what takes long. */
export async function findWork(
  session: ReadSession,
  system: MappedSystem,
  { people, today }: { readonly people: readonly PersonToErase[]; readonly today: string },
  pause?: () => Promise<void>,
): Promise<Work> {
  const { holdings } = await findInSystem(
    session,
    system,
    together(people.map(({ seeds }) => seeds)),
    people.flatMap((one) => one.terms),
    { isTold: false },
  )
  await pause?.()
  const whose = await inSteps(
    whoseRows(
      [{ system, found: holdings }],
      people.map(({ seeds }) => ({ [system.name]: seeds })),
      people.map(({ terms }) => terms),
    ),
    pause,
  )
  const planned = await planTogether(session, system, {
    holdings,
    tiesOf: (collection, key) => whose.of(system.name, collection, key),
    mentioned: await readMentions(session, system, people, (i) => whose.holdings(i)[0]),
    terms: people.map((one) => one.terms),
    today,
    ...(pause && { pause }),
  })
  return {
    ...planned,
    system,
    people: planned.parts.map((part) => ({
      plan: summarise(part, system.description.fingerprint),
      kept: keptIn(part, system.description),
    })),
  }
}

const together = (seeds: readonly Seeds[]): Seeds => ({
  identifiers: seeds.flatMap((one) => one.identifiers),
  rows: seeds.flatMap((one) => one.rows),
  across: seeds.flatMap((one) => one.across),
})

async function readMentions(
  session: ReadSession,
  system: MappedSystem,
  people: readonly PersonToErase[],
  holdingsOf: (person: number) => SystemHoldings | undefined,
): Promise<Mentioned> {
  const all: { readonly collection: string; readonly mention: Mention }[][] = []
  for (const [i, { terms, mentions: at }] of people.entries()) {
    const own = at.length > 0 ? holdingsOf(i) : undefined
    const found = own && (await mentionsAt(session, system, own, terms, at))
    all.push(
      (found?.collections ?? []).flatMap(({ name, mentions }) =>
        mentions.map((mention) => ({ collection: name, mention })),
      ),
    )
  }
  return all
}
