import { type Cell, type FieldDescription, readPath, writePath } from '../connectors/public.ts'
import { normaliseIdentifier } from '../subjects/public.ts'
import { valuesOf } from './elements.ts'
import { isErasedCell } from './erased-cell.ts'
import type { CollectionHoldings, Identifier } from './holdings.ts'
import type { MappedCollection, MappedSystem } from './mapped-system.ts'
import { fold } from './name-forms.ts'
import { redact, spansOf, type Term } from './spans.ts'

/** All that names one person, read off the rows that are theirs alone. */
export interface Person {
  /** One value, one person: may lead on to other rows and systems. */
  readonly unique: readonly Identifier[]
  /** Others may have them too (a household's phone): they never widen an answer. */
  readonly shared: readonly Identifier[]
  /** Full names, as the words their cells hold. */
  readonly names: readonly (readonly string[])[]
}

/** Reads identifiers and names off the rows found in one system. A party's fields say nothing about the owner. */
export function personIn(system: MappedSystem, holdings: readonly CollectionHoldings[]): Person {
  const unique = new Map<string, Identifier>()
  const shared = new Map<string, Identifier>()
  const names = new Map<string, readonly string[]>()
  for (const collection of system.collections) {
    const rows = holdings.find((one) => one.name === collection.name)?.rows ?? []
    for (const row of rows) {
      if (row.role !== 'owner') continue
      for (const found of identifiersIn(system, collection, row.cells))
        (found.unique ? unique : shared).set(`${found.kind} ${found.value}`, found)
      // A row names its owner only where it identifies somebody: a ticket's message names whoever wrote it.
      if (identifiersIn(system, collection, row.cells).length === 0) continue
      for (const name of namesIn(collection, row.cells)) names.set(name.join(' '), name)
    }
  }
  const plain = (map: Map<string, Identifier>) =>
    [...map.values()].map(({ kind, value }) => ({ kind, value }))
  return { unique: plain(unique), shared: plain(shared), names: [...names.values()] }
}

/** The identifiers a row gives its owner; `unique` ones are nobody else's. */
export function identifiersIn(system: MappedSystem, collection: MappedCollection, cells: readonly Cell[]) {
  return collection.identifiers.flatMap(({ field, kind, unique }) => {
    const cell = ownCell(collection, cells, field)
    return valuesOf(fieldOf(collection, field), cell).flatMap((one) => {
      const value = one === null ? null : normaliseIdentifier(kind, one, system.country)
      return value === null ? [] : [{ kind, value, unique }]
    })
  })
}

const fieldOf = ({ description, fields }: MappedCollection, field: string) =>
  description.fields[fields.indexOf(field)]

/**
 * The full names a row gives its owner, as words: "Luís", "Gonçalves" of two fields, or of one. A cell inside another
 * adds nothing; cells that share a word are spellings of one name; the rest are parts of it. What stands in a document
 * is part of no name outside its object: a nickname among preferences is none of the columns' business.
 */
export function namesIn(
  collection: MappedCollection,
  cells: readonly Cell[],
): readonly (readonly string[])[] {
  const parts = Object.entries(collection.map.fields).flatMap(([field, { category }]) => {
    const cell = category === 'person-name' ? ownCell(collection, cells, field) : null
    const description = fieldOf(collection, field)
    const isList = cell !== null && valuesOf(description, cell)[0] !== cell
    // Names in a list are those of several people, or of the owner's children.
    if (cell === null || isList) return []
    return [{ object: objectOf(description), words: cell.split(/\s+/).filter((word) => word !== '') }]
  })
  const names = [...Map.groupBy(parts, ({ object }) => object).values()].flatMap((ofObject) =>
    namesOf(ofObject.map(({ words }) => words)),
  )
  return [...new Map(names.map((name) => [name.join(' '), name])).values()]
}

/** What holds the members beside a field: an object in a column's documents, or the row. */
function objectOf(description: FieldDescription | undefined): string {
  const within = description?.within
  const path = within ? readPath(within.path) : null
  return within && path ? `${within.field}.${writePath(path.slice(0, -1))}` : ''
}

function namesOf(parts: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const folded = (words: readonly string[]) => new Set(words.map(fold))
  const whole = parts.filter(
    (part, i) =>
      !parts.some(
        (other, j) =>
          i !== j && folded(part).isSubsetOf(folded(other)) && (part.length < other.length || j < i),
      ),
  )
  const areSpellings = whole.some((part, i) =>
    whole.some((other, j) => i < j && !folded(part).isDisjointFrom(folded(other))),
  )
  return (areSpellings ? whole : [whole.flat()]).filter((name) => name.length > 1)
}

/** Whether a row holds an identifier or a name of its owner's, other than those of the person that `terms` are. */
export const namesSomebodyElse = (
  collection: MappedCollection,
  cells: readonly Cell[],
  terms: readonly Term[],
): boolean =>
  Object.entries(collection.map.fields).some(([field, { category, identifier }]) => {
    const speaks = identifier !== undefined || category === 'person-name'
    const cell = speaks ? ownCell(collection, cells, field) : null
    return cell !== null && !isErasedCell(collection, field, redact(cell, spansOf(cell, terms), null))
  })

/** What a field says of the row's owner: not a party's, not the filler of an earlier erasure. */
function ownCell(collection: MappedCollection, cells: readonly Cell[], field: string): Cell {
  const cell = cells[collection.fields.indexOf(field)] ?? null
  if (!collection.map.fields[field] || collection.partyFields.has(field)) return null
  return isErasedCell(collection, field, cell) ? null : cell
}

/** The person's own addresses with anything behind a plus sign: found in a text, they are theirs. */
export const aliasesOf = ({ unique }: Person): readonly Term[] =>
  unique
    .filter(({ kind, value }) => kind === 'email' && !value.includes('+'))
    .map(({ kind, value }) => ({ kind, value, isAlias: true }))

export function mergePersons(persons: readonly Person[]): Person {
  const distinct = (lists: readonly (readonly Identifier[])[]) => [
    ...new Map(lists.flat().map((one) => [`${one.kind} ${one.value}`, one])).values(),
  ]
  const unique = distinct(persons.map((person) => person.unique))
  const known = new Set(unique.map((one) => `${one.kind} ${one.value}`))
  return {
    unique,
    shared: distinct(persons.map((person) => person.shared)).filter(
      (one) => !known.has(`${one.kind} ${one.value}`),
    ),
    names: [
      ...new Map(persons.flatMap((person) => person.names).map((name) => [name.join(' '), name])).values(),
    ],
  }
}
