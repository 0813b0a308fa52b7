import type { Cell, CollectionDescription } from '../../connectors/public.ts'
import type { Category, IdentifierKind } from '../data-map.ts'
import type { Surroundings } from './context.ts'
import type { Mentions } from './mentions.ts'
import type { Shape } from './value-profile.ts'

/** What the classifier may know of a collection: never more than a scan has read. */
export interface CollectionFacts {
  /** As in `SystemDescription`, e.g. `PostgreSQL 18.4`. */
  readonly engine: string
  readonly description: CollectionDescription
  /** Sampled cells per field, in the description's order; null for a field that could not be read. */
  readonly samples: readonly (readonly Cell[] | null)[]
  /** Names of all collections of the system, this one included. */
  readonly collections: readonly string[]
}

/** Why a field is proposed as it is: causes a face can put into a sentence (`reason-<code>`). Never holds a value. */
export type Reason =
  | { readonly code: 'name'; readonly word: string }
  | { readonly code: 'comment'; readonly word: string }
  | { readonly code: 'values'; readonly shape: Shape; readonly share: number }
  | { readonly code: 'neighbours'; readonly words: string }
  /** What its collection is about speaks for it, or against it. */
  | { readonly code: 'context'; readonly surroundings: Surroundings }
  /** A key, or a reference to a row, among a person's data. */
  | { readonly code: 'key' }
  /** The name says one thing, the values another. */
  | { readonly code: 'contradicted'; readonly shape: Shape; readonly share: number }
  /** The field tells something about such data, but does not hold it (`email_verified`). */
  | { readonly code: 'about'; readonly word: string }
  /** Identifies somebody else than the row's owner (`receiver_email`), so it does not widen an answer. */
  | { readonly code: 'other-person'; readonly word: string }
  /** The same values stand beside different people. */
  | { readonly code: 'shared'; readonly share: number }
  /** Texts hold words of a special category (rulebook SC-03). */
  | { readonly code: 'special-words'; readonly category: Category; readonly share: number }
  | { readonly code: 'hashed'; readonly share: number }
  /** The whole of name, values and neighbours is that of such fields (the trained model). */
  | { readonly code: 'alike' }
  /** Holds JSON, of which paths are fields of their own. */
  | { readonly code: 'document'; readonly paths: number }
  /** More paths than are described one by one. */
  | { readonly code: 'document-cut'; readonly cut: number }
  /** Values that are no JSON among such that are. */
  | { readonly code: 'document-unread'; readonly unread: number; readonly values: number }
  /** No sampled value to judge by. */
  | { readonly code: 'no-values' }
  | { readonly code: 'nothing' }
  | { readonly code: 'unreadable' }

export interface FieldProposal {
  readonly field: string
  readonly category: Category
  /** Null where its values do not lead to a person by themselves. */
  readonly identifier: IdentifierKind | null
  /** Is one value one person? Null where neither a constraint nor the sample can tell. */
  readonly unique: boolean | null
  /** Art. 9 or 10 GDPR: by its category, or by words in its texts. */
  readonly special: boolean
  /** 0 to 1, of the category; 0 with reason `unreadable` where nothing could be read. */
  readonly confidence: number
  readonly reason: readonly Reason[]
  /** In texts: how often the sample speaks of whom and what; absent where it speaks of nothing. */
  readonly mentions?: Mentions
}
