import type { RowKey } from '../../connectors/public.ts'
import type { Wanted, WantedKind } from './wanted.ts'

export interface Residue {
  readonly collection: string
  readonly field: string
  readonly kinds: readonly WantedKind[]
  readonly rows: number
  /** True where the record may be another's: a person has to look at it. */
  readonly doubtful: boolean
}

export interface ResidueReport {
  readonly residue: readonly Residue[]
  /** Traces found in rows and fields that are kept with a ground. */
  readonly keptTraces: number
  readonly searched: { readonly collections: number; readonly fields: number; readonly rows: number }
  /** What was not looked at, and why: unknown is a state with a name. */
  readonly notSearched: readonly NotSearched[]
}

export interface NotSearched {
  readonly collection: string
  readonly field: string | null
  readonly why: 'view' | 'binary' | 'unreadable'
}

/** Says whether a cell is one that stays with a ground. */
export type IsKept = (collection: string, key: RowKey, field: string, cell: string) => boolean

export interface ResidueSearch {
  readonly wanted: readonly Wanted[]
  /** Names that others bear too: alone they say nothing, beside one of the shared identifiers they do. */
  readonly ambiguous: { readonly names: readonly Wanted[]; readonly beside: readonly Wanted[] }
  readonly isKept: IsKept
  /** Paths in the documents of a column that stay with a ground, in that row. */
  readonly keptPaths?: (collection: string, key: RowKey, column: string) => readonly string[]
  /** Records that somebody looked at and found to be another person's. */
  readonly isAnothers: (collection: string, key: RowKey) => boolean
  /** Possible matches nobody ruled on: as long as they bear the name, nothing is absent. */
  readonly undecided: readonly { readonly collection: string; readonly key: RowKey }[]
}
