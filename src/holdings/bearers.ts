import type { Cell, FoundRow, ReadSession, RowKey } from '../connectors/public.ts'
import {
  addressFields,
  asPossible,
  type Bearer,
  bearerOf,
  isBorne,
  isPossible,
  labelOf,
  labelOfName,
  nameOf,
  namingFields,
  plainAddress,
  readBearing,
} from './bearer.ts'
import { inEachCollection } from './each-collection.ts'
import { identifierMatches } from './find-in-system.ts'
import type { PossibleMatch, RecordPlace, SystemHoldings } from './holdings.ts'
import type { MappedCollection, MappedSystem } from './mapped-system.ts'
import { namesIn } from './names-in-row.ts'
import { needlesOf } from './needles.ts'
import { aliasesOf, type Person } from './person.ts'
import { samePlace } from './possible-match.ts'
import { inEach } from './side-by-side.ts'

export interface Searched {
  readonly system: MappedSystem
  readonly session: ReadSession
  readonly found: SystemHoldings
}

/** Who else bears what the person bears, by rows. */
export interface Bearers {
  /**
   * By `labelOf` rows of other people that hold a shared identifier; by `labelOfName` rows of other people of that name, in
   * collections that identify people.
   */
  readonly counts: ReadonlyMap<string, number>
  /** Rows of other people that bear both a name and a shared identifier; the second, those that were looked at. */
  readonly ofBoth: number
  readonly ruledOutOfBoth: number
  readonly possible: readonly PossibleMatch[]
}

/** Looks once through every collection for what the person has in common with others; `ruledOut` were looked at. */
export async function findBearers(
  searched: readonly Searched[],
  person: Person,
  ruledOut: readonly RecordPlace[],
): Promise<Bearers> {
  const tallies = await inEach(searched, async (one) => {
    const tally = noBearers()
    const bearers = await inEachCollection(one.system.collections, (collection) =>
      bearersIn(one, collection, person),
    )
    for (const some of bearers) for (const bearer of some) addBearer(tally, bearer, ruledOut)
    return tally
  })
  return tallies.reduce(addTally, noBearers())
}

/** Bearers while they are being counted. */
export interface Tally extends Bearers {
  readonly counts: Map<string, number>
  ofBoth: number
  ruledOutOfBoth: number
  readonly possible: PossibleMatch[]
}

export const noBearers = (): Tally => ({ counts: new Map(), ofBoth: 0, ruledOutOfBoth: 0, possible: [] })

/** Counts one row: of most of them a number is all that is kept. */
export function addBearer(tally: Tally, bearer: Bearer, ruledOut: readonly RecordPlace[]): void {
  const isRuledOut = ruledOut.some((other) => samePlace(bearer, other))
  for (const label of [...bearer.identifiers.keys(), ...[...bearer.names].map(labelOfName)])
    tally.counts.set(label, (tally.counts.get(label) ?? 0) + 1)
  if (bearer.names.size > 0 && bearer.identifiers.size > 0) {
    tally.ofBoth += 1
    if (isRuledOut) tally.ruledOutOfBoth += 1
  }
  if (isPossible(bearer) && !isRuledOut) tally.possible.push(asPossible(bearer))
}

function addTally(sum: Tally, one: Tally): Tally {
  for (const [label, count] of one.counts) sum.counts.set(label, (sum.counts.get(label) ?? 0) + count)
  sum.ofBoth += one.ofBoth
  sum.ruledOutOfBoth += one.ruledOutOfBoth
  sum.possible.push(...one.possible)
  return sum
}

async function bearersIn(
  { system, session, found }: Searched,
  collection: MappedCollection,
  person: Person,
): Promise<Iterable<Bearer>> {
  const own = keysOf(found, collection.name)
  const bearers = new Map<RowKey, Bearer>()
  const names = person.names.map(nameOf)
  const note = (key: RowKey, cells: readonly Cell[]): Bearer => {
    const bearer = bearers.get(key) ?? bearerOf(readBearing(system, collection, { key, cells }), names)
    bearers.set(key, bearer)
    return bearer
  }
  for (const identifier of person.shared) {
    const matches = identifierMatches(collection, [identifier])
    if (matches.length === 0) continue
    const rows = session.find({ collection: collection.name, matches, fields: collection.fields })
    for await (const row of rows)
      if (!own.has(row.key) && isBorne(system, collection, row, identifier))
        note(row.key, row.cells).identifiers.set(labelOf(identifier), identifier.kind)
  }
  for await (const row of rowsWithAlias(session, system, collection, person))
    if (!own.has(row.key)) note(row.key, row.cells).isAlias = true
  const fields = namingFields(collection)
  if (fields.length === 0 || person.names.length === 0) return bearers.values()
  const needles = needlesOf(person.names.map((words) => ({ kind: 'name', value: words.join(' ') })))
  for await (const row of session.search({ collection: collection.name, fields, needles })) {
    if (own.has(row.key)) continue
    const cells = collection.fields.map((field) => row.cells[fields.indexOf(field)] ?? null)
    if (namesIn(collection, cells).some((name) => names.includes(nameOf(name)))) note(row.key, cells)
  }
  return bearers.values()
}

/** Rows whose own address is one of the person's with something behind a plus sign. */
async function* rowsWithAlias(
  session: ReadSession,
  system: MappedSystem,
  collection: MappedCollection,
  person: Person,
): AsyncIterable<FoundRow> {
  const aliases = aliasesOf(person)
  const fields = addressFields(collection)
  if (fields.length === 0 || aliases.length === 0) return
  const plain = new Set(aliases.map(({ value }) => value))
  const keys: RowKey[] = []
  for await (const row of session.search({
    collection: collection.name,
    fields,
    needles: needlesOf(aliases),
  }))
    if (row.cells.some((cell) => cell !== null && plain.has(plainAddress(cell, system.country) ?? '')))
      keys.push(row.key)
  if (keys.length > 0) yield* session.find({ collection: collection.name, keys, fields: collection.fields })
}

const keysOf = (found: SystemHoldings, collection: string): ReadonlySet<string> =>
  new Set(
    found.collections
      .find((one) => one.name === collection)
      ?.rows.filter((row) => row.role !== 'party')
      .map((row) => row.key),
  )
