import { givingWay, type RowKey, type SystemDescription, type WriteSession } from '../connectors/public.ts'
import { type DataMap, openForErasing } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import { isProblem, type Problem } from '../platform/problem.ts'
import { applyOperations, shortfall } from './apply-operations.ts'
import { leftOfTold, rowsTold } from './count-again.ts'
import { type EraseResult, stillToDo } from './erase-in-system.ts'
import type { SystemHoldings } from './holdings.ts'
import { beforeBound, boundedSession, HeldTooLong, heldBriefly } from './lock-bound.ts'
import { type LockClock, lockClock, type OnReleased } from './lock-clock.ts'
import { type MappedSystem, mappedSystem } from './mapped-system.ts'
import type { PeopleApart } from './people-apart.ts'
import { isDone, type SystemOperations } from './plan.ts'
import { problem } from './problems.ts'
import { areSame, findReferences } from './references.ts'
import type { RowsRead } from './rows-read.ts'
import type { SystemInWork } from './system-in-work.ts'
import { findWork, type PersonToErase, type PersonWork, type Work } from './work-on-people.ts'

/** One transaction of a system, in which people are erased together. */

export interface ErasePeopleInput {
  readonly system: SystemInWork
  readonly map: DataMap
  /** The shape their plans were made on; throws `holdings.schema-changed` when the system has another now. */
  readonly fingerprint: string
  readonly people: readonly PersonToErase[]
  readonly today: string
  /** Of the next transaction. Asked before each. */
  readonly next: () => Transaction
  /**
   * Called with what was found of some of the people, by their places in the list, before anything is written for them:
   * evidence before effect. The last call counts.
   */
  readonly beforeWriting: (work: readonly PersonWork[], people: readonly number[]) => Promise<void>
  /** Called when all is written for them and nothing committed; throws when another worker has taken over. */
  readonly beforeCommit: (people: readonly number[]) => Promise<void>
  readonly onReleased?: OnReleased
}

export interface Transaction {
  /** So many people at most, but for those who can only go together. */
  readonly people: number
  /** How long rows may be locked, in milliseconds; null: however long it takes. */
  readonly lockedAtMostMs: number | null
}

/** What became of some of the people, by their places in the list. */
export type ErasedPeople = ErasedTogether | NotErased

export interface ErasedTogether {
  readonly people: readonly number[]
  /** In their order. */
  readonly results: readonly Omit<EraseResult, 'lost'>[]
  /** How long rows of the target were locked, in milliseconds. */
  readonly lockedMs: number
  /** True where nobody waits for a transaction of this system, however long. */
  readonly blocksNobody?: true
}

export interface NotErased {
  readonly people: readonly number[]
  /** What the target said to it; absent where rows would have been locked for too long: they come again. */
  readonly refused?: Problem
}

/** What was found and planned of people without a lock, and all that was read for it. */
export type Ahead = Work & {
  readonly read: RowsRead
  readonly apart: PeopleApart
  readonly untied: Untied
}

/** Rows of others that have let go of the people already, by collection (`untieAhead`). */
export type Untied = Map<string, Set<RowKey>>

/** What is written in one transaction, of all that was made ready. */
export interface Share {
  /** By their places among those it was made ready for. */
  readonly people: readonly number[]
  readonly found: SystemHoldings
  readonly operations: SystemOperations
  /** Whether a row is theirs, or nobody's. */
  readonly isMine: (collection: string, key: RowKey) => boolean
}

export interface Writing {
  readonly ahead: Ahead
  readonly share: Share
  readonly people: readonly number[]
  readonly lockedAtMostMs: number | null
}

/** What the target does not take is told, and the others go on; where it is out of reach, or another by now, nobody does. */
export async function orNot<Done>(
  people: readonly number[],
  work: () => Promise<Done>,
): Promise<Done | NotErased> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof HeldTooLong) return { people }
    if (!isProblem(error) || error.exit === 3 || error.code === 'holdings.schema-changed') throw error
    return { people, refused: error }
  }
}

export const isTooLong = (done: ErasedPeople): boolean => !('results' in done) && done.refused === undefined

/** What rows were not held for any longer is waited for without them, so that the next try does not wait for it again. */
async function thenOurs<Done>(
  input: ErasePeopleInput,
  work: (input: ErasePeopleInput) => Promise<Done>,
): Promise<Done> {
  const ours: Promise<void>[] = []
  const noted =
    <Args extends unknown[]>(ask: (...args: Args) => Promise<void>) =>
    (...args: Args) => {
      const answer = ask(...args)
      ours.push(answer)
      return answer
    }
  const [beforeWriting, beforeCommit] = [noted(input.beforeWriting), noted(input.beforeCommit)]
  try {
    return await work({ ...input, beforeWriting, beforeCommit })
  } finally {
    await Promise.allSettled(ours)
  }
}

/** Writes what was made ready for some people. Undefined where something is no longer what it was when it was read. */
export const writeIfStill = (ctx: Context, input: ErasePeopleInput, writing: Writing) =>
  thenOurs(input, (noted) => writeBriefly(ctx, noted, writing))

