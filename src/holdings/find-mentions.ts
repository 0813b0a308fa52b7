import type { FoundRow, Match, Needle, ReadSession, RowKey } from '../connectors/public.ts'
import type { Category } from '../inventory/public.ts'
import type { CollectionHoldings, Identifier, Mention, NotFollowed, SystemHoldings } from './holdings.ts'
import type { MappedCollection, MappedSystem } from './mapped-system.ts'
import { namesIn, type Person } from './person.ts'
import { fold, spansOf, type Term } from './spans.ts'

interface Searched {
  readonly system: MappedSystem
  readonly session: ReadSession
  readonly found: SystemHoldings
}

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

/**
 * Somebody else's texts that name the person: their tickets, reviews, notes. What others share (a namesake's name, a
 * household's phone) is not looked for: it would redact what is said about them.
 */
export async function findMentions(
  searched: readonly Searched[],
  person: Person,
): Promise<{
  readonly systems: readonly SystemHoldings[]
  readonly terms: readonly Term[]
  readonly notFollowed: readonly NotFollowed[]
}> {
  const notFollowed: NotFollowed[] = []
  const terms = await termsOf(searched, person, notFollowed)
  const systems: SystemHoldings[] = []
  for (const { system, session, found } of searched)
    systems.push(await withMentions(session, system, found, terms))
  return { systems, terms, notFollowed }
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

/** What may be looked for in other people's texts. */
async function termsOf(
  searched: readonly Searched[],
  person: Person,
  notFollowed: NotFollowed[],
): Promise<readonly Term[]> {
  const terms: Term[] = person.unique.filter(({ value }) => value.length >= 5)
  for (const identifier of person.shared) {
    const others = await othersWith(searched, identifier)
    if (others === 0) terms.push(identifier)
    else
      notFollowed.push({
        system: '*',
        collection: '*',
        code: 'shared-identifier',
        params: { kind: identifier.kind },
        rows: others,
      })
  }
  for (const words of person.names) {
    const namesakes = await namesakesOf(searched, words)
    if (namesakes === 0) terms.push({ kind: 'name', value: words.join(' ') })
    else
      notFollowed.push({
        system: '*',
        collection: '*',
        code: 'ambiguous',
        params: { kind: 'name' },
        rows: namesakes,
      })
  }
  return terms
}

const keysOf = (found: SystemHoldings, collection: string): ReadonlySet<string> =>
  new Set(
    found.collections
      .find((one) => one.name === collection)
      ?.rows.filter((row) => row.role !== 'party')
      .map((row) => row.key),
  )

/** Rows of other people that hold the same shared identifier. */
async function othersWith(searched: readonly Searched[], identifier: Identifier): Promise<number> {
  let others = 0
  for (const { system, session, found } of searched)
    for (const collection of system.collections) {
      const fields = collection.identifiers.filter((one) => one.kind === identifier.kind)
      const digits = identifier.value.replace(/\D/g, '')
      const matches: Match[] = fields.map(({ field }) => ({
        fields: [field],
        fold: 'digits',
        values: [[digits]],
      }))
      if (matches.length === 0) continue
      const own = keysOf(found, collection.name)
      for await (const row of session.find({ collection: collection.name, matches, fields: [] }))
        if (!own.has(row.key)) others += 1
    }
  return others
}

/** Rows of other people of the same name, in collections that identify people. */
async function namesakesOf(searched: readonly Searched[], words: readonly string[]): Promise<number> {
  const wanted = words.map(fold).toSorted().join(' ')
  const needles = needlesOf([{ kind: 'name', value: words.join(' ') }])
  let namesakes = 0
  for (const { system, session, found } of searched)
    for (const collection of system.collections) {
      const nameFields = Object.entries(collection.map.fields).filter(
        ([, { category }]) => category === 'person-name',
      )
      if (!collection.identifiers.some(({ unique }) => unique) || nameFields.length === 0) continue
      const own = keysOf(found, collection.name)
      const fields = nameFields.map(([field]) => field)
      for await (const row of session.search({ collection: collection.name, fields, needles })) {
        if (own.has(row.key)) continue
        const cells = collection.fields.map((field) => row.cells[fields.indexOf(field)] ?? null)
        const names = namesIn(collection, cells).map((name) => name.map(fold).toSorted().join(' '))
        if (names.includes(wanted)) namesakes += 1
      }
    }
  return namesakes
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
      const rows = session.find({ collection: held.name, keys, fields })
      collections.push({ ...held, mentions: await mentionsAmong(rows, fields, held, terms) })
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
  const search = { collection: collection.name, fields, needles: needlesOf(terms) }
  return mentionsAmong(session.search(search), fields, held, terms)
}

/** Fields of other people's rows in which the person may stand. */
function mentionFields(collection: MappedCollection): readonly string[] {
  // Without a key a kept row cannot be told from somebody else's once its identifiers are gone: hands off.
  if (collection.description.key.length === 0 && (collection.map.keep ?? []).length > 0) return []
  return collection.description.fields
    .filter(({ name, generated, kind }) => {
      const map = collection.map.fields[name]
      return map !== undefined && !generated && kind !== 'binary' && !nameless.has(map.category)
    })
    .map(({ name }) => name)
}

async function mentionsAmong(
  rows: AsyncIterable<FoundRow>,
  fields: readonly string[],
  held: CollectionHoldings,
  terms: readonly Term[],
): Promise<readonly Mention[]> {
  const own = new Map(held.rows.map((row) => [row.key, row]))
  const mentions: Mention[] = []
  for await (const row of rows) {
    const known = own.get(row.key)
    if (known?.role === 'owner') continue
    for (const [i, field] of fields.entries()) {
      const text = row.cells[i]
      if (text == null || known?.clears.includes(field)) continue
      if (spansOf(text, terms).length > 0) mentions.push({ key: row.key, field, text })
    }
  }
  return mentions
}

/** Coarse forms for the target's own search; every hit is tested again here. */
function needlesOf(terms: readonly Term[]): readonly Needle[] {
  return terms.flatMap(({ kind, value }): readonly Needle[] => {
    if (kind === 'phone') return [{ fold: 'digits', text: value.replace(/\D/g, '').slice(-9) }]
    const digits = value.replace(/\D/g, '')
    if ((kind === 'bank-account' || kind === 'national-id') && digits.length >= 5)
      return [{ fold: 'digits', text: digits }]
    if (kind !== 'name') return [{ fold: 'lower', text: value.toLowerCase() }]
    const longest = value.split(' ').toSorted((a, b) => b.length - a.length)[0] ?? value
    const plain = longest.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
    const forms = new Set([longest.toLowerCase(), plain, fold(longest)])
    return [...forms].map((text) => ({ fold: 'lower', text }))
  })
}
