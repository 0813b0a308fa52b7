import { setTimeout as sleep } from 'node:timers/promises'
import type { RowKey } from '../connectors/public.ts'
import type { Context } from '../platform/context.ts'
import {
  type ErasePeopleInput,
  isTooLong,
  orNot,
  type Share,
  type Untied,
  type Writing,
  writeIfStill,
} from './erase-together.ts'
import type { MappedSystem } from './mapped-system.ts'
import type { RowOperation } from './plan.ts'

/** With fewer rows of others the next try in one transaction is as good; with so many nobody needs to try it first. */
const [fewest, tooMany] = [100, 1_000]
/** Rows of the first transaction; then as many as take about so many milliseconds. */
const [first, aimMs] = [500, 100]
const [slowest, fastest] = [0.25, 2]
/** As share of the time that rows were locked, and milliseconds at most: whoever waited meanwhile gets a turn. */
const [restShare, longestRestMs] = [0.25, 250]

interface Row {
  readonly collection: string
  readonly row: RowOperation
}

/**
 * An agent stands in the tickets of thousands: too much to write at once for as long as rows may be locked. Rows of others
 * that refer to people who go, or name them, let go before, some at a time, each lot in a transaction of its own, in which the
 * people's own rows must be what they were as well: somebody may have begun to keep them. What is said of the people counts
 * all lots with the rest. True where some let go; undefined where something is no longer what it was when it was read.
 */
export async function untieAhead(
  ctx: Context,
  input: ErasePeopleInput,
  writing: Writing,
): Promise<boolean | undefined> {
  const { share, people, ahead } = writing
  const all = rowsOfOthers(share, ahead.system)
  if (all.length < fewest) return false
  const isOthers = isAmong(all)
  let left = all
  for (let size = first; left.length > 0; ) {
    const some = left.slice(0, size)
    const done = await orNot(people, () =>
      writeIfStill(ctx, input, { ...writing, share: lotOf(share, some, isOthers) }),
    )
    if (done === undefined) return undefined
    if (isTooLong(done) && size > 1) {
      size = Math.floor(size / 2)
      continue
    }
    // What the target refuses, or does not obey, it is asked for once more with the rest, which says so.
    if (!('results' in done) || done.results.some(({ notObeyed }) => notObeyed.length > 0)) break
    note(ahead.untied, some)
    left = left.slice(some.length)
    size = Math.ceil(size * Math.min(fastest, Math.max(slowest, aimMs / Math.max(1, done.lockedMs))))
    await sleep(Math.min(longestRestMs, done.lockedMs * restShare))
  }
  return left.length < all.length
}

/** Whether so many rows of others refer to some of these people, or name them, that all of it is too much for one transaction. */
export const isTooMuch = ({ share, ahead: { system, read } }: Writing): boolean =>
  !read.session.blocksNobody && rowsOfOthers(share, system).length >= tooMany

/** Rows that stay, and keep their key, and lose nothing but the people. */
function rowsOfOthers({ operations }: Share, { description }: MappedSystem): readonly Row[] {
  const keys = new Map(description.collections.map(({ name, key }) => [name, key]))
  const isOthers = (name: string, { set }: RowOperation) => {
    const key = keys.get(name) ?? []
    return (
      key.length > 0 &&
      [...set].every(
        ([field, { action }]) => (action === 'unlink' || action === 'redact') && !key.includes(field),
      )
    )
  }
  return operations.collections.flatMap(({ name, change }) =>
    change.flatMap((row) => (isOthers(name, row) ? [{ collection: name, row }] : [])),
  )
}

type IsAmong = Share['isMine']

function isAmong(rows: readonly Row[]): IsAmong {
  const keys = new Map<string, Set<RowKey>>()
  for (const { collection, row } of rows)
    keys.set(collection, (keys.get(collection) ?? new Set()).add(row.key))
  return (collection, key) => keys.get(collection)?.has(key) === true
}

function lotOf(share: Share, rows: readonly Row[], isOthers: IsAmong): Share {
  const byCollection = Map.groupBy(rows, ({ collection }) => collection)
  const isInLot = isAmong(rows)
  return {
    people: share.people,
    isMine: (collection, key) =>
      isOthers(collection, key) ? isInLot(collection, key) : share.isMine(collection, key),
    found: {
      ...share.found,
      collections: share.found.collections.map((one) => ({
        ...one,
        rows: one.rows.filter(({ key }) => isInLot(one.name, key)),
        mentions: one.mentions.filter(({ key }) => isInLot(one.name, key)),
      })),
    },
    operations: {
      ...share.operations,
      collections: [...byCollection].map(([name, some]) => ({
        name,
        remove: [],
        change: some.map(({ row }) => row),
        kept: [],
      })),
    },
  }
}

function note(untied: Untied, rows: readonly Row[]): void {
  for (const { collection, row } of rows) {
    const known = untied.get(collection) ?? new Set()
    untied.set(collection, known.add(row.key))
  }
}
