import type { ReadSession } from '../connectors/public.ts'
import type { Context } from '../platform/context.ts'
import { tuplesOf } from './cells.ts'
import { type FoundInSystem, findInSystem, type Seeds } from './find-in-system.ts'
import { type Ambiguous, type FoundMentions, findMentions } from './find-mentions.ts'
import { rememberingFinds } from './finds.ts'
import type { Holdings, Identifier, SystemHoldings, UnreachableSystem } from './holdings.ts'
import { collectionOf, type MappedSystem } from './mapped-system.ts'
import { asUnreachable, openSystems } from './open-systems.ts'
import { distinct, leadsIn, mergePersons, type Person, personIn } from './person.ts'
import type { Rulings } from './possible-match.ts'
import { problem } from './problems.ts'
import { askedRows } from './shared-identifier.ts'
import type { Term } from './spans.ts'
import type { Starts } from './whose-rows.ts'

export interface FindInput {
  /** What the person or the staff member gave. */
  readonly asked: readonly Identifier[]
  /** Rows known from an earlier plan, by system. */
  readonly known?: Readonly<Record<string, Seeds['rows']>>
  /** What an earlier search for the same person had learnt: after an erasure the rows that told it are gone. */
  readonly learnt?: Person
  /** What somebody said who looked at possible matches. */
  readonly ruled?: Rulings
  /** Only these systems; default all that the map names. */
  readonly systems?: readonly string[]
  readonly onProgress?: (system: string, done: number, total: number) => void
}

/** A search with its sessions still open, for callers that go on reading (plan). */
export interface Search {
  readonly holdings: Holdings
  readonly person: Person
  /** What may be looked for in texts: no namesake's name, no phone that others share. */
  readonly terms: readonly Term[]
  readonly ambiguous: Ambiguous
  readonly systems: readonly SearchedSystem[]
}

export interface SearchedSystem {
  readonly system: MappedSystem
  readonly session: ReadSession
  readonly found: SystemHoldings
}

/** More unique identifiers of one kind than one person has: the map calls something unique that is not. */
const identifiersPerKind = 50
const rounds = 12

/**
 * Everything held of one person, across all mapped systems (design §4). Identifiers lead to rows, rows by links to rows,
 * and unique identifiers found there on to other systems. Disposing the search closes its sessions.
 */
