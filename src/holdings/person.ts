import type { Cell } from '../connectors/public.ts'
import { valuesOf } from './elements.ts'
import { isErasedCell } from './erased-cell.ts'
import type { CollectionHoldings, Identifier } from './holdings.ts'
import type { MappedCollection, MappedSystem } from './mapped-system.ts'
import { namesIn } from './names-in-row.ts'
import { normalised } from './normalised.ts'
import { fieldOf, ownCell } from './own-cell.ts'
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

/** Of what `personIn` says, what may lead on. */
export const leadsIn = (
  system: MappedSystem,
  holdings: readonly CollectionHoldings[],
): readonly Identifier[] =>
  system.collections.flatMap((collection) =>
    (holdings.find((one) => one.name === collection.name)?.rows ?? []).flatMap((row) =>
      row.role === 'owner' ? identifiersIn(system, collection, row.cells).filter(({ unique }) => unique) : [],
    ),
  )

/** The identifiers a row gives its owner; `unique` ones are nobody else's. */
export function identifiersIn(
  system: MappedSystem,
  collection: MappedCollection,
  cells: readonly Cell[],
): readonly IdentifierInRow[] {
  const known = identifiersOfRows.get(cells)
  if (known?.collection === collection) return known.identifiers
  const identifiers = readIdentifiers(system, collection, cells)
  identifiersOfRows.set(cells, { collection, identifiers })
  return identifiers
}

/** Whether a row gives its owner an identifier that is nobody else's. Asked of every row that bears somebody's name. */
export function isIdentified(
  system: MappedSystem,
  collection: MappedCollection,
  cells: readonly Cell[],
): boolean {
  const known = identifiersOfRows.get(cells)
  if (known?.collection === collection) return known.identifiers.some(({ unique }) => unique)
  return collection.identifiers.some(
    (one) => one.unique && readIdentifier(system, collection, cells, one).length > 0,
  )
}

interface IdentifierInRow extends Identifier {
  readonly unique: boolean
}

/** Who is looked for among many is asked for again and again of each row, as long as it is in hand. */
const identifiersOfRows = new WeakMap<
  readonly Cell[],
  { readonly collection: MappedCollection; readonly identifiers: readonly IdentifierInRow[] }
>()

function readIdentifiers(
  system: MappedSystem,
  collection: MappedCollection,
  cells: readonly Cell[],
): readonly IdentifierInRow[] {
  return collection.identifiers.flatMap((one) => readIdentifier(system, collection, cells, one))
}

function readIdentifier(
  system: MappedSystem,
  collection: MappedCollection,
  cells: readonly Cell[],
  { field, kind, unique }: MappedCollection['identifiers'][number],
): readonly IdentifierInRow[] {
  const cell = ownCell(collection, cells, field)
  return valuesOf(fieldOf(collection, field), cell).flatMap((one) => {
    const value = one === null ? null : normalised(system, kind, one)
    return value === null ? [] : [{ kind, value, unique }]
  })
}

/** Whether a row holds an identifier or a name of its owner's, other than those of the person whom terms name. */
export const namesSomebodyElse = (
  collection: MappedCollection,
  cells: readonly Cell[],
  termsIn: (text: string) => readonly Term[],
): boolean =>
  Object.entries(collection.map.fields).some(([field, { category, identifier }]) => {
    const speaks = identifier !== undefined || category === 'person-name'
    const cell = speaks ? ownCell(collection, cells, field) : null
    return cell !== null && !isErasedCell(collection, field, redact(cell, spansOf(cell, termsIn(cell)), null))
  })

/** The person's own addresses with anything behind a plus sign: found in a text, they are theirs. */
export const aliasesOf = ({ unique }: Person): readonly Term[] =>
  unique
    .filter(({ kind, value }) => kind === 'email' && !value.includes('+'))
    .map(({ kind, value }) => ({ kind, value, isAlias: true }))

/** Each identifier once, in the order in which they were met. */
export const distinct = (identifiers: readonly Identifier[]): readonly Identifier[] => [
  ...new Map(identifiers.map(({ kind, value }) => [`${kind} ${value}`, { kind, value }])).values(),
]

/** Several sights of one person as one. */
export function mergePersons(persons: readonly Person[]): Person {
  const unique = distinct(persons.flatMap((person) => person.unique))
  const known = new Set(unique.map((one) => `${one.kind} ${one.value}`))
  return {
    unique,
    shared: distinct(persons.flatMap((person) => person.shared)).filter(
      (one) => !known.has(`${one.kind} ${one.value}`),
    ),
    names: [
      ...new Map(persons.flatMap((person) => person.names).map((name) => [name.join(' '), name])).values(),
    ],
  }
}
