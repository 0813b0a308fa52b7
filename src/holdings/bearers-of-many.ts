import { type FoundRow, foldText, type RowKey } from '../connectors/public.ts'
import {
  addressFields,
  type Bearer,
  type Bearing,
  bearerOf,
  isBorne,
  labelOf,
  nameOf,
  namingFields,
  plainAddress,
  readBearing,
} from './bearer.ts'
import { type BearerIndex, indexBearers } from './bearer-index.ts'
import { addBearer, type Bearers, noBearers, type Tally } from './bearers.ts'
import { valuesOf } from './elements.ts'
import { identifierMatches } from './find-in-system.ts'
import type { MappedCollection, MappedSystem } from './mapped-system.ts'
import { namesIn } from './names-in-row.ts'
import { needlesOf } from './needles.ts'
import { aliasesOf } from './person.ts'
import {
  type HeldThere,
  heldThere,
  type OnCollection,
  type OpenSystem,
  type SoughtPerson,
} from './sought-person.ts'
import { type StreamedFields, streamedFields } from './streamed-fields.ts'

/** `findBearers` for each of many people, in one passage over the fields that identify and name people. */
export async function findBearersOfMany(
  open: readonly OpenSystem[],
  people: readonly SoughtPerson[],
  onCollection: OnCollection,
): Promise<readonly Bearers[]> {
  const index = indexBearers(people.map(({ person }) => person))
  const tallies = new Map<number, Tally>()
  for (const { system, session } of open) {
    const held = heldThere(people, system.name)
    for (const collection of system.collections) {
      onCollection(system.name, collection.name)
      const reader = readerOf({ system, collection, people, index, held })
      if (reader === null) continue
      // A row may come twice where the collection changes meanwhile, and rows without a key may be alike.
      const counted = new Set<RowKey>()
      for await (const row of session.stream(collection.name, reader.fields)) {
        const bearers = reader.bearersIn(row)
        if (bearers.length === 0 || counted.has(row.key)) continue
        counted.add(row.key)
        for (const [person, bearer] of bearers) {
          const tally = tallies.get(person) ?? noBearers()
          tallies.set(person, tally)
          addBearer(tally, bearer, people[person]?.ruledOut ?? [])
        }
      }
    }
  }
  return people.map((_, person) => tallies.get(person) ?? noBearers())
}

interface Reading {
  readonly system: MappedSystem
  readonly collection: MappedCollection
  readonly people: readonly SoughtPerson[]
  readonly index: BearerIndex
  readonly held: HeldThere
}

interface Reader {
  readonly fields: readonly string[]
  readonly bearersIn: (row: FoundRow) => readonly (readonly [number, Bearer])[]
}

/** What a row has in common with one of the people. */
interface Common {
  readonly labels: Set<string>
  isAlias: boolean
}

type Note = (person: number) => Common

/** How one collection is read; null where no row of it can be a bearer. */
function readerOf(reading: Reading): Reader | null {
  const { system, collection, people, index, held } = reading
  const hasShared = collection.identifiers.some(({ kind }) => index.hasShared(kind))
  const addresses = index.hasAliases ? addressFields(collection) : []
  const naming = index.hasNames ? namingFields(collection) : []
  if (!hasShared && addresses.length === 0 && naming.length === 0) return null
  const streamed = streamedFields(collection, [
    ...collection.identifiers.map(({ field }) => field),
    ...Object.entries(collection.map.fields).flatMap(([field, { category }]) =>
      category === 'person-name' ? [field] : [],
    ),
  ])
  const rows = held.rowsOf(collection.name)
  const look = [lookForShared, lookForAliases, lookForNames].map((make) => make(reading, streamed))
  return {
    fields: streamed.fields,
    bearersIn(row) {
      const common = new Map<number, Common>()
      const note: Note = (person) => {
        const known = common.get(person) ?? { labels: new Set(), isAlias: false }
        common.set(person, known)
        return known
      }
      for (const one of look) one(row, note)
      if (common.size === 0) return []
      let bearing: Bearing | undefined
      return [...common].flatMap(([person, { labels, isAlias }]) => {
        const role = rows.of(row.key, person)?.role
        if (!held.wasSearchedFor(person) || (role !== undefined && role !== 'party')) return []
        bearing ??= readBearing(system, collection, streamed.whole(row))
        const bearer = bearerOf(bearing, index.namesOf(person))
        for (const identifier of people[person]?.person.shared ?? [])
          if (labels.has(labelOf(identifier))) bearer.identifiers.set(labelOf(identifier), identifier.kind)
        bearer.isAlias = isAlias
        return [[person, bearer]] as const
      })
    },
  }
}

/** Rows that the target would find by a shared identifier. */
function lookForShared({ system, collection, index }: Reading, { placeOf, whole }: StreamedFields) {
  const fields = collection.identifiers.flatMap((one) => {
    const [match] = identifierMatches({ ...collection, identifiers: [one] }, [{ kind: one.kind, value: '' }])
    if (!match || !index.hasShared(one.kind)) return []
    const description = collection.description.fields[collection.fields.indexOf(one.field)]
    const sharers = index.shared(one.kind, match.fold)
    return [{ place: placeOf(one.field), fold: match.fold, description, sharers }]
  })
  return (row: FoundRow, note: Note): void => {
    for (const { place, fold, description, sharers } of fields)
      for (const value of valuesOf(description, row.cells[place] ?? null))
        for (const [person, identifier] of (value === null ? null : sharers.get(foldText(fold, value))) ?? [])
          if (isBorne(system, collection, whole(row), identifier))
            note(person).labels.add(labelOf(identifier))
  }
}

/** Rows whose address is somebody's with something behind a plus sign. */
function lookForAliases({ system, collection, people, index }: Reading, { placeOf, tester }: StreamedFields) {
  const fields = index.hasAliases ? addressFields(collection) : []
  const places = fields.map(placeOf)
  const wouldFind = tester(fields, (person: number) =>
    needlesOf(aliasesOf(people[person]?.person ?? noPerson)),
  )
  return (row: FoundRow, note: Note): void => {
    for (const place of places) {
      const cell = row.cells[place]
      // Nearly every address is plain ASCII without a plus sign, and needs no normal form to say so.
      if (cell == null || /^[\x21-\x2a\x2c-\x7e]*$/.test(cell)) continue
      for (const person of index.withAddress(plainAddress(cell, system.country) ?? ''))
        if (wouldFind(person, row)) note(person).isAlias = true
    }
  }
}

const noPerson = { unique: [], shared: [], names: [] }

/** Rows that bear somebody's full name, where a row can say who it is. */
function lookForNames({ collection, index }: Reading, { placeOf, whole, tester }: StreamedFields) {
  const fields = index.hasNames ? namingFields(collection) : []
  const places = fields
    .filter((field) => collection.map.fields[field]?.category === 'person-name')
    .map(placeOf)
  const wouldFind = tester(fields, (written: readonly (readonly string[])[]) =>
    needlesOf(written.map((words) => ({ kind: 'name', value: words.join(' ') }))),
  )
  return (row: FoundRow, note: Note): void => {
    if (places.length === 0 || !index.mayBeNamed(places.flatMap((place) => row.cells[place] ?? []))) return
    const names = new Set(namesIn(collection, whole(row).cells).map(nameOf))
    for (const group of new Set([...names].flatMap(index.named)))
      if (wouldFind(group.written, row)) for (const person of group.people) note(person)
  }
}
