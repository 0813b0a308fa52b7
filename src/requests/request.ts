import type {
  Ambiguous,
  Kept,
  MentionPlace,
  Person,
  Plan,
  RecordPlace,
  Rulings,
  Seeds,
  SystemPlan,
  SystemState,
  Term,
  UnreachableSystem,
  Wanted,
} from '../holdings/public.ts'

/** How it was made sure that the person asking is the person asked about (Art. 12(6), IDV-01). The kind of proof, never the proof. */
export const identityProofs = [
  'operator-attested',
  'account-login',
  'code-to-contact-on-file',
  'known-in-person',
  'document-seen',
] as const
export type IdentityProof = (typeof identityProofs)[number]

export interface Request {
  readonly subjectId: string
  readonly id: string
  readonly kind: 'access' | 'erasure'
  readonly state: 'received' | 'planned' | 'approved' | 'completed' | 'incomplete'
  readonly receivedAt: Date
  readonly dueOn: string
  readonly extendedDueOn: string
  readonly calendar: string
  readonly identityProof: IdentityProof
  readonly asked: Buffer
  readonly approvedAt: Date | null
  readonly approvedBy: string | null
  readonly completedAt: Date | null
}

export interface StoredPlan {
  readonly subjectId: string
  readonly id: string
  readonly requestId: string
  readonly mapNumber: number
  readonly mapSha256: string
  readonly summary: Plan
  readonly seeds: Buffer
  readonly createdAt: Date
  readonly approvedAt: Date | null
}

/** Who a plan is about, as its execution and its verification need it. Sealed while stored. */
export interface PlanSeeds {
  readonly seeds: Readonly<Record<string, Seeds>>
  readonly terms: readonly Term[]
  readonly mentions: Readonly<Record<string, readonly MentionPlace[]>>
  readonly wanted: readonly Wanted[]
  readonly ambiguous: Ambiguous
  /** All that was learnt of the person; unique identifiers leave a tombstone. */
  readonly person: Person
  /** Records that may be the person's, and nobody has said whether. */
  readonly undecided: readonly RecordPlace[]
  readonly ruled: Rulings
}

export interface Step {
  readonly subjectId: string
  readonly requestId: string
  readonly system: string
  readonly planId: string
  /** `review`: nothing names the person any more; only the places of what was kept lead to it. */
  readonly purpose: 'erase' | 'review'
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  readonly epoch: number
  readonly leasedUntil: Date | null
  readonly fingerprint: string | null
  /** Written ahead: what the last attempt found before it wrote. */
  readonly found: SystemPlan | null
  readonly done: SystemPlan | null
  readonly notObeyed: readonly string[]
  readonly problem: UnreachableSystem | null
}

export const stages = ['at-once', '+1h', '+24h', '+30d', 'asked'] as const
export type Stage = (typeof stages)[number]

/** One system's part of the answer to a request. */
export interface SystemOutcome {
  readonly name: string
  /** `pending`: approved, and nothing was done or found out yet. */
  readonly state: SystemState | 'pending'
  readonly deleted: number
  readonly changed: number
  readonly collections: SystemPlan['collections']
  readonly kept: readonly (Kept & { readonly collection: string })[]
  readonly residue: readonly {
    readonly collection: string
    readonly field: string
    readonly kinds: readonly string[]
    readonly rows: number
    /** The record may be another's: somebody has to look at it. */
    readonly doubtful: boolean
  }[]
  /** Collections in which the target says, or is found, to have written less than it was told. */
  readonly notObeyed: readonly string[]
  /** Why it is not verified, as a Problem's code and params. */
  readonly problem: {
    readonly code: string
    readonly params: Readonly<Record<string, string | number>>
  } | null
}
