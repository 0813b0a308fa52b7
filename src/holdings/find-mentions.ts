import { type FoundRow, parseDocument, type ReadSession, type RowKey } from '../connectors/public.ts'
import type { Category } from '../inventory/public.ts'
import { type Bearers, findBearers, type Searched } from './bearers.ts'
import type {
  CollectionHoldings,
  Mention,
  NotFollowed,
  PossibleMatch,
  RecordPlace,
  SystemHoldings,
} from './holdings.ts'
import type { MappedCollection, MappedSystem } from './mapped-system.ts'
import { needlesOf } from './needles.ts'
import { aliasesOf, type Person } from './person.ts'
import { spansOf, type Term } from './spans.ts'

/** Categories whose cells name nobody; all others may name anybody, whosever row it is. */
const nameless: ReadonlySet<Category> = new Set([
  'none',
  'generic-id',
  'financial',
  'purchase',
  'country',
  'city',
  'postcode',
  'age',
  'gender',
  'birth-date',
  'secret',
]) // prettier-ignore

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
  const systems: SystemHoldings[] = []
  for (const { system, session, found } of searched)
    systems.push(await withMentions(session, system, found, terms))
  return { systems, terms, ambiguous, possible: bearers.possible, notFollowed }
}

/** Adds to what was found in a system the texts of other people that hold one of the terms. */
export async function withMentions(
  session: ReadSession,
  system: MappedSystem,
  found: SystemHoldings,
  terms: readonly Term[],
): Promise<SystemHoldings> {
  const collections: CollectionHoldings[] = []
  for (const held of found.collections) {
    const collection = system.collections.find((one) => one.name === held.name)
    const mentions = collection ? await mentionsIn(session, collection, held, terms) : []
    collections.push({ ...held, mentions })
  }
  return { ...found, collections }
}

/** What may be looked for in other people's texts. What others bear too may only where it stands beside another of these. */
function termsOf(
  person: Person,
  bearers: Bearers,
  notFollowed: NotFollowed[],
): { readonly terms: readonly Term[]; readonly ambiguous: Ambiguous } {
  const terms: Term[] = person.unique.filter(({ value }) => value.length >= 5)
  terms.push(...aliasesOf(person))
  const shared: Term[] = []
  const names: Term[] = []
  const sort = (term: Term, others: number, code: NotFollowed['code'], elsewhere: Term[]) => {
    if (others === 0) terms.push(term)
    else {
      elsewhere.push(term)
      notFollowed.push({ system: '*', collection: '*', code, params: { kind: term.kind }, rows: others })
    }
  }
  for (const identifier of person.shared)
    sort(identifier, bearers.withIdentifier(identifier), 'shared-identifier', shared)
  for (const words of person.names)
    sort({ kind: 'name', value: words.join(' ') }, bearers.named(words), 'ambiguous', names)
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
  return { ...found, collections }
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

/** The columns of fields that are paths, after them: by these a document that could not be taken apart is told. */
function withColumns({ description }: MappedCollection, fields: readonly string[]): readonly string[] {
  const columns = description.fields.flatMap(({ name, within }) =>
    within && fields.includes(name) ? [within.field] : [],
  )
  return [...fields, ...new Set(columns)]
}

/** Fields of other people's rows in which the person may stand. */
function mentionFields(collection: MappedCollection): readonly string[] {
  // Without a key a kept row cannot be told from somebody else's once its identifiers are gone: hands off.
  if (collection.description.key.length === 0 && (collection.map.keep ?? []).length > 0) return []
  const hasPaths = (column: string) =>
    collection.description.fields.some(({ within }) => within?.field === column)
  return collection.description.fields
    .filter(({ name, generated, kind }) => {
      const map = collection.map.fields[name]
      // Of a column whose documents are mapped path by path, the paths are looked at.
      if (hasPaths(name)) return false
      return map !== undefined && !generated && kind !== 'binary' && !nameless.has(map.category)
    })
    .map(({ name }) => name)
}

async function mentionsAmong(
  rows: AsyncIterable<FoundRow>,
  collection: MappedCollection,
  held: CollectionHoldings,
  terms: readonly Term[],
): Promise<readonly Mention[]> {
  const own = new Map(held.rows.map((row) => [row.key, row]))
  const mentions: Mention[] = []
  const fields = mentionFields(collection)
  const cells = withColumns(collection, fields)
  const columns = fields.map(
    (field) => collection.description.fields[collection.fields.indexOf(field)]?.within?.field,
  )
  // As an identifier an alias may be another account, of another person: that is a possible match, and no text.
  const strict = terms.filter(({ isAlias }) => !isAlias)
  const identifying = new Set(collection.identifiers.map(({ field }) => field))
  for await (const row of rows) {
    const unread = new Set<string>()
    const known = own.get(row.key)
    if (known?.role === 'owner') continue
    for (const [i, field] of fields.entries()) {
      const text = row.cells[i]
      if (text == null || known?.clears.includes(field)) continue
      if (spansOf(text, identifying.has(field) ? strict : terms).length === 0) continue
      const column = columns[i]
      const isUnread =
        column !== undefined && row.cells[cells.indexOf(column)] === text && parseDocument(text) === null
      if (!isUnread) mentions.push({ key: row.key, field, text })
      else if (!unread.has(column)) {
        unread.add(column)
        mentions.push({ key: row.key, field, text, isUnread })
      }
    }
  }
  return mentions
}
