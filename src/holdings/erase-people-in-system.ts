import type { RowKey, SystemDescription, WriteSession } from '../connectors/public.ts'
import { type DataMap, openForErasing } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import { isProblem, type Problem } from '../platform/problem.ts'
import { applyOperations, shortfall } from './apply-operations.ts'
import { leftOfTold, rowsTold } from './count-again.ts'
import { type EraseResult, stillToDo } from './erase-in-system.ts'
import type { SystemHoldings } from './holdings.ts'
import { beforeBound, boundedSession, HeldTooLong, heldBriefly } from './lock-bound.ts'
import { type MappedSystem, mappedSystem } from './mapped-system.ts'
import { closestOf, type PeopleApart, peopleApart } from './people-apart.ts'
import { isDone, type SystemOperations } from './plan.ts'
import { problem } from './problems.ts'
import { areSame, findReferences } from './references.ts'
import { notingReads, type RowsRead } from './rows-read.ts'
import type { SystemInWork } from './system-in-work.ts'
import { untilNoneLocked, whileLocked } from './while-locked.ts'
import { findWork, type PersonToErase, type PersonWork, type Work } from './work-on-people.ts'

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

/** So often is work made ready that turns out to be of yesterday, before it is made ready under lock. */
const mostAhead = 3

/**
 * Erases several people from one system, by the planner and the executor that erase one: they are searched for together, what
 * is to be done is planned as if they were one person, and each is told their part. Found and planned without a lock; then
 * it is written for some of them after the other, whoever belongs together in one transaction: every row that was read of
 * them is locked, and what was planned is done where all are still what they were, and nobody refers to them who did not.
 * Whoever has moved is found anew. Idempotent like `eraseInSystem`.
 */
export async function* erasePeopleInSystem(
  ctx: Context,
  input: ErasePeopleInput,
): AsyncIterable<ErasedPeople> {
  let waiting = yield* eraseAhead(
    ctx,
    input,
    input.people.map((_, i) => i),
  )
  for (let attempt = 1; attempt < mostAhead; attempt += 1) {
    const again: Groups[number][] = []
    // Where rows move all the time, little is made ready ahead.
    for (const some of inTurn(waiting, input)) again.push(...(yield* eraseAhead(ctx, input, some)))
    waiting = again
  }
  for (const some of inTurn(waiting, input))
    yield await orNot(some, () => whileLocked(() => underLock(ctx, input, some)))
}

/** As many as go into the next transaction, and whoever goes with them. */
function* inTurn(groups: Groups, { next }: ErasePeopleInput): Iterable<readonly number[]> {
  for (let waiting = groups.map((_, i) => i); waiting.length > 0; ) {
    const first = firstOf(waiting, groups, next().people)
    waiting = waiting.slice(first.length)
    yield first.flatMap((group) => groups[group] ?? [])
  }
}

/** Returns for whom what was made ready is of yesterday. */
async function* eraseAhead(
  ctx: Context,
  input: ErasePeopleInput,
  people: readonly number[],
): AsyncGenerator<ErasedPeople, Groups> {
  const ahead = await workAhead(input, people)
  await input.beforeWriting(ahead.people, people)
  const { groups, groupOf } = ahead.apart
  const isBusy = groupsOf(ahead.operations, groupOf)
  const idle = groups.flatMap((group, i) => (isBusy.has(i) ? [] : group))
  if (idle.length > 0) yield { ...told(ahead, idle, people, () => []), lockedMs: 0 }
  const stale: Groups[number][] = []
  for (let waiting = [...isBusy].toSorted((a, b) => a - b); waiting.length > 0; ) {
    const { people: most, lockedAtMostMs } = input.next()
    const first = firstOf(waiting, groups, most)
    const share = shareOf(ahead, first)
    const places = inList(share.people, people)
    const done = await orNot(places, () =>
      whileLocked(() => writeIfStill(ctx, input, { ahead, share, people, lockedAtMostMs })),
    )
    if (done) yield done
    const isCut = done && isTooLong(done)
    if (isCut && (first.length > 1 || places.length <= mostInseparable)) continue
    waiting = waiting.slice(first.length)
    if (isCut) stale.push(...closestIn(ahead, share).map((some) => inList(some, people)))
    else if (!done) stale.push(...first.map((group) => inList(groups[group] ?? [], people)))
  }
  return stale
}

