import type { WriteSession } from '../connectors/public.ts'
import { type DataMap, openForErasing } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import { applyOperations, shortfall } from './apply-operations.ts'
import { type EraseResult, keptIn, stillToDo, touchedTexts } from './erase-in-system.ts'
import { findInSystem, type Seeds } from './find-in-system.ts'
import { type MentionPlace, mentionsAt } from './find-mentions.ts'
import type { Mention, SystemHoldings } from './holdings.ts'
import { type MappedSystem, mappedSystem } from './mapped-system.ts'
import { isDone, type SystemOperations, type SystemPlan, summarise } from './plan.ts'
import { type Mentioned, type PlannedTogether, planTogether, type TiesOf } from './plan-together.ts'
import { problem } from './problems.ts'
import { ownRows, type RowAfter } from './rows-after.ts'
import type { Term } from './spans.ts'
import { whoseRows } from './whose-rows.ts'

/** What leads to one of several people in a system, from their plan. */
export interface PersonToErase {
  readonly seeds: Seeds
  readonly terms: readonly Term[]
  /** Where the plan found them in other people's texts. */
  readonly mentions: readonly MentionPlace[]
}

export interface ErasePeopleInput {
  readonly system: string
  readonly map: DataMap
  /** The shape their plans were made on; throws `holdings.schema-changed` when the system has another now. */
  readonly fingerprint: string
  readonly people: readonly PersonToErase[]
  readonly today: string
  /** Called with what was found of each before anything is written: evidence before effect. */
  readonly beforeWriting: (work: readonly PersonWork[]) => Promise<void>
  /** Called when all is written and nothing committed; throws when another worker has taken over. */
  readonly beforeCommit: () => Promise<void>
}

export interface PersonWork {
  readonly plan: SystemPlan
  readonly kept: EraseResult['kept']
}

export interface ErasedPeople {
  /** In the order of the people. */
  readonly people: readonly EraseResult[]
  /** How long rows of the target were locked, in milliseconds. */
  readonly lockedMs: number
}

/**
 * Erases several people from one system, in one transaction of that system, by the planner and the executor that erase
 * one: they are searched for together, what is to be done is planned as if they were one person, and each is told their
 * part. Idempotent like `eraseInSystem`.
 */
export async function erasePeopleInSystem(ctx: Context, input: ErasePeopleInput): Promise<ErasedPeople> {
  await using session = await openForErasing(ctx, input.system)
  const description = await session.describe()
  if (description.fingerprint !== input.fingerprint)
    throw problem('holdings.schema-changed', { system: input.system })
  const system = mappedSystem(input.map, input.system, description)
  const began = performance.now()
  const { operations, parts, found, tiesOf } = await findWork(session, system, input)
  const work = parts.map((part) => ({
    plan: summarise(part, description.fingerprint),
    kept: keptIn(part, description),
  }))
  await input.beforeWriting(work)
  const done = (notObeyed: (part: SystemOperations) => readonly string[]): ErasedPeople => ({
    people: work.map(({ plan, kept }, i) => ({
      done: plan,
      kept,
      notObeyed: notObeyedIn(parts[i], notObeyed),
    })),
    lockedMs: performance.now() - began,
  })
  if (isDone(operations)) return done(() => [])
  const written = await applyOperations(session, system, operations)
  const after = ownRows(system, found, operations)
  const left = await workLeft(session, system, input, parts, after, tiesOf)
  await input.beforeCommit()
  await session.commit()
  // Counted by collection alone: whoever had something written there may be the one who was left out.
  const short = new Set(shortfall(written, description))
  return done((part) => [
    ...part.collections.filter(({ name }) => short.has(name)).map(({ name }) => name),
    ...stillToDo(part, left),
  ])
}

const notObeyedIn = (
  part: SystemOperations | undefined,
  of: (part: SystemOperations) => readonly string[],
): readonly string[] => (part ? [...new Set(of(part))] : [])

async function findWork(
  session: WriteSession,
  system: MappedSystem,
  { people, today }: ErasePeopleInput,
): Promise<PlannedTogether & { readonly tiesOf: TiesOf }> {
  const { holdings } = await findInSystem(
    session,
    system,
    together(people.map(({ seeds }) => seeds)),
    people.flatMap((one) => one.terms),
  )
  const whose = whoseRows(
    [{ system, found: holdings }],
    people.map(({ seeds }) => ({ [system.name]: seeds })),
  )
  const tiesOf: TiesOf = (collection, key) => whose.of(system.name, collection, key)
  const places = people.map(({ mentions }) => mentions)
  const mentioned = await readMentions(session, system, people, places, (i) => whose.holdings(i)[0])
  const terms = people.map((one) => one.terms)
  return { ...(await planTogether(session, system, { holdings, tiesOf, mentioned, terms, today })), tiesOf }
}

/** What is still to be done, told by the keys of the rows: they have lost the identifiers that led to them. */
async function workLeft(
  session: WriteSession,
  system: MappedSystem,
  { people, today }: ErasePeopleInput,
  parts: readonly SystemOperations[],
  after: readonly RowAfter[],
  tiesBefore: TiesOf,
): Promise<SystemOperations> {
  const { holdings } = await findInSystem(
    session,
    system,
    { identifiers: [], rows: after, across: [] },
    people.flatMap((one) => one.terms),
  )
  const before = new Map(after.map(({ collection, key, before: old }) => [`${collection} ${key}`, old]))
  const tiesOf: TiesOf = (collection, key) =>
    tiesBefore(collection, before.get(`${collection} ${key}`) ?? key)
  const ofOne = (i: number): SystemHoldings => ({
    ...holdings,
    collections: holdings.collections.map((one) => ({
      ...one,
      rows: one.rows.filter(({ key }) => tiesOf(one.name, key).get(i) === 'owner'),
    })),
  })
  const mentioned = await readMentions(session, system, people, parts.map(touchedTexts), ofOne)
  const terms = people.map((one) => one.terms)
  return (await planTogether(session, system, { holdings, tiesOf, mentioned, terms, today })).operations
}

const together = (seeds: readonly Seeds[]): Seeds => ({
  identifiers: seeds.flatMap((one) => one.identifiers),
  rows: seeds.flatMap((one) => one.rows),
  across: seeds.flatMap((one) => one.across),
})

async function readMentions(
  session: WriteSession,
  system: MappedSystem,
  people: readonly PersonToErase[],
  places: readonly (readonly MentionPlace[])[],
  holdingsOf: (person: number) => SystemHoldings | undefined,
): Promise<Mentioned> {
  const all: { readonly collection: string; readonly mention: Mention }[][] = []
  for (const [i, { terms }] of people.entries()) {
    const at = places[i] ?? []
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
