import type { Cell, RowKey } from '../connectors/public.ts'
import type { IdentifierKind } from '../inventory/public.ts'

/** What is held of one subject, in every mapped system: the answer to "find". Cells are personal data: never logged. */

export interface Identifier {
  readonly kind: IdentifierKind
  /** Normalised, see subjects. */
  readonly value: string
}

/** How a row was reached: by an identifier in one of its fields, through a link, or because it was known before. */
export type Via =
  | { readonly by: 'identifier'; readonly field: string; readonly kind: IdentifierKind }
  | { readonly by: 'link'; readonly to: string; readonly on: Readonly<Record<string, string>> }
  | { readonly by: 'known' }

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
}

/** A way that was seen and not taken, and why. */
export interface NotFollowed {
  readonly system: string
  readonly collection: string
  readonly code: 'shared-identifier' | 'link-of-another' | 'unverified' | 'party' | 'no-link' | 'ambiguous'
  readonly params: Readonly<Record<string, string | number>>
  readonly rows: number
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
  readonly notFollowed: readonly NotFollowed[]
}