/**
 * So many who can only go together are one person by several identifiers, a household, a few friends. More are so by chance
 * and are planned apart, but for the households among them.
 */
const mostInseparable = 10

const closestIn = ({ tiesOf }: Ahead, { found, people }: Share): Groups =>
  closestOf(
    found,
    (collection, key) =>
      [...tiesOf(collection, key)].flatMap(([person, tie]) => (tie === 'owner' ? [person] : [])),
    people,
    mostInseparable,
  )

const isTooLong = (done: ErasedPeople): boolean => !('results' in done) && done.refused === undefined

const inList = (places: readonly number[], people: readonly number[]): readonly number[] =>
  places.flatMap((place) => people[place] ?? [])

/** What the target does not take is told, and the others go on; where it is out of reach, or another by now, nobody does. */
async function orNot<Done>(people: readonly number[], work: () => Promise<Done>): Promise<Done | NotErased> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof HeldTooLong) return { people }
    if (!isProblem(error) || error.exit === 3 || error.code === 'holdings.schema-changed') throw error
    return { people, refused: error }
  }
}

type Groups = PeopleApart['groups']

type Ahead = Work & { readonly read: RowsRead; readonly apart: PeopleApart }

async function workAhead(input: ErasePeopleInput, people: readonly number[]): Promise<Ahead> {
  try {
    const { session, system } = await input.system.reading(input.map)
    refuseOtherShape(input, system.description)
    const read = notingReads(session)
    const work = await findWork(read.session, system, peopleAt(input, people), untilNoneLocked)
    return { ...work, read, apart: peopleApart(work, people.length) }
  } catch (error) {
    await input.system.close()
    throw error
  }
}

const peopleAt = ({ people, today }: ErasePeopleInput, places: readonly number[]) => ({
  today,
  people: places.flatMap((place) => people[place] ?? []),
})

/** What is written in one transaction, of all that was made ready. */
interface Share {
  /** By their places among those it was made ready for. */
  readonly people: readonly number[]
  readonly found: SystemHoldings
  readonly operations: SystemOperations
  /** Whether a row is theirs, or nobody's. */
  readonly isMine: (collection: string, key: RowKey) => boolean
}

const firstOf = (waiting: readonly number[], groups: Groups, most: number): readonly number[] => {
  let people = 0
  const end = waiting.findIndex((group, i) => {
    people += groups[group]?.length ?? 0
    return i > 0 && people > most
  })
  return end < 0 ? waiting : waiting.slice(0, end)
}

/** The groups of people for whom anything is written. */
const groupsOf = ({ collections }: SystemOperations, groupOf: PeopleApart['groupOf']): ReadonlySet<number> =>
  new Set(
    collections.flatMap(({ name, remove, change }) =>
      [...remove, ...change.map(({ key }) => key)].flatMap((key) => groupOf(name, key) ?? []),
    ),
  )

function shareOf({ found, operations, apart }: Ahead, groups: readonly number[]): Share {
  const mine = new Set(groups)
  const isMine = (collection: string, key: RowKey) => {
    const group = apart.groupOf(collection, key)
    return group === undefined || mine.has(group)
  }
  return {
    people: groups.flatMap((group) => apart.groups[group] ?? []).toSorted((a, b) => a - b),
    isMine,
    found: {
      ...found,
      collections: found.collections.map((one) => ({
        ...one,
        rows: one.rows.filter(({ key }) => isMine(one.name, key)),
        mentions: one.mentions.filter(({ key }) => isMine(one.name, key)),
      })),
    },
    operations: {
      ...operations,
      collections: operations.collections.map((one) => ({
        ...one,
        remove: one.remove.filter((key) => isMine(one.name, key)),
        change: one.change.filter(({ key }) => isMine(one.name, key)),
      })),
    },
  }
}

interface Writing {
  readonly ahead: Ahead
  readonly share: Share
  readonly people: readonly number[]
  readonly lockedAtMostMs: number | null
}