export async function searchHoldings(ctx: Context, input: FindInput): Promise<Search & AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  const { open, unreachable } = stack.use(await openSystems(ctx, input))
  const asked = await askedRows(open, input.asked)
  const known = (name: string) => [...knownIn(input, name), ...(asked.rows[name] ?? [])]
  const before = mergePersons([
    { unique: asked.identifiers, shared: asked.shared, names: [] },
    ...(input.learnt ? [input.learnt] : []),
  ])
  const { results, person, mentions } = await untilSettled(open, before, known, input.ruled, unreachable)
  const holdings: Holdings = {
    systems: mentions.systems,
    unreachable,
    identifiers: person.unique,
    sharedIdentifiers: person.shared,
    possible: mentions.possible,
    notFollowed: [...results.flatMap(({ found }) => found.notFollowed), ...mentions.notFollowed],
  }
  const systems = results.flatMap(({ system, session }) => {
    const found = mentions.systems.find((one) => one.name === system.name)
    return found ? [{ system, session, found }] : []
  })
  const resources = stack.move()
  return {
    holdings,
    person,
    terms: mentions.terms,
    ambiguous: mentions.ambiguous,
    systems,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** The rows of a system that are the person's whatever identifiers they hold: known from before, or ruled to be. */
export const knownIn = ({ known, ruled }: FindInput, system: string): Seeds['rows'] => [
  ...(known?.[system] ?? []),
  ...(ruled?.same ?? [])
    .filter((one) => one.system === system)
    .map(({ collection, key }) => ({ collection, key })),
]

/** `searchHoldings` for callers that only want the answer. */
export async function findHoldings(ctx: Context, input: FindInput): Promise<Holdings> {
  await using search = await searchHoldings(ctx, input)
  return search.holdings
}

interface Opened {
  readonly system: MappedSystem
  readonly session: ReadSession
}

interface Result extends Opened {
  readonly found: FoundInSystem
}

interface Settled {
  readonly results: readonly Result[]
  readonly person: Person
  readonly mentions: FoundMentions
}

/**
 * Rows and what names the person depend on each other: a row that bears nothing but her name is nobody else's, and what
 * hangs on it is hers; whose a name is, only the rows can tell. Texts are searched again only where that moved something.
 */
async function untilSettled(
  open: readonly Opened[],
  before: Person,
  known: (system: string) => Seeds['rows'],
  ruled: Rulings | undefined,
  unreachable: UnreachableSystem[],
): Promise<Settled> {
  const look = (terms: readonly Term[]) => untilNothingNew(open, before.unique, known, terms, unreachable)
  const settle = async (results: readonly Result[]): Promise<Settled> => {
    const found = results.map(({ system, found: { holdings } }) => personIn(system, holdings.collections))
    const person = mergePersons([before, ...found])
    const searched = results.map((one) => ({ ...one, found: one.found.holdings }))
    return { results, person, mentions: await findMentions(searched, person, ruled?.other ?? []) }
  }
  let settled = await settle(await look([]))
  for (let round = 0; round < rounds && sharedIn(settled.results).length > 0; round += 1) {
    const results = await look(settled.mentions.terms)
    if (sharedIn(results).join() === sharedIn(settled.results).join()) break
    settled = await settle(results)
  }
  return settled
}

const sharedIn = (results: readonly Result[]): readonly string[] =>
  results.flatMap(({ system, found }) =>
    found.holdings.collections.flatMap(({ name, rows }) =>
      rows.filter(({ role }) => role === 'shared').map(({ key }) => JSON.stringify([system.name, name, key])),
    ),
  )

/** A search for several people. */
interface OfMany {
  readonly people: number
  /** Where an earlier search for each of them ended, by system: the first round begins there. */
  readonly leads: readonly Starts[]
}

/** Searches every system until no round brings news. Throws `holdings.too-wide` where people cannot have so many identifiers. */
export async function untilNothingNew(
  open: readonly Opened[],
  asked: readonly Identifier[],
  known: (system: string) => Seeds['rows'],
  terms: readonly Term[],
  unreachable: UnreachableSystem[],
  many?: OfMany,
): Promise<readonly Result[]> {
  const results = new Map<string, Result & { readonly seeds: string }>()
  const finds = new Map(open.map(({ system, session }) => [system, rememberingFinds(session)]))
  let earlier = many?.leads ?? []
  for (let round = 0; round < rounds * open.length; round += 1) {
    const before = [...results.values()]
    const leads = distinct([
      ...asked,
      ...before.flatMap(({ system, found }) => leadsIn(system, found.holdings.collections)),
      ...earlier.flatMap((one) => Object.values(one).flatMap(({ identifiers }) => identifiers)),
    ])
    refuseTooWide(leads, many?.people)
    const due = open.flatMap((one) => {
      const { name } = one.system
      if (unreachable.some((other) => other.name === name)) return []
      const across = [
        ...acrossTuples(one.system, before),
        ...earlier.flatMap((lead) => lead[name]?.across ?? []),
      ]
      const seeds = seedsFor(one.system, leads, known(name), across)
      const fingerprint = JSON.stringify(seeds)
      return results.get(name)?.seeds === fingerprint ? [] : [{ ...one, seeds, fingerprint }]
    })
    earlier = []
    if (due.length === 0) break
    // Side by side, for each has a connection of its own; what one of them learns the others are told in the next round.
    const finding = await Promise.allSettled(
      due.map(({ session, system, seeds }) => {
        const find = finds.get(system)
        return findInSystem(session, system, seeds, terms, {
          isTold: many === undefined,
          ...(find && { find }),
        })
      }),
    )
    for (const [i, { system, session, fingerprint }] of due.entries()) {
      const found = finding[i]
      if (found?.status === 'fulfilled')
        results.set(system.name, { system, session, seeds: fingerprint, found: found.value })
      else {
        unreachable.push(asUnreachable(system.name, found?.reason))
        results.delete(system.name)
      }
    }
  }
  return open.flatMap(({ system }) => results.get(system.name) ?? [])
}

export function refuseTooWide(unique: Person['unique'], people = 1): void {
  const counts = new Map<string, number>()
  for (const { kind } of unique) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const most = Math.max(0, ...counts.values())
  if (most > identifiersPerKind * people) throw problem('holdings.too-wide', { count: most })
}

/** Only what this system can use, so that news from elsewhere does not make it search again. */
function seedsFor(
  system: MappedSystem,
  identifiers: readonly Identifier[],
  rows: Seeds['rows'],
  across: Seeds['across'],
): Seeds {
  const kinds = new Set(
    system.collections.flatMap((collection) => collection.identifiers.map(({ kind }) => kind)),
  )
  const usable = identifiers.filter(({ kind }) => kinds.has(kind))
  return {
    identifiers: inOrder(usable, ({ kind, value }) => `${kind} ${value}`),
    rows,
    across: [...Map.groupBy(across, (one) => JSON.stringify([one.collection, one.link])).values()].flatMap(
      ([first, ...others]) =>
        first
          ? [{ ...first, values: distinctTuples([first, ...others].flatMap(({ values }) => values)) }]
          : [],
    ),
  }
}

/** In whatever order they were met: the same seeds are told by their text. */
const inOrder = <One>(list: readonly One[], labelOf: (one: One) => string): readonly One[] =>
  list.toSorted((a, b) => (labelOf(a) < labelOf(b) ? -1 : 1))

const distinctTuples = (tuples: readonly (readonly string[])[]): readonly (readonly string[])[] => [
  ...new Map(
    inOrder(
      tuples.map((tuple) => [JSON.stringify(tuple), tuple] as const),
      ([label]) => label,
    ),
  ).values(),
]

/** Links of this system that point at another one, with what the person's rows hold there. */
export function acrossTuples(
  system: MappedSystem,
  others: readonly { readonly system: MappedSystem; readonly found: FoundInSystem }[],
): Seeds['across'] {
  return system.collections.flatMap((collection) =>
    collection.links.flatMap((link) => {
      const other = others.find((one) => one.system.name === link.system && link.system !== system.name)
      const target = other && collectionOf(other.system, link.collection)
      const rows = other?.found.holdings.collections.find((one) => one.name === link.collection)?.rows ?? []
      if (!target) return []
      const values = tuplesOf(
        target,
        rows.filter((row) => row.role === 'owner').map((row) => row.cells),
        link.toFields,
      )
      return values.length === 0 ? [] : [{ collection: collection.name, link, values }]
    }),
  )
}
