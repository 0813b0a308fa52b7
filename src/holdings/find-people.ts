import { givingWay, type ReadSession } from '../connectors/public.ts'
import { isProblem, type Problem } from '../platform/problem.ts'
import { acrossTuples, refuseTooWide, untilNothingNew } from './find-holdings.ts'
import type { Seeds } from './find-in-system.ts'
import type { Identifier, SystemHoldings } from './holdings.ts'
import { inSteps, inTurn } from './in-steps.ts'
import { areUnique, collectionOf, type MappedSystem } from './mapped-system.ts'
import type { OpenSystems } from './open-systems.ts'
import { distinct, mergePersons, type Person, personIn } from './person.ts'
import { type AskedRows, askedRows } from './shared-identifier.ts'
import type { Term } from './spans.ts'
import { stayingRows } from './staying-rows.ts'
import { type Starts, type Whose, whoseRows } from './whose-rows.ts'

/** One of several people to look for: what was asked for, and what is known of their rows, by system. */
export interface PersonSought {
  readonly asked: readonly Identifier[]
  readonly known?: Readonly<Record<string, Seeds['rows']>>
}

export interface PersonFound {
  readonly person: Person
  /** Theirs in every system, as a search for them alone would have it. */
  readonly found: readonly SystemHoldings[]
  /** By system, what leads to the same rows again. */
  readonly seeds: Starts
}

export interface PeopleFound {
  /** In the order of those sought; the problem of whoever cannot be told from others. */
  readonly people: readonly (PersonFound | Problem)[]
  /** All of it together, by system. */
  readonly systems: readonly {
    readonly system: MappedSystem
    readonly session: ReadSession
    readonly found: SystemHoldings
  }[]
  readonly whose: Whose
}

/**
 * What is held of several people, by one search for all of them: as many statements as for one. What the rows lead to
 * is then told apart by whose they are. `terms`: what is known to name each of them and nobody else. `leads`: where an earlier
 * search for the same people ended, by system; this one begins there.
 */
export async function findPeople(
  systems: OpenSystems,
  sought: readonly PersonSought[],
  terms: readonly (readonly Term[])[] = [],
  leads: readonly Starts[] = [],
): Promise<PeopleFound> {
  const found = await findFrom(systems, sought, terms, leads)
  // What only an earlier search still led to is nobody's today.
  return leads.length === 0 || found.whose.isComplete ? found : findFrom(systems, sought, terms, [])
}

async function findFrom(
  { open, unreachable }: OpenSystems,
  sought: readonly PersonSought[],
  terms: readonly (readonly Term[])[],
  leads: readonly Starts[],
): Promise<PeopleFound> {
  const asked: (AskedRows | Problem)[] = []
  for (const one of sought) asked.push(await askedOrProblem(open, one.asked))
  const startsOf = ({ identifiers, rows }: AskedRows, { known }: PersonSought): Starts =>
    Object.fromEntries(
      open.map(({ system: { name } }) => [
        name,
        { identifiers, rows: [...(known?.[name] ?? []), ...(rows[name] ?? [])], across: [] },
      ]),
    )
  const starts = asked.map((one, i) => (isProblem(one) ? {} : startsOf(one, sought[i] ?? { asked: [] })))
  const identifiers = asked.flatMap((one) => (isProblem(one) ? [] : one.identifiers))
  const known = (system: string) => starts.flatMap((one) => one[system]?.rows ?? [])
  const results = await untilNothingNew(open, identifiers, known, terms.flat(), unreachable, {
    people: sought.length,
    leads,
  })
  const systems = results.map(({ system, session, found }) => ({ system, session, found: found.holdings }))
  const whose = await inSteps(whoseRows(systems, starts, terms), givingWay)
  const people = await inSteps(
    inTurn(asked, (one, i) =>
      isProblem(one) ? one : asPerson(systems, whose, one, sought[i]?.known ?? {}, i),
    ),
    givingWay,
  )
  return { people, systems, whose }
}

/** Asks the systems only about what others may share, which has to be looked up to be believed. */
const askedOrProblem = (open: OpenSystems['open'], asked: readonly Identifier[]) =>
  askedRows(open, asked).catch((error: unknown) => {
    if (isProblem(error) && error.exit !== 3) return error
    throw error
  })

function asPerson(
  systems: PeopleFound['systems'],
  whose: Whose,
  { identifiers, shared, rows }: AskedRows,
  known: NonNullable<PersonSought['known']>,
  place: number,
): PersonFound | Problem {
  const found = whose.holdings(place)
  const start = { unique: identifiers, shared, names: [] }
  const person = personOf(systems, found, start)
  try {
    refuseTooWide(person.unique)
  } catch (error) {
    if (isProblem(error)) return error
    throw error
  }
  // What somebody shares with the others names none of them, but goes when they all do, and what it leads to with it.
  const whenAllGo = whose.whenAllGo(place)
  const leads = distinct([...person.unique, ...personOf(systems, whenAllGo, start).unique])
  const others = systems.flatMap(({ system }) => {
    const holdings = whenAllGo.find(({ name }) => name === system.name)
    return holdings ? [{ system, found: { holdings, notFollowed: [] } }] : []
  })
  const seeds = Object.fromEntries(
    systems.map(({ system }) => [
      system.name,
      {
        identifiers: leads,
        rows: [...(known[system.name] ?? []), ...(rows[system.name] ?? []).filter(lastsIn(system))],
        staying: stayingRows(
          whenAllGo.find(({ name }) => name === system.name),
          system,
        ),
        across: acrossTuples(system, others),
      },
    ]),
  )
  return { person, found, seeds }
}

const personOf = (systems: PeopleFound['systems'], found: readonly SystemHoldings[], start: Person): Person =>
  mergePersons([
    start,
    ...systems.map(({ system }) =>
      personIn(system, found.find(({ name }) => name === system.name)?.collections ?? []),
    ),
  ])

/** Only keys that are nobody else's lead to the same row tomorrow. */
const lastsIn = (system: MappedSystem) => (row: Seeds['rows'][number]) => {
  const description = collectionOf(system, row.collection)?.description
  return description !== undefined && areUnique(description, description.key)
}
