import { findBearersOfMany } from './bearers-of-many.ts'
import { doubtsApart, type FoundMentions, findMentions, termsOf, withDoubts } from './find-mentions.ts'
import type { Mention, NotFollowed, ReadProgress, SystemHoldings } from './holdings.ts'
import { mentionFields, readMentions } from './mentions-in-row.ts'
import { needlesOf } from './needles.ts'
import { heldThere, type OnCollection, type OpenSystem, type SoughtPerson } from './sought-person.ts'
import type { Term } from './spans.ts'
import { streamedFields } from './streamed-fields.ts'
import { indexTerms } from './term-index.ts'

/**
 * What `findMentions` says of each of many people, in their order: each collection is read twice at most, once for who
 * bears their names and once for texts that name them, however many they are. Mentions come in the order of the rows.
 */
export async function findMentionsOfMany(
  open: readonly OpenSystem[],
  people: readonly SoughtPerson[],
  onRead?: ReadProgress,
): Promise<readonly FoundMentions[]> {
  const [only] = people
  if (only && people.length === 1)
    return [await findMentions(searchedFor(open, only), only.person, only.ruledOut)]
  const searched = open.filter(({ system }) =>
    people.some(({ found }) => found.some(({ name }) => name === system.name)),
  )
  const onCollection = countedOver(searched, onRead)
  const bearers = await findBearersOfMany(searched, people, onCollection)
  const known = people.map(({ person }, i) => {
    const notFollowed: NotFollowed[] = []
    const own = bearers[i]
    if (!own) throw new Error('nobody counted the bearers')
    return { ...termsOf(person, own, notFollowed), possible: own.possible, notFollowed }
  })
  const mentions = await mentionsOfMany(
    searched,
    people,
    known.map(({ terms }) => terms),
    onCollection,
  )
  return known.map((one, i) => {
    const apart = (people[i]?.found ?? []).map((found) => {
      const held = withMentions(found, i, mentions)
      const system = searched.find(({ system }) => system.name === found.name)?.system
      return system ? doubtsApart(system, held, people[i]?.ruledOut ?? []) : { found: held, doubts: [] }
    })
    return {
      ...one,
      systems: apart.map(({ found }) => found),
      possible: withDoubts(one.possible, apart),
    }
  })
}

/** Each collection is met twice. */
function countedOver(open: readonly OpenSystem[], onRead: ReadProgress | undefined): OnCollection {
  const total = 2 * open.reduce((sum, { system }) => sum + system.collections.length, 0)
  let done = 0
  return (system, collection) => onRead?.(system, collection, done++, total)
}

const searchedFor = (open: readonly OpenSystem[], { found }: SoughtPerson) =>
  found.map((one) => {
    const opened = open.find(({ system }) => system.name === one.name)
    if (!opened) throw new Error('a system that was searched is not open')
    return { ...opened, found: one }
  })

/** By system, collection and person. */
type Mentions = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<number, readonly Mention[]>>>

const withMentions = (found: SystemHoldings, person: number, mentions: Mentions): SystemHoldings => ({
  ...found,
  collections: found.collections.map((held) => {
    const own = mentions.get(found.name)?.get(held.name)?.get(person)
    return own === undefined ? held : { ...held, mentions: own }
  }),
})

/** One passage over every text in which somebody may be named. */
async function mentionsOfMany(
  open: readonly OpenSystem[],
  people: readonly SoughtPerson[],
  terms: readonly (readonly Term[])[],
  onCollection: OnCollection,
): Promise<Mentions> {
  const index = indexTerms(terms)
  const mentions = new Map<string, Map<string, Map<number, readonly Mention[]>>>()
  for (const one of open) {
    const held = heldThere(people, one.system.name)
    const ofSystem = new Map<string, Map<number, readonly Mention[]>>()
    mentions.set(one.system.name, ofSystem)
    for (const collection of one.system.collections) {
      onCollection(one.system.name, collection.name)
      const fields = mentionFields(collection)
      if (fields.length === 0 || terms.every((own) => own.length === 0)) continue
      const streamed = streamedFields(collection, fields)
      const wouldFind = streamed.tester(streamed.fields, (person: number) => needlesOf(terms[person] ?? []))
      const read = readMentions(collection)
      const rows = held.rowsOf(collection.name)
      const found = new Map<number, Mention[]>()
      ofSystem.set(collection.name, found)
      for await (const row of one.session.stream(collection.name, streamed.fields))
        for (const person of index.peopleIn(row.cells.slice(0, fields.length))) {
          const known = rows.of(row.key, person)
          if (!held.wasSearchedFor(person) || known?.role === 'owner' || !wouldFind(person, row)) continue
          const news = read(row, known, terms[person] ?? [])
          const earlier = found.get(person)
          if (earlier) earlier.push(...news)
          else if (news.length > 0) found.set(person, [...news])
        }
    }
  }
  return mentions
}
