import type { FoundRow, RowKey } from '../connectors/public.ts'
import { normaliseIdentifier } from '../subjects/public.ts'
import { matchedField } from './find-in-system.ts'
import type { Identifier, PossibleMatch, RecordPlace, Sign } from './holdings.ts'
import type { MappedCollection, MappedSystem } from './mapped-system.ts'
import { fold } from './name-forms.ts'
import { namesIn } from './names-in-row.ts'
import { isIdentified } from './person.ts'
import { recordName } from './possible-match.ts'

/** What a row says of whoever it is, whomever one looks for. */
export interface Bearing extends RecordPlace {
  /** As `nameOf` writes them. */
  readonly names: readonly string[]
  /** Whether it holds an identifier of its own, which is nobody else's. */
  readonly isIdentified: boolean
  readonly record: string | null
}

/** Somebody else's row that bears names or shared identifiers of the person. */
export interface Bearer extends RecordPlace {
  readonly names: ReadonlySet<string>
  /** As `labelOf` writes them. */
  readonly identifiers: Map<string, Sign>
  /** Whether its address is one of the person's with something behind a plus sign. */
  isAlias: boolean
  readonly isIdentified: boolean
  readonly record: string | null
}

export function readBearing(
  system: MappedSystem,
  collection: MappedCollection,
  { key, cells }: FoundRow,
): Bearing {
  return {
    system: system.name,
    collection: collection.name,
    key,
    names: namesIn(collection, cells).map(nameOf),
    isIdentified: isIdentified(system, collection, cells),
    record: recordName(system.name, collection, key),
  }
}

/** The row beside a person with these names, as `nameOf` writes them; what else the two have in common is for the caller to add. */
export const bearerOf = ({ names, ...row }: Bearing, own: readonly string[]): Bearer => ({
  ...row,
  names: new Set(names.filter((name) => own.includes(name))),
  identifiers: new Map(),
  isAlias: false,
})

/** By its name and something in common, or nothing of its own; or by an address that its owner may have made of theirs. */
export const isPossible = ({ names, identifiers, isIdentified, isAlias }: Bearer): boolean =>
  isAlias || (names.size > 0 && (identifiers.size > 0 || !isIdentified))

export function asPossible({ system, collection, key, record, ...bearer }: Bearer): PossibleMatch {
  const signs: readonly Sign[] = [
    ...(bearer.names.size > 0 ? (['name'] as const) : []),
    ...new Set(bearer.identifiers.values()),
    ...(bearer.isAlias ? (['alias'] as const) : []),
  ]
  return { system, collection, key, record, signs }
}

/** A full name in whatever order and spelling of its letters. */
export const nameOf = (words: readonly string[]): string => words.map(fold).toSorted().join(' ')

export const labelOf = ({ kind, value }: Identifier): string => `${kind} ${value}`

/**
 * Whether a row that the target found by a shared identifier holds it. A phone written without its country is taken at its
 * last nine digits, as the target matched it: a doubt is enough here.
 */
export const isBorne = (
  system: MappedSystem,
  collection: MappedCollection,
  row: { readonly key: RowKey; readonly cells: FoundRow['cells'] },
  identifier: Identifier,
): boolean => identifier.kind === 'phone' || matchedField(system, collection, row, [identifier]) !== undefined

/** Of a name as `nameOf` writes it; no kind of identifier is called a name. */
export const labelOfName = (name: string): string => `name ${name}`

export const addressFields = (collection: MappedCollection): readonly string[] =>
  collection.identifiers.filter(({ kind }) => kind === 'email').map(({ field }) => field)

/** An address without what stands behind its plus sign; null where there is none. */
export function plainAddress(cell: string, country: string | undefined): string | null {
  const email = normaliseIdentifier('email', cell, country)
  return email?.includes('+') === true ? email.replace(/\+[^@]*@/, '@') : null
}

/** The fields that say who a row is, where they can say it at all. */
export function namingFields(collection: MappedCollection): readonly string[] {
  const names = Object.entries(collection.map.fields).filter(([, { category }]) => category === 'person-name')
  if (names.length === 0 || !collection.identifiers.some(({ unique }) => unique)) return []
  return [...new Set([...names.map(([field]) => field), ...collection.identifiers.map(({ field }) => field)])]
}
