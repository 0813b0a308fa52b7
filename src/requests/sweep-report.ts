import type { UnreachableSystem } from '../holdings/public.ts'
import type { GivenBack } from './give-back.ts'
import type { Request, SystemOutcome } from './request.ts'
import type { FoundPlace } from './sweep-found.ts'

/** What a sweep says: names, counts and states, no value of anybody's. */
export interface SweepReport {
  readonly sweep: string
  /** It went on where one that was cut off had stopped. */
  readonly resumed: boolean
  readonly tombstones: number
  readonly systems: readonly SweptSystem[]
  readonly found: readonly FoundAgain[]
  /** Rows met that stay with a ground. */
  readonly kept: number
  /** Rows that match a tombstone whose request nothing knows any more: they are read again until somebody settles it. */
  readonly unclaimed: number
  /** Only where Dossier's own database had been restored: what it was given back, and whether the doors are open. */
  readonly restored: (GivenBack & { readonly released: boolean }) | null
}

export interface SweptSystem {
  readonly name: string
  readonly state: 'swept' | 'unreachable'
  /** The engine shows that an older state of it was brought back since the last sweep. */
  readonly restored: boolean
  readonly collections: readonly SweptCollectionReport[]
  readonly problem: UnreachableSystem | null
}

export interface SweptCollectionReport {
  readonly name: string
  /** `unchanged`: since it was last read and nobody was in it. `read-before`: by this sweep, before it was cut off. */
  readonly state: 'read' | 'unchanged' | 'read-before'
  readonly rows: number
}

export interface FoundAgain {
  readonly request: string
  /**
   * `returned`: back, and to be erased under the old request. `fresh`: came again by themselves, left alone.
   * `contested`: both; a person decides. `pending`: the erasure is not done yet.
   */
  readonly verdict: 'returned' | 'fresh' | 'contested' | 'pending'
  readonly erasedAt: Date
  readonly places: readonly FoundPlace[]
  readonly plan: string | null
  /** How the old request stands now. */
  readonly state: Request['state']
  readonly systems: readonly Pick<SystemOutcome, 'name' | 'state'>[]
  /** Why it could not be planned or carried out, as a Problem's code and params. */
  readonly problem: {
    readonly code: string
    readonly params: Readonly<Record<string, string | number>>
  } | null
}

export const verdictOf = (places: readonly FoundPlace[]): FoundAgain['verdict'] => {
  const has = (state: FoundPlace['state']) => places.some((place) => place.state === state)
  if (has('returned')) return has('fresh') ? 'contested' : 'returned'
  return has('pending') ? 'pending' : 'fresh'
}
