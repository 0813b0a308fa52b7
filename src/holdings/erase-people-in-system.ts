import { givingWay, type RowKey } from '../connectors/public.ts'
import type { Context } from '../platform/context.ts'
import {
  type Ahead,
  type ErasedPeople,
  type ErasePeopleInput,
  inList,
  isTooLong,
  orNot,
  peopleAt,
  refuseOtherShape,
  type Share,
  told,
  underLock,
  writeIfStill,
} from './erase-together.ts'
import { closestOf, type PeopleApart, peopleApart } from './people-apart.ts'
import type { SystemOperations } from './plan.ts'
import { notingReads } from './rows-read.ts'
import { isTooMuch, untieAhead } from './untie-ahead.ts'
import { findWork } from './work-on-people.ts'

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
    const again: Waiting[] = []
    // Where rows move all the time, little is made ready ahead.
    for (const some of inTurn(waiting, input)) again.push(...(yield* eraseAhead(ctx, input, some)))
    waiting = again
  }
  waiting = waiting.toSorted(hubsLast)
  while (waiting.length > 0) {
    const { people: most, lockedAtMostMs } = input.next()
    const first = firstOf(waiting, most)
    const some = first.flatMap(({ group }) => group)
    const done = await orNot(some, () => underLock(ctx, input, some, lockedAtMostMs))
    yield done
    // Fewer of them then, and whoever is alone within a wider bound (`ErasePeopleInput.next`).
    if (!isTooLong(done)) waiting = waiting.slice(first.length)
  }
}

/** Who have to be found anew, together. */
interface Waiting {
  readonly group: readonly number[]
  /** Stands in the rows of so many that nobody could be erased apart who is found with them. */
  readonly isHub?: true
}

const hubsLast = (a: Waiting, b: Waiting): number => Number(a.isHub ?? false) - Number(b.isHub ?? false)

/** As many as go into the next transaction, and whoever goes with them; hubs at the end, each alone. */
function* inTurn(waiting: readonly Waiting[], { next }: ErasePeopleInput): Iterable<readonly number[]> {
  for (let left = waiting.toSorted(hubsLast); left.length > 0; ) {
    const first = firstOf(left, next().people)
    left = left.slice(first.length)
    yield first.flatMap(({ group }) => group)
  }
}

/** Returns for whom what was made ready is of yesterday. */
async function* eraseAhead(
  ctx: Context,
  input: ErasePeopleInput,
  people: readonly number[],
): AsyncGenerator<ErasedPeople, readonly Waiting[]> {
  const ahead = await workAhead(input, people)
  await givingWay()
  await input.beforeWriting(ahead.people, people)
  const { groups, groupOf } = ahead.apart
  const isBusy = groupsOf(ahead.operations, groupOf)
  const idle = groups.flatMap((group, i) => (isBusy.has(i) ? [] : group))
  if (idle.length > 0) yield { ...told(ahead, idle, people, () => []), lockedMs: 0 }
  const stale: Waiting[] = []
  const busy = groups.flatMap((group, place) => (isBusy.has(place) ? [{ group, place }] : []))
  for (let waiting = busy; waiting.length > 0; ) {
    const { people: most, lockedAtMostMs } = input.next()
    // What is written once, as files are, has its rows elsewhere afterwards.
    const first = ahead.read.session.blocksNobody ? waiting : firstOf(waiting, most)
    const share = shareOf(
      ahead,
      first.map(({ place }) => place),
    )
    const places = inList(share.people, people)
    const writing = { ahead, share, people, lockedAtMostMs }
    const isUntied = isTooMuch(writing) ? await untieAhead(ctx, input, writing) : false
    if (isUntied) continue
    const done =
      isUntied === undefined ? undefined : await orNot(places, () => writeIfStill(ctx, input, writing))
    if (done) yield done
    const isCut = done && isTooLong(done)
    if (isCut && first.length > 1) continue
    const isLess = isCut && (await untieAhead(ctx, input, writing))
    if (isLess || (isLess === false && isCut && places.length <= mostInseparable)) continue
    waiting = waiting.slice(first.length)
    if (isCut) stale.push(...closestIn(ahead, share, people))
    else if (!done) stale.push(...first.map(({ group }) => ({ group: inList(group, people) })))
  }
  return stale
}

/**
 * So many who can only go together are one person by several identifiers, a household, a few friends. More are so by chance
 * and are planned apart, but for the households among them.
 */
const mostInseparable = 10

function closestIn({ tiesOf, touched }: Ahead, share: Share, people: readonly number[]): readonly Waiting[] {
  const ownersOf = (collection: string, key: RowKey) =>
    [...tiesOf(collection, key)].flatMap(([person, tie]) => (tie === 'owner' ? [person] : []))
  const { groups, hubs } = closestOf(share.found, { ownersOf, touched }, share.people, mostInseparable)
  return [
    ...groups.map((some) => ({ group: inList(some, people) })),
    ...hubs.map((some) => ({ group: inList(some, people), isHub: true as const })),
  ]
}

async function workAhead(input: ErasePeopleInput, people: readonly number[]): Promise<Ahead> {
  try {
    const { session, system } = await input.system.reading(input.map)
    refuseOtherShape(input, system.description)
    const read = notingReads(session)
    const work = await findWork(read.session, system, peopleAt(input, people), givingWay)
    return { ...work, read, apart: peopleApart(work, people.length), untied: new Map() }
  } catch (error) {
    await input.system.close()
    throw error
  }
}

const firstOf = <One extends Waiting>(waiting: readonly One[], most: number): readonly One[] => {
  let people = 0
  const end = waiting.findIndex(({ group, isHub }, i) => {
    people += group.length
    return i > 0 && (people > most || isHub)
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

function shareOf({ found, operations, apart, untied }: Ahead, groups: readonly number[]): Share {
  const mine = new Set(groups)
  const isMine = (collection: string, key: RowKey) => {
    if (untied.get(collection)?.has(key)) return false
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
