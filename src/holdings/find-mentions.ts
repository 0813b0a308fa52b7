import type { FoundRow, ReadSession, RowKey } from '../connectors/public.ts'
import { labelOf, labelOfName, nameOf } from './bearer.ts'
import { type Bearers, findBearers, type Searched } from './bearers.ts'
import { inEachCollection } from './each-collection.ts'
import type {
  CollectionHoldings,
  Mention,
  NotFollowed,
  PossibleMatch,
  RecordPlace,
  SystemHoldings,
} from './holdings.ts'
import { collectionOf, type MappedCollection, type MappedSystem } from './mapped-system.ts'
import { mentionFields, readMentions, withColumns } from './mentions-in-row.ts'
import { needlesOf } from './needles.ts'
import { aliasesOf, type Person } from './person.ts'
import { recordName, samePlace } from './possible-match.ts'
import { inEach } from './side-by-side.ts'
import type { Term } from './spans.ts'

/** Names that others bear too, and the shared identifiers beside which one of them still tells the person. */
export interface Ambiguous {
  readonly names: readonly Term[]
  /** None where somebody else bears both: then nothing tells the two apart. */
  readonly beside: readonly Term[]
}

export interface FoundMentions {
  readonly systems: readonly SystemHoldings[]
  readonly terms: readonly Term[]
  readonly ambiguous: Ambiguous
  readonly possible: readonly PossibleMatch[]
  readonly notFollowed: readonly NotFollowed[]
}

/**
 * Somebody else's texts that name the person: their tickets, reviews, notes. What others share (a namesake's name, a
 * household's phone) is not looked for: it would redact what is said about them.
 */
export async function findMentions(
  searched: readonly Searched[],
  person: Person,
  ruledOut: readonly RecordPlace[],
): Promise<FoundMentions> {
  const notFollowed: NotFollowed[] = []
  const bearers = await findBearers(searched, person, ruledOut)
  const { terms, ambiguous } = termsOf(person, bearers, notFollowed)
  const apart = await inEach(searched, async ({ system, session, found }) =>
    doubtsApart(system, await withAllMentions(session, system, found, terms), ruledOut),
  )
  return {
    systems: apart.map(({ found }) => found),
    terms,
    ambiguous,
    possible: withDoubts(bearers.possible, apart),
    notFollowed,
  }
}

interface Apart {
  readonly found: SystemHoldings
  /** Records whose identifiers hold a name or a number of the person's. */
  readonly doubts: readonly PossibleMatch[]
}

/** What stands inside somebody else's identifiers may be another address of the person's: for somebody to look at. */
export function doubtsApart(
  system: MappedSystem,
  found: SystemHoldings,
  ruledOut: readonly RecordPlace[],
): Apart {
  const doubts: PossibleMatch[] = []
  const collections = found.collections.map((held) => {
    const collection = collectionOf(system, held.name)
    const inside = Map.groupBy(
      held.mentions.filter(({ insideOthers }) => insideOthers !== undefined),
      ({ key }) => key,
    )
    if (collection === undefined || inside.size === 0) return held
    for (const [key, some] of inside) {
      const place = { system: system.name, collection: held.name, key }
      if (ruledOut.some((one) => samePlace(one, place))) continue
      const signs = [...new Set(some.flatMap(({ insideOthers = [] }) => insideOthers))]
      doubts.push({ ...place, record: recordName(system.name, collection, key), signs })
    }
    return { ...held, mentions: held.mentions.filter(({ insideOthers }) => insideOthers === undefined) }
  })
  return { found: { ...found, collections }, doubts }
}

/** A record that is in doubt already says more of why. */
export const withDoubts = (
  possible: readonly PossibleMatch[],
  apart: readonly Apart[],
): readonly PossibleMatch[] => [
  ...possible,
  ...apart.flatMap(({ doubts }) => doubts).filter((doubt) => !possible.some((one) => samePlace(one, doubt))),
]

/** Adds to what was found in a system the texts of other people that hold one of the terms. */
export const withMentions = async (
  session: ReadSession,
  system: MappedSystem,
  found: SystemHoldings,
  terms: readonly Term[],
): Promise<SystemHoldings> =>
  doubtsApart(system, await withAllMentions(session, system, found, terms), []).found