/** Undefined where something is no longer what it was when it was read. */
async function writeIfStill(
  ctx: Context,
  input: ErasePeopleInput,
  writing: Writing,
): Promise<ErasedTogether | undefined> {
  let last: Promise<void> | undefined
  const beforeCommit = (people: readonly number[]) => {
    last = input.beforeCommit(people)
    return last
  }
  try {
    return await writeBriefly(ctx, { ...input, beforeCommit }, writing)
  } finally {
    // What rows were not held for any longer is waited for without them, so that the next try does not wait for it again.
    await last?.catch(() => undefined)
  }
}

async function writeBriefly(
  ctx: Context,
  input: ErasePeopleInput,
  { ahead, share, people, lockedAtMostMs }: Writing,
): Promise<ErasedTogether | undefined> {
  await using open = await openForErasing(ctx, input.system.name)
  refuseOtherShape(input, await open.describe({ counts: false }))
  const began = performance.now()
  return await heldBriefly(lockedAtMostMs, async () => {
    const session = boundedSession(open, began, lockedAtMostMs)
    const { read, system, references } = ahead
    if (!(await read.areStill(session, system, share.isMine))) return undefined
    // Between the search and the lock somebody may have begun to refer to a row that goes, and would go with it.
    const goes = whatGoes(share.operations, system)
    const before = references.filter(({ foreignKey: { to }, targets }) =>
      targets.some((key) => goes(to, key)),
    )
    if (!areSame(before, await findReferences(session, system, share.found, goes))) return undefined
    const mostMs = session.blocksNobody ? null : lockedAtMostMs
    return await write(session, input, { work: ahead, share, people, began, mostMs })
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
async function underLock(
  ctx: Context,
  input: ErasePeopleInput,
  people: readonly number[],
): Promise<ErasedTogether> {
  await using session = await openForErasing(ctx, input.system.name)
  const description = await session.describe({ counts: false })
  refuseOtherShape(input, description)
  const began = performance.now()
  const system = mappedSystem(input.map, input.system.name, description)
  const work = await findWork(session, system, peopleAt(input, people))
  await input.beforeWriting(work.people, people)
  const everybody = people.map((_, i) => i)
  if (isDone(work.operations))
    return { ...told(work, everybody, people, () => []), ...heldSince(began, session) }
  const { found, operations } = work
  const share = { people: everybody, found, operations, isMine: () => true }
  return await write(session, input, { work, share, people, began, mostMs: null })
}

const heldSince = (
  began: number,
  { blocksNobody }: WriteSession,
): Pick<ErasedTogether, 'lockedMs' | 'blocksNobody'> =>
  blocksNobody ? { lockedMs: 0, blocksNobody } : { lockedMs: performance.now() - began }

function refuseOtherShape({ fingerprint, system }: ErasePeopleInput, now: SystemDescription): void {
  if (now.fingerprint !== fingerprint) throw problem('holdings.schema-changed', { system: system.name })
}

interface Locked {
  readonly work: Work
  readonly share: Share
  readonly people: readonly number[]
  readonly began: number
  /** How long rows may be held; null: however long it takes. */
  readonly mostMs: number | null
}

async function write(
  session: WriteSession,
  input: ErasePeopleInput,
  { work, share, people, began, mostMs }: Locked,
): Promise<ErasedTogether> {
  const { system } = work
  const { operations, found } = share
  const written = await applyOperations(session, system, operations, { found, learnt: input.system.learnt })
  const [now] = await Promise.all([
    rowsTold(session, system, found, operations),
    beforeBound(input.beforeCommit(inList(share.people, people)), began, mostMs),
  ])
  await session.commit()
  const held = heldSince(began, session)
  const left = leftOfTold({ ...work, operations, written, now })
  // Counted by collection alone: whoever had something written there may be the one who was left out.
  const short = new Set(shortfall(written, system.description))
  const notObeyed = (part: SystemOperations) => [
    ...part.collections.filter(({ name }) => short.has(name)).map(({ name }) => name),
    ...stillToDo(part, left),
  ]
  return { ...told(work, share.people, people, notObeyed), ...held }
}

/** What is said of some of them. */
function told(
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
