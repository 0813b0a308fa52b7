import type { ReadSession, RowKey, SystemDescription, WriteSession } from '../connectors/public.ts'
import { type DataMap, openForErasing } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import { applyOperations, shortfall } from './apply-operations.ts'
import { leftOfTold, rowsTold } from './count-again.ts'
import { type EraseResult, keptIn, stillToDo } from './erase-in-system.ts'
import { findInSystem, type Seeds } from './find-in-system.ts'
import { type MentionPlace, mentionsAt } from './find-mentions.ts'
import type { Mention, SystemHoldings } from './holdings.ts'
import { boundedSession, HeldTooLong, heldBriefly } from './lock-bound.ts'
import { type MappedSystem, mappedSystem } from './mapped-system.ts'
import { isDone, type SystemOperations, type SystemPlan, summarise } from './plan.ts'
import { type Mentioned, type PlannedTogether, planTogether } from './plan-together.ts'
import { problem } from './problems.ts'
import { areSame, findReferences } from './references.ts'
import { notingReads, type RowsRead } from './rows-read.ts'
import type { Term } from './spans.ts'
import type { SystemInWork } from './system-in-work.ts'
import { untilNoneLocked, whileLocked } from './while-locked.ts'
import { whoseRows } from './whose-rows.ts'

/** What leads to one of several people in a system, from their plan. */
export interface PersonToErase {
  readonly seeds: Seeds
  readonly terms: readonly Term[]
  /** Where the plan found them in other people's texts. */
  readonly mentions: readonly MentionPlace[]
}

export interface ErasePeopleInput {
  readonly system: SystemInWork
  readonly map: DataMap
  /** The shape their plans were made on; throws `holdings.schema-changed` when the system has another now. */
  readonly fingerprint: string
  readonly people: readonly PersonToErase[]
  readonly today: string
  /** Throws `HeldTooLong` instead of locking rows for longer, in milliseconds, and nothing was written. Null: however long. */
  readonly lockedAtMostMs: number | null
  /** Called with what was found of each before anything is written: evidence before effect. The last call counts. */
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
  readonly people: readonly Omit<EraseResult, 'lost'>[]
  /** How long rows of the target were locked, in milliseconds. */
  readonly lockedMs: number
}

/** So often is work made ready that turns out to be of yesterday, before it is made ready under lock. */
const mostAhead = 3

/**
 * Erases several people from one system, in one transaction of that system, by the planner and the executor that erase
 * one: they are searched for together, what is to be done is planned as if they were one person, and each is told their
 * part. Found and planned without a lock; then every row that was read is locked, and what was planned is done where all
 * of them are still what they were, and nobody refers to them who did not. Idempotent like `eraseInSystem`.
 */
export async function erasePeopleInSystem(ctx: Context, input: ErasePeopleInput): Promise<ErasedPeople> {
  for (let attempt = 0; attempt < mostAhead; attempt += 1) {
    const ahead = await workAhead(input)
    await input.beforeWriting(ahead.people)
    if (isDone(ahead.operations)) return { people: resultsOf(ahead, () => []), lockedMs: 0 }
    const done = await whileLocked(() => heldBriefly(input, () => writeIfStill(ctx, input, ahead)))
    if (done) return done
  }
  // Searching takes as long as it takes.
  if (input.lockedAtMostMs !== null) throw new HeldTooLong()
  return whileLocked(() => underLock(ctx, input))
}

interface Work extends PlannedTogether {
  readonly system: MappedSystem
  readonly people: readonly PersonWork[]
}

type Ahead = Work & { readonly read: RowsRead }

async function workAhead(input: ErasePeopleInput): Promise<Ahead> {
  try {
    const { session, system } = await input.system.reading(input.map)
    refuseOtherShape(input, system.description)
    const read = notingReads(session)
    return { ...(await findWork(read.session, system, input, untilNoneLocked)), read }
  } catch (error) {
    await input.system.close()
    throw error
  }
}