async function withAllMentions(
  session: ReadSession,
  system: MappedSystem,
  found: SystemHoldings,
  terms: readonly Term[],
): Promise<SystemHoldings> {
  const held = new Map(found.collections.map((one) => [one.name, one]))
  const collections = await inEachCollection(system.collections, async (collection) => {
    const own = held.get(collection.name)
    return own ? [{ ...own, mentions: await mentionsIn(session, collection, own, terms) }] : []
  })
  return { ...found, collections: collections.flat() }
}

/** What may be looked for in other people's texts. What others bear too may only where it stands beside another of these. */
export function termsOf(
  person: Person,
  bearers: Bearers,
  notFollowed: NotFollowed[],
): { readonly terms: readonly Term[]; readonly ambiguous: Ambiguous } {
  const terms: Term[] = person.unique.filter(({ value }) => value.length >= 5)
  terms.push(...aliasesOf(person))
  const shared: Term[] = []
  const names: Term[] = []
  const others = (label: string) => bearers.counts.get(label) ?? 0
  const sort = (term: Term, count: number, code: NotFollowed['code'], elsewhere: Term[]) => {
    if (count === 0) terms.push(term)
    else {
      elsewhere.push(term)
      notFollowed.push({ system: '*', collection: '*', code, params: { kind: term.kind }, rows: count })
    }
  }
  for (const identifier of person.shared)
    sort(identifier, others(labelOf(identifier)), 'shared-identifier', shared)
  for (const words of person.names)
    sort({ kind: 'name', value: words.join(' ') }, others(labelOfName(nameOf(words))), 'ambiguous', names)
  // While a record that bears both is in doubt its texts are as well, and are left alone like itself.
  if (shared.length > 0 && bearers.ofBoth === 0)
    terms.push(...names.map((name) => ({ ...name, beside: shared })))
  return { terms, ambiguous: { names, beside: bearers.ruledOutOfBoth > 0 ? [] : shared } }
}

/** Where a text of somebody else's names the person: in a plan, so that carrying it out does not search again. */
export interface MentionPlace {
  readonly collection: string
  readonly key: RowKey
}

/** The texts at known places, as they are now; where rows have no lasting name, that collection is searched again. */
export async function mentionsAt(
  session: ReadSession,
  system: MappedSystem,
  found: SystemHoldings,
  terms: readonly Term[],
  places: readonly MentionPlace[],
): Promise<SystemHoldings> {
  const collections: CollectionHoldings[] = []
  for (const held of found.collections) {
    const collection = system.collections.find((one) => one.name === held.name)
    const keys = [...new Set(places.filter((one) => one.collection === held.name).map((one) => one.key))]
    if (!collection || keys.length === 0) collections.push(held)
    else if (collection.description.key.length === 0)
      collections.push({ ...held, mentions: await mentionsIn(session, collection, held, terms) })
    else {
      const fields = mentionFields(collection)
      const rows = session.find({ collection: held.name, keys, fields: withColumns(collection, fields) })
      collections.push({ ...held, mentions: await mentionsAmong(rows, collection, held, terms) })
    }
  }
  return doubtsApart(system, { ...found, collections }, []).found
}

async function mentionsIn(
  session: ReadSession,
  collection: MappedCollection,
  held: CollectionHoldings,
  terms: readonly Term[],
): Promise<readonly Mention[]> {
  const fields = mentionFields(collection)
  if (fields.length === 0 || terms.length === 0) return []
  const needles = needlesOf(terms)
  const search = { collection: collection.name, fields: withColumns(collection, fields), needles }
  return mentionsAmong(session.search(search), collection, held, terms)
}

async function mentionsAmong(
  rows: AsyncIterable<FoundRow>,
  collection: MappedCollection,
  held: CollectionHoldings,
  terms: readonly Term[],
): Promise<readonly Mention[]> {
  const own = new Map(held.rows.map((row) => [row.key, row]))
  const read = readMentions(collection)
  const mentions: Mention[] = []
  for await (const row of rows) mentions.push(...read(row, own.get(row.key), terms))
  return mentions
}
