import { givingWay } from '../connectors/public.ts'
import { isProblem, type Problem } from '../platform/problem.ts'
import { fittingInMemory } from '../platform/room-in-memory.ts'
import type { Seeds } from './find-in-system.ts'
import type { FoundMentions } from './find-mentions.ts'
import { findMentionsOfMany } from './find-mentions-of-many.ts'
import { findPeople, type PeopleFound, type PersonFound, type PersonSought } from './find-people.ts'
import type { ReadProgress, SystemHoldings, UnreachableSystem, Via } from './holdings.ts'
import { asUnreachable, type OpenSystems } from './open-systems.ts'
import { type SystemPlan, summarise } from './plan.ts'
import type { PlannedErasure } from './plan-erasure.ts'
import { planTogether } from './plan-together.ts'
import { portionSizes } from './portion-size.ts'
import type { Starts } from './whose-rows.ts'

/** An erasure as `planErasure` plans it, of one of many people. */
export type PlannedPerson = Omit<PlannedErasure, 'holdings'> & {
  readonly possible: PlannedErasure['holdings']['possible']
}

/** Found by one search: their rows are in memory meanwhile, 45 KB each in a shop. */
const together = { fewest: 2_000, most: fittingInMemory(45_000, 8_000) }

export interface PlanProgress {
  /** So many of the people were searched for in all systems. */
  readonly onFound?: (people: number) => void
  /** The texts of whole systems are read before the first of them is planned. */
  readonly onRead?: ReadProgress
}

/**
 * What an erasure of each of many people would do, today, in every mapped system; the problem of whoever cannot be told
 * from others. Handed out some at a time, in their order, and forgotten. Reads only: each person's rows twice, and all texts
 * once for all of them; more where rows shared with others turn out to be nobody else's.
 */
export async function* planPeople(
  systems: OpenSystems,
  sought: readonly PersonSought[],
  today: string,
  { onFound, onRead }: PlanProgress = {},
): AsyncIterable<readonly (PlannedPerson | Problem)[]> {
  const people: (PersonFound | Problem)[] = []
  for (const chunk of inPortions(sought)) {
    people.push(...(await findPeople(systems, chunk)).people.map(withoutCells))
    onFound?.(people.length)
  }
  const inTexts = await textsOf(systems, people, onRead)
  for (const chunk of inPortions(sought)) {
    const before = people.splice(0, chunk.length)
    const { found, texts } = await untilSettled(systems, chunk, before, inTexts.splice(0, chunk.length))
    const planned = await planChunk(systems, found, texts, today)
    yield planned.map((one, i) => (one === undefined ? firstProblem(before[i]) : one))
  }
}

/** The next portion is as large as the time that the last one took says. */
function* inPortions(sought: readonly PersonSought[]): Iterable<readonly PersonSought[]> {
  const sizes = portionSizes(together)
  for (let from = 0; from < sought.length; ) {
    const [chunk, began] = [sought.slice(from, from + sizes.next()), performance.now()]
    yield chunk
    sizes.note(chunk.length, performance.now() - began)
    from += chunk.length
  }
}

type InTexts = FoundMentions | undefined

/**
 * As for one person (`searchHoldings`): what names somebody may move whose a row is, and with it what names them. Texts
 * are read again only for those of whom it did.
 */
async function untilSettled(
  systems: OpenSystems,
  chunk: readonly PersonSought[],
  before: readonly (PersonFound | Problem)[],
  inTexts: readonly InTexts[],
): Promise<{ readonly found: PeopleFound; readonly texts: readonly InTexts[] }> {
  const look = (texts: readonly InTexts[], earlier: readonly (PersonFound | Problem)[]) =>
    findPeople(
      systems,
      chunk,
      texts.map((one) => one?.terms ?? []),
      earlier.flatMap((one) => (isProblem(one) ? [] : [one.seeds])),
    )
  let [known, texts, found] = [before, inTexts, await look(inTexts, before)]
  for (let round = 0; round < rounds; round += 1) {
    const moved = new Set(
      found.people.filter((one, i) => !isProblem(before[i]) && sharedIn(one) !== sharedIn(known[i])),
    )
    if (moved.size === 0) break
    const read = await textsOf(systems, [...moved])
    const news = new Map([...moved].map((one, i) => [one, read[i]]))
    texts = found.people.map((one, i) => (moved.has(one) ? news.get(one) : texts[i]))
    known = found.people
    found = await look(texts, known)
  }
  return { found, texts }
}

const rounds = 12

const sharedIn = (one: PersonFound | Problem | undefined): string =>
  one === undefined || isProblem(one)
    ? ''
    : one.found
        .flatMap(({ name: system, collections }) =>
          collections.flatMap(({ name, rows }) =>
            rows
              .filter(({ role }) => role === 'shared')
              .map(({ key }) => JSON.stringify([system, name, key])),
          ),
        )
        .join()

