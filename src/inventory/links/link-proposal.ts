import type { CollectionDescription } from '../../connectors/public.ts'
import type { Sketch } from './sketch.ts'

/** Why a link is proposed: causes a face can put into a sentence (`link-<code>`). Never holds a value. */
export type LinkReason =
  /** The field is called like the other collection, or like its key. */
  | { readonly code: 'named'; readonly word: string }
  /** Another word for what the other collection holds: `kunde` for `customer`. */
  | { readonly code: 'synonym'; readonly word: string }
  | { readonly code: 'abbreviated'; readonly word: string }
  /** The part somebody plays: `author_id`, `created_by`. */
  | { readonly code: 'role'; readonly word: string }
  /** Another row of the same collection: `parent_id`. */
  | { readonly code: 'self'; readonly word: string }
  /** Share of the sampled values that are found at the other end; `least` is the lower end of its 95 % interval. */
  | { readonly code: 'found'; readonly share: number; readonly least: number }
  /** So many are found, and such values do not meet by chance. */
  | { readonly code: 'telling'; readonly values: number }
  /** Counted numbers meet by chance: only the names speak. */
  | { readonly code: 'counted' }
  | { readonly code: 'no-values' }

/** Fields of a collection that seem to name rows of another one, though no foreign key says so. */
export interface LinkProposal {
  readonly from: string
  readonly fields: readonly string[]
  readonly to: string
  /** In the order of `fields`. */
  readonly toFields: readonly string[]
  /** What convinced: the names, or values that names would not have told. */
  readonly source: 'name' | 'values'
  /** 0 to 1. */
  readonly confidence: number
  /** Named after its target and nothing else: `customer_id`, not `receiver_id`. */
  readonly plain: boolean
  readonly reason: readonly LinkReason[]
}

/** What links are inferred from: never more than a scan has read. */
export interface LinkFacts {
  readonly collections: readonly CollectionDescription[]
  /** By collection, then by `sketchName` of the fields; what was not read is absent. */
  readonly sketches: Sketches
}

export type Sketches = ReadonlyMap<string, ReadonlyMap<string, Sketch>>

/** One field by its own name; several as one name that no field has. */
export const sketchName = (fields: readonly string[]): string =>
  fields.length === 1 ? (fields[0] ?? '') : JSON.stringify(fields)