/** Undefined where something is no longer what it was when it was read. */
async function writeIfStill(
  ctx: Context,
  input: ErasePeopleInput,
  ahead: Ahead,
): Promise<ErasedPeople | undefined> {
  await using open = await openForErasing(ctx, input.system.name)
  refuseOtherShape(input, await open.describe({ counts: false }))
  const began = performance.now()
  const session = boundedSession(open, began, input.lockedAtMostMs)
  const { read, system, found, references, operations } = ahead
  if (!(await read.areStill(session, system))) return undefined
  // Between the search and the lock somebody may have begun to refer to a row that goes, and would go with it.
  const goes = whatGoes(operations)
  const before = references.filter(({ foreignKey: { to }, targets }) => targets.some((key) => goes(to, key)))
  if (!areSame(before, await findReferences(session, system, found, goes))) return undefined
  return await write(session, input, ahead, began)
}

/** Says of a row whether it is removed or changed, so that whoever refers to it might be taken along. */
function whatGoes({ collections }: SystemOperations): (collection: string, key: RowKey) => boolean {
  const keys = new Map(
    collections.map(({ name, remove, change }) => [
      name,
      new Set([...remove, ...change.filter(({ set }) => set.size > 0).map(({ key }) => key)]),
    ]),
  )
  return (collection, key) => keys.get(collection)?.has(key) === true
}

/** As one person is erased: found, planned and written under the same locks. */
async function underLock(ctx: Context, input: ErasePeopleInput): Promise<ErasedPeople> {
  await using session = await openForErasing(ctx, input.system.name)
  const description = await session.describe({ counts: false })
  refuseOtherShape(input, description)
  const began = performance.now()
  const work = await findWork(session, mappedSystem(input.map, input.system.name, description), input)
  await input.beforeWriting(work.people)
  if (!isDone(work.operations)) return await write(session, input, work, began)
  const lockedMs = session.blocksNobody ? 0 : performance.now() - began
  return { people: resultsOf(work, () => []), lockedMs }
}

function refuseOtherShape({ fingerprint, system }: ErasePeopleInput, now: SystemDescription): void {
  if (now.fingerprint !== fingerprint) throw problem('holdings.schema-changed', { system: system.name })
}

async function write(
  session: WriteSession,
  input: ErasePeopleInput,
  work: Work,
  began: number,
): Promise<ErasedPeople> {
  const { system, operations } = work
  const written = await applyOperations(session, system, operations, {
    found: work.found,
    learnt: input.system.learnt,
  })
  const [now] = await Promise.all([rowsTold(session, system, work.found, operations), input.beforeCommit()])
  await session.commit()
  const lockedMs = session.blocksNobody ? 0 : performance.now() - began
  const left = leftOfTold({ ...work, written, now })
  // Counted by collection alone: whoever had something written there may be the one who was left out.
  const short = new Set(shortfall(written, system.description))
  const notObeyed = (part: SystemOperations) => [
    ...part.collections.filter(({ name }) => short.has(name)).map(({ name }) => name),
    ...stillToDo(part, left),
  ]
  return { people: resultsOf(work, notObeyed), lockedMs }
}

const resultsOf = (
  { people, parts }: Work,
  notObeyed: (part: SystemOperations) => readonly string[],
): readonly Omit<EraseResult, 'lost'>[] =>
  people.map(({ plan, kept }, i) => {
    const part = parts[i]
    return { done: plan, kept, notObeyed: part ? [...new Set(notObeyed(part))] : [] }
  })

async function findWork(
  session: ReadSession,
  system: MappedSystem,
  input: ErasePeopleInput,
  pause?: () => Promise<void>,
): Promise<Work> {
  const { people, today } = input
  const { holdings } = await findInSystem(
    session,
    system,
    together(people.map(({ seeds }) => seeds)),
    people.flatMap((one) => one.terms),
    { isTold: false },
  )
  await pause?.()
  const whose = whoseRows(
    [{ system, found: holdings }],
    people.map(({ seeds }) => ({ [system.name]: seeds })),
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
