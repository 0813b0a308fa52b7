import type { FoundRow, ReadSession, RowKey } from '../connectors/public.ts'
import { normaliseIdentifier } from '../subjects/public.ts'
import { identifierMatches, matchedField } from './find-in-system.ts'
import type { Identifier, PossibleMatch, RecordPlace, Sign, SystemHoldings } from './holdings.ts'
import type { MappedCollection, MappedSystem } from './mapped-system.ts'
import { fold } from './name-forms.ts'
import { needlesOf } from './needles.ts'
import { aliasesOf, identifiersIn, namesIn, type Person } from './person.ts'
import { recordName, samePlace } from './possible-match.ts'

export interface Searched {
  readonly system: MappedSystem
  readonly session: ReadSession
  readonly found: SystemHoldings
}

/** Somebody else's row that bears names or shared identifiers of the person. */
interface Bearer extends RecordPlace {
  readonly names: Set<string>
  /** As `kind value`. */
  readonly identifiers: Map<string, Sign>
  /** Whether its address is one of the person's with something behind a plus sign. */
  isAlias: boolean
  /** Whether it holds an identifier of its own, which is nobody else's. */
  readonly isIdentified: boolean
  readonly record: string | null
}

/** Who else bears what the person bears. */
export interface Bearers {
  /** Rows of other people that hold a shared identifier. */
  withIdentifier(identifier: Identifier): number
  /** Rows of other people of that name, in collections that identify people. */
  named(words: readonly string[]): number
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
  const bearers: Bearer[] = []
  for (const one of searched)
    for (const collection of one.system.collections)
      bearers.push(...(await bearersIn(one, collection, person)))
  const isRuledOut = (one: RecordPlace) => ruledOut.some((other) => samePlace(one, other))
  const ofBoth = bearers.filter(({ names, identifiers }) => names.size > 0 && identifiers.size > 0)
  const possible = bearers
    .filter(isPossible)
    .filter((one) => !isRuledOut(one))
    .map(({ system, collection, key, record, names, identifiers, isAlias }) => {
      const signs: readonly Sign[] = [
        ...(names.size > 0 ? (['name'] as const) : []),
        ...new Set(identifiers.values()),
        ...(isAlias ? (['alias'] as const) : []),
      ]
      return { system, collection, key, record, signs }
    })
  return {
    withIdentifier: ({ kind, value }) =>
      bearers.filter(({ identifiers }) => identifiers.has(`${kind} ${value}`)).length,
    named: (words) => bearers.filter(({ names }) => names.has(nameOf(words))).length,
    ofBoth: ofBoth.length,
    ruledOutOfBoth: ofBoth.filter(isRuledOut).length,
    possible,
  }
}

/** By its name and something in common, or nothing of its own; or by an address that its owner may have made of theirs. */
const isPossible = ({ names, identifiers, isIdentified, isAlias }: Bearer): boolean =>
  isAlias || (names.size > 0 && (identifiers.size > 0 || !isIdentified))

const nameOf = (words: readonly string[]): string => words.map(fold).toSorted().join(' ')

async function bearersIn(
  { system, session, found }: Searched,
  collection: MappedCollection,
  person: Person,
): Promise<Iterable<Bearer>> {
  const own = keysOf(found, collection.name)
  const bearers = new Map<RowKey, Bearer>()
  const names = new Set(person.names.map(nameOf))
  const note = (key: RowKey, cells: readonly (string | null)[]): Bearer => {
    const isIdentified = identifiersIn(system, collection, cells).some(({ unique }) => unique)
    const common = namesIn(collection, cells)
      .map(nameOf)
      .filter((name) => names.has(name)) // prettier-ignore
    const bearer = bearers.get(key) ?? {
      system: system.name,
      collection: collection.name,
      key,
      names: new Set(common),
      identifiers: new Map<string, Sign>(),
      isIdentified,
      isAlias: false,
      record: recordName(system.name, collection, key),
    }
    bearers.set(key, bearer)
    return bearer
  }
  // A phone written without its country is taken at its last nine digits, as the target matched it: a doubt is enough here.
  const isBorne = (identifier: Identifier, row: FoundRow) =>
    identifier.kind === 'phone' || matchedField(system, collection, row, [identifier]) !== undefined
  for (const identifier of person.shared) {
    const matches = identifierMatches(collection, [identifier])
    if (matches.length === 0) continue
    const rows = session.find({ collection: collection.name, matches, fields: collection.fields })
    for await (const row of rows)
      if (!own.has(row.key) && isBorne(identifier, row))
        note(row.key, row.cells).identifiers.set(`${identifier.kind} ${identifier.value}`, identifier.kind)
  }
  for await (const row of rowsWithAlias(session, system, collection, person))
    if (!own.has(row.key)) note(row.key, row.cells).isAlias = true
  const fields = namingFields(collection)
  if (fields.length === 0 || person.names.length === 0) return bearers.values()
  const needles = needlesOf(person.names.map((words) => ({ kind: 'name', value: words.join(' ') })))
  for await (const row of session.search({ collection: collection.name, fields, needles })) {
    if (own.has(row.key)) continue
    const cells = collection.fields.map((field) => row.cells[fields.indexOf(field)] ?? null)
    if (namesIn(collection, cells).some((name) => names.has(nameOf(name)))) note(row.key, cells)
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
  const fields = collection.identifiers.filter(({ kind }) => kind === 'email').map(({ field }) => field)
  if (fields.length === 0 || aliases.length === 0) return
  const plain = new Set(aliases.map(({ value }) => value))
  const keys: RowKey[] = []
  for await (const row of session.search({
    collection: collection.name,
    fields,
    needles: needlesOf(aliases),
  }))
    if (row.cells.some((cell) => cell !== null && isAliasOf(plain, cell, system.country))) keys.push(row.key)
  if (keys.length > 0) yield* session.find({ collection: collection.name, keys, fields: collection.fields })
}

function isAliasOf(plain: ReadonlySet<string>, cell: string, country: string | undefined): boolean {
  const email = normaliseIdentifier('email', cell, country)
  return email?.includes('+') === true && plain.has(email.replace(/\+[^@]*@/, '@'))
}

const keysOf = (found: SystemHoldings, collection: string): ReadonlySet<string> =>
  new Set(
    found.collections
      .find((one) => one.name === collection)
      ?.rows.filter((row) => row.role !== 'party')
      .map((row) => row.key),
  )

/** The fields that say who a row is, where they can say it at all. */
function namingFields(collection: MappedCollection): readonly string[] {
  const names = Object.entries(collection.map.fields).filter(([, { category }]) => category === 'person-name')
  if (names.length === 0 || !collection.identifiers.some(({ unique }) => unique)) return []
  return [...new Set([...names.map(([field]) => field), ...collection.identifiers.map(({ field }) => field)])]
}