/** The texts of others that name each of them, by one passage over all texts. */
async function textsOf(
  { open, unreachable }: OpenSystems,
  people: readonly (PersonFound | Problem)[],
  onRead?: ReadProgress,
): Promise<InTexts[]> {
  const known = people.filter((one): one is PersonFound => !isProblem(one))
  const mentions = await findMentionsOfMany(
    open.filter(({ system }) => unreachable.every(({ name }) => name !== system.name)),
    known.map(({ person, found }) => ({ person, found, ruledOut: [] })),
    onRead,
  )
  const of = new Map(known.map((one, i) => [one as PersonFound | Problem, textsAlone(mentions[i])]))
  return people.map((one) => of.get(one))
}

const textsAlone = (one: InTexts): InTexts =>
  one && {
    ...one,
    systems: one.systems.map(({ name, collections }) => ({
      name,
      collections: collections
        .filter(({ mentions }) => mentions.length > 0)
        .map((held) => ({ ...held, rows: [] })),
    })),
  }

/** Whoever could not be told from others in the first look is not planned for, whatever the second says. */
function firstProblem(one: PersonFound | Problem | undefined): Problem {
  if (!isProblem(one)) throw new Error('holdings: a person was searched for and is not in the answer')
  return one
}

/** Who owns a row matters while texts are read, and not what stands in it; and what leads to all of it, for the next search. */
const withoutCells = (one: PersonFound | Problem): PersonFound | Problem =>
  isProblem(one) ? one : { person: one.person, found: one.found.map(keysOnly), seeds: leadsOnly(one.seeds) }

const leadsOnly = (seeds: Starts): Starts =>
  Object.fromEntries(
    Object.entries(seeds).map(([name, { identifiers, across }]): [string, Seeds] => [
      name,
      { identifiers, rows: none, across },
    ]),
  )

const keysOnly = (found: SystemHoldings): SystemHoldings => ({
  ...found,
  collections: found.collections.map((one) =>
    one.rows.length === 0
      ? one
      : {
          ...one,
          rows: one.rows.map(({ key, role, clears }) => ({
            key,
            role,
            clears: clears.length === 0 ? none : clears,
            via: known,
            cells: none,
          })),
        },
  ),
})

const none: readonly never[] = []
/** What led to a row is asked again when it is found again. */
const known: Via = { by: 'known' }

async function planChunk(
  { unreachable }: OpenSystems,
  { people, systems, whose }: PeopleFound,
  mentions: readonly InTexts[],
  today: string,
): Promise<readonly (PlannedPerson | Problem | undefined)[]> {
  const plans = new Map<string, readonly SystemPlan[]>()
  const terms = mentions.map((one) => one?.terms ?? [])
  for (const { system, session, found: holdings } of systems)
    try {
      const mentioned = mentions.map((one) => mentionsIn(one, system.name))
      const { parts } = await planTogether(session, system, {
        holdings,
        tiesOf: (collection, key) => whose.of(system.name, collection, key),
        mentioned,
        terms,
        today,
        pause: givingWay,
      })
      plans.set(
        system.name,
        parts.map((part) => summarise(part, system.description.fingerprint)),
      )
    } catch (error) {
      unreachable.push(asUnreachable(system.name, error))
    }
  return people.map((one, i) => {
    const inTexts = mentions[i]
    return isProblem(one) || !inTexts
      ? undefinedOrProblem(one)
      : asPlanned(one, inTexts, i, plans, unreachable)
  })
}

const undefinedOrProblem = (one: PersonFound | Problem): Problem | undefined =>
  isProblem(one) ? one : undefined

const mentionsIn = (one: FoundMentions | undefined, system: string) =>
  (one?.systems.find(({ name }) => name === system)?.collections ?? []).flatMap(({ name, mentions }) =>
    mentions.map((mention) => ({ collection: name, mention })),
  )

function asPlanned(
  { person, seeds }: PersonFound,
  inTexts: FoundMentions,
  place: number,
  plans: ReadonlyMap<string, readonly SystemPlan[]>,
  unreachable: readonly UnreachableSystem[],
): PlannedPerson {
  const unseen = unreachable.map(
    ({ name }) => [name, { identifiers: person.unique, rows: [], across: [] }] as const,
  )
  const systems = [...plans].flatMap(([, parts]) => parts[place] ?? [])
  return {
    plan: { systems, unreachable: [...unreachable] },
    person,
    terms: inTexts.terms,
    ambiguous: inTexts.ambiguous,
    possible: inTexts.possible,
    seeds: { ...Object.fromEntries(unseen), ...seeds },
    mentions: Object.fromEntries(
      inTexts.systems.map(({ name }) => [
        name,
        mentionsIn(inTexts, name).map(({ collection, mention }) => ({ collection, key: mention.key })),
      ]),
    ),
  }
}
