import type { Cell, RowKey } from '../connectors/public.ts'
import type { IdentifierKind } from '../inventory/public.ts'
import type { OwnElements } from './elements.ts'

/** What is held of one subject, in every mapped system: the answer to "find". Cells are personal data: never logged. */

export interface Identifier {
  readonly kind: IdentifierKind
  /** Normalised, see subjects. */
  readonly value: string
}

/**
 * How a row was reached: by an identifier in one of its fields, through a link, or because it was known before; `keptBy`:
 * the rules by which an earlier erasure kept it; `elsewhere`: it was another one than this.
 */
export type Via =
  | { readonly by: 'identifier'; readonly field: string; readonly kind: IdentifierKind }
  | { readonly by: 'link'; readonly to: string; readonly on: Readonly<Record<string, string>> }
  | { readonly by: 'known'; readonly keptBy?: readonly string[]; readonly elsewhere?: true }

/**
 * `owner`: the row is this person's. `shared`: it is, and somebody else's too. `party`: it is somebody else's and
 * mentions this person in `clears`.
 */
export type Role = 'owner' | 'shared' | 'party'

export interface HeldRow {
  readonly key: RowKey
  /** In the order of the collection's `fields`. */
  readonly cells: readonly Cell[]
  readonly role: Role
  /** The fields that are this person's, where the row is not. */
  readonly clears: readonly string[]
  /** Of fields inside `[*]` among them: the elements that are. */
  readonly elements?: OwnElements
  readonly via: Via
}

export interface CollectionHoldings {
  readonly name: string
  readonly fields: readonly string[]
  readonly rows: readonly HeldRow[]
  /** Somebody else's rows whose text names this person; `cells` of those rows are not kept. */
  readonly mentions: readonly Mention[]
}

/** One text cell in somebody else's row that contains identifiers of this person. */
export interface Mention {
  readonly key: RowKey
  readonly field: string
  readonly text: string
  /** The text is a whole document that is no JSON: nothing can be taken out of it at its paths. */
  readonly isUnread?: true
  /** What stands inside that which identifies somebody else, and is left there: a possible match, and no mention. */
  readonly insideOthers?: readonly Sign[]
}

/** A way that was seen and not taken, and why. */
export interface NotFollowed {
  readonly system: string
  readonly collection: string
  readonly code: 'shared-identifier' | 'link-of-another' | 'unverified' | 'party' | 'no-link' | 'ambiguous'
  readonly params: Readonly<Record<string, string | number>>
  readonly rows: number
}

/** One row of one collection; `key` is personal data where the company made it so. */
export interface RecordPlace {
  readonly system: string
  readonly collection: string
  readonly key: RowKey
}

/** What a record has in common with the person, though none of it is theirs alone. */
export type Sign = Identifier['kind'] | 'name' | 'alias'

/**
 * A record that may be the person's and may be another's: it bears their full name, and either an identifier that others
 * share too, or nothing that tells it from them. Record linkage calls it a possible match, for a person to look at
 * (Fellegi and Sunter 1969). Taken for theirs it could be a stranger's (security.md §3, merge attack); left alone it
 * is no absence.
 */
export interface PossibleMatch extends RecordPlace {
  readonly signs: readonly Sign[]
  /** Its name for whoever decides; null where the collection has no key, and nobody can point at one row. */
  readonly record: string | null
}

export interface SystemHoldings {
  readonly name: string
  readonly collections: readonly CollectionHoldings[]
}

export interface UnreachableSystem {
  readonly name: string
  /** A Problem's code and params, e.g. `connectors.unreachable`. */
  readonly code: string
  readonly params: Readonly<Record<string, string | number>>
}

export interface Holdings {
  readonly systems: readonly SystemHoldings[]
  readonly unreachable: readonly UnreachableSystem[]
  /** Everything that names this person, unique ones first: what was asked for, and what the rows led to. */
  readonly identifiers: readonly Identifier[]
  /** Identifiers of this person that others share; they never widen an answer. */
  readonly sharedIdentifiers: readonly Identifier[]
  /** Records that may be this person's and may be another's. */
  readonly possible: readonly PossibleMatch[]
  readonly notFollowed: readonly NotFollowed[]
}

/** Where a passage over whole systems is, and after how many of how many collections. */
export type ReadProgress = (system: string, collection: string, done: number, total: number) => void
