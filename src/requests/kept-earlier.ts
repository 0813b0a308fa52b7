import type { FindInput, Identifier, Seeds } from '../holdings/public.ts'
import type { Context } from '../platform/context.ts'
import { findSubjectsOfEach, tombstonesOf } from '../subjects/public.ts'
import { keepersIn, keptOfSubject } from './queries.ts'
import type { Step } from './request.ts'
import { openPlaces } from './sealed.ts'
import { requestsNumbered } from './sweep-queries.ts'

/**
 * Rows that erasures of the same person keep on a ground, by system; those of other requests than `own` are `elsewhere`.
 * Nothing in them leads to the person any more: unknown, their texts would be taken for somebody else's and lose what the
 * law wants kept, or for residue.
 */
export async function keptEarlier(
  ctx: Context,
  ids: readonly Identifier[],
  own: string,
): Promise<NonNullable<FindInput['known']>> {
  const known: Record<string, NonNullable<FindInput['known']>[string]> = {}
  const [subjects = []] = await subjectsOfEach(ctx, [ids])
  for (const subjectId of subjects)
    for (const kept of await keptOfSubject(ctx.db, subjectId)) {
      const { collection, system, rule, requestId } = kept
      const elsewhere = requestId === own ? {} : ({ elsewhere: true } as const)
      const { rows } = await openPlaces(ctx, kept)
      const places = rows.map(({ key, digest }) => ({
        collection,
        key,
        still: { digest, rule, ...elsewhere },
      }))
      known[system] = [...(known[system] ?? []), ...places]
    }
  return known
}

/** What other requests of the same person keep in the system of a step. */
export async function keptElsewhere(
  ctx: Context,
  { requestId, system }: Pick<Step, 'requestId' | 'system'>,
  ids: readonly Identifier[],
): Promise<Seeds['rows']> {
  const known = (await keptEarlier(ctx, ids, requestId))[system] ?? []
  return known.filter(({ still }) => still?.elsewhere)
}

/** Of the people of some steps in a system, those of whom other requests keep something there: the numbers of their requests. */
export async function alsoKeptElsewhere(
  ctx: Context,
  system: string,
  people: readonly { readonly requestId: string; readonly ids: readonly Identifier[] }[],
): Promise<ReadonlySet<string>> {
  const subjects = await subjectsOfEach(
    ctx,
    people.map(({ ids }) => ids),
  )
  const keepers = await keepersIn(ctx.db, system, [...new Set(subjects.flatMap((some) => [...some]))])
  const requestsOf = Map.groupBy(keepers, ({ subjectId }) => subjectId)
  const isShared = (requestId: string, some: ReadonlySet<string>) =>
    [...some].some((subjectId) => requestsOf.get(subjectId)?.some((one) => one.requestId !== requestId))
  return new Set(
    people.flatMap(({ requestId }, i) => (isShared(requestId, subjects[i] ?? new Set()) ? [requestId] : [])),
  )
}

/** By what the vault knows them, or by their tombstones: in this order, for the one goes as the other comes. */
async function subjectsOfEach(
  ctx: Context,
  people: readonly (readonly Identifier[])[],
): Promise<readonly ReadonlySet<string>[]> {
  const living = await findSubjectsOfEach(ctx, people)
  const stones = await tombstonesOf(ctx, people.flat())
  const requests = await requestsNumbered(ctx.db, [...new Set(stones.map(({ requestId }) => requestId))])
  const subjectOf = new Map(requests.map(({ id, subjectId }) => [id, subjectId]))
  const erased = Map.groupBy(stones, ({ identifier }) => identifier)
  const stonesOf = (id: Identifier) =>
    erased.get(id)?.flatMap((one) => subjectOf.get(one.requestId) ?? []) ?? []
  return people.map((ids, i) => new Set([...(living[i] ?? []), ...ids.flatMap(stonesOf)]))
}

/**
 * Does `work` knowing what other requests keep, and anew where another had kept more by the time it asked again: before
 * anything is written, for what is kept is written ahead of what is erased.
 */
export async function knowingAll<Result>(
  look: () => Promise<Seeds['rows']>,
  work: (others: Seeds['rows'], askAgain: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  for (let others = await look(); ; ) {
    let more: Seeds['rows'] | undefined
    try {
      return await work(others, async () => {
        const known = new Set(others.map((row) => JSON.stringify(row)))
        const now = await look()
        if (now.every((row) => known.has(JSON.stringify(row)))) return
        more = now
        throw new Error('requests: another request of the person keeps more than was known')
      })
    } catch (error) {
      if (!more) throw error
      others = more
    }
  }
}