async function writeBriefly(
  ctx: Context,
  input: ErasePeopleInput,
  { ahead, share, people, lockedAtMostMs }: Writing,
): Promise<ErasedTogether | undefined> {
  const { read, system, references } = ahead
  // Of very many rows this takes long enough to be felt where another target is locked meanwhile.
  await givingWay()
  const rows = read.those(system, share.isMine)
  const goes = whatGoes(share.operations, system)
  const before = references.filter(
    ({ from, key, foreignKey: { to }, targets }) =>
      ahead.untied.get(from)?.has(key) !== true && targets.some((target) => goes(to, target)),
  )
  using clock = await lockClock(input.onReleased)
  await using open = await openForErasing(ctx, input.system.name)
  clock.begin(open)
  refuseOtherShape(input, await open.describe({ counts: false }))
  return await heldBriefly(lockedAtMostMs, async () => {
    const session = boundedSession(open, clock.began, lockedAtMostMs)
    if (!(await rows.areStill(session))) return undefined
    // Between the search and the lock somebody may have begun to refer to a row that goes, and would go with it.
    if (!areSame(before, await findReferences(session, system, share.found, goes))) return undefined
    const mostMs = session.blocksNobody ? null : lockedAtMostMs
    return await write(session, input, { work: ahead, share, people, clock, mostMs })
  })
}

/** Says of a row whether it is removed, or changed in what others refer to, so that whoever does might be taken along. */
function whatGoes(
  { collections }: SystemOperations,
  { description }: MappedSystem,
): (collection: string, key: RowKey) => boolean {
  const foreignKeys = description.collections.flatMap((one) => one.foreignKeys)
  const keys = new Map(
    collections.map(({ name, remove, change }) => {
      const referredTo = foreignKeys.filter(({ to }) => to === name).flatMap(({ toFields }) => toFields)
      const changing = change.filter(({ set }) => referredTo.some((field) => set.has(field)))
      return [name, new Set([...remove, ...changing.map(({ key }) => key)])]
    }),
  )
  return (collection, key) => keys.get(collection)?.has(key) === true
}

/** As one person is erased: found, planned and written under the same locks. */
export const underLock = (
  ctx: Context,
  input: ErasePeopleInput,
  people: readonly number[],
  lockedAtMostMs: number | null,
) => thenOurs(input, (noted) => underLockBriefly(ctx, noted, people, lockedAtMostMs))

async function underLockBriefly(
  ctx: Context,
  input: ErasePeopleInput,
  people: readonly number[],
  lockedAtMostMs: number | null,
): Promise<ErasedTogether> {
  using clock = await lockClock(input.onReleased)
  await using open = await openForErasing(ctx, input.system.name)
  clock.begin(open)
  const description = await open.describe({ counts: false })
  refuseOtherShape(input, description)
  return await heldBriefly(lockedAtMostMs, async () => {
    const session = boundedSession(open, clock.began, lockedAtMostMs)
    const mostMs = session.blocksNobody ? null : lockedAtMostMs
    const system = mappedSystem(input.map, input.system.name, description)
    const work = await findWork(session, system, peopleAt(input, people))
    await beforeBound(input.beforeWriting(work.people, people), clock.began, mostMs)
    const everybody = people.map((_, i) => i)
    if (isDone(work.operations))
      return { ...told(work, everybody, people, () => []), ...held(clock, session) }
    const { found, operations } = work
    const share = { people: everybody, found, operations, isMine: () => true }
    return await write(session, input, { work, share, people, clock, mostMs })
  })
}

const held = (
  clock: LockClock,
  { blocksNobody }: WriteSession,
): Pick<ErasedTogether, 'lockedMs' | 'blocksNobody'> => ({
  lockedMs: clock.stop(),
  ...(blocksNobody && { blocksNobody }),
})

export function refuseOtherShape({ fingerprint, system }: ErasePeopleInput, now: SystemDescription): void {
  if (now.fingerprint !== fingerprint) throw problem('holdings.schema-changed', { system: system.name })
}

interface Locked {
  readonly work: Work
  readonly share: Share
  readonly people: readonly number[]
  readonly clock: LockClock
  /** How long rows may be held; null: however long it takes. */
  readonly mostMs: number | null
}

async function write(
  session: WriteSession,
  input: ErasePeopleInput,
  { work, share, people, clock, mostMs }: Locked,
): Promise<ErasedTogether> {
  const { system } = work
  const { operations, found } = share
  const written = await applyOperations(session, system, operations, { found, learnt: input.system.learnt })
  const [now] = await Promise.all([
    rowsTold(session, system, found, operations),
    beforeBound(input.beforeCommit(inList(share.people, people)), clock.began, mostMs),
  ])
  await session.commit()
  const released = held(clock, session)
  const left = leftOfTold({ ...work, operations, written, now })
  // Counted by collection alone: whoever had something written there may be the one who was left out.
  const short = new Set(shortfall(written, system.description))
  const notObeyed = (part: SystemOperations) => [
    ...part.collections.filter(({ name }) => short.has(name)).map(({ name }) => name),
    ...stillToDo(part, left),
  ]
  return { ...told(work, share.people, people, notObeyed), ...released }
}

/** What is said of some of them. */
export function told(
  { people: all, parts }: Work,
  places: readonly number[],
  people: readonly number[],
  notObeyed: (part: SystemOperations) => readonly string[],
): Pick<ErasedTogether, 'people' | 'results'> {
  const results = places.flatMap((place) => {
    const [one, part] = [all[place], parts[place]]
    return one
      ? [{ done: one.plan, kept: one.kept, notObeyed: part ? [...new Set(notObeyed(part))] : [] }]
      : []
  })
  return { people: inList(places, people), results }
}

export const peopleAt = ({ people, today }: ErasePeopleInput, places: readonly number[]) => ({
  today,
  people: places.flatMap((place) => people[place] ?? []),
})

export const inList = (places: readonly number[], people: readonly number[]): readonly number[] =>
  places.flatMap((place) => people[place] ?? [])
