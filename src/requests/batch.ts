import type { Plan } from '../holdings/public.ts'
import type { IdentityProof } from './request.ts'

/** Erasures of many people, planned, approved and carried out together. Each of them is a request of its own. */
export interface Batch {
  readonly id: string
  /** `finished`: every request of it has its result, be it complete or not. */
  readonly state: 'receiving' | 'received' | 'planning' | 'planned' | 'approved' | 'finished'
  readonly identityProof: IdentityProof
  /** `<kind>:<id>` of whoever handed it in: over a hundred people somebody else must approve. */
  readonly receivedBy: string
  readonly receivedAt: Date
  readonly planId: string | null
  readonly mapNumber: number | null
  readonly mapSha256: string | null
  readonly summary: BatchSummary | null
  readonly plannedAt: Date | null
  readonly approvedBy: string | null
  readonly approvedAt: Date | null
  readonly finishedAt: Date | null
}

/** What a batch's plan says, over all its people: counts and names of fields, no values. */
export interface BatchSummary extends Plan {
  readonly people: number
  /** Of whom nothing is held in any system that answered. */
  readonly nothingHeld: number
  /** Some of whose rows stay, with a ground. */
  readonly keeping: number
  /** With records that may be theirs and may be another's: theirs do not end complete before somebody rules on them. */
  readonly doubtful: number
  /** Who cannot be planned for, and why. */
  readonly refused: readonly RefusedMember[]
}

/** Somebody in a batch who has to be looked at by a person; `line` is where they stood in what was handed in. */
export interface RefusedMember {
  readonly line: number
  readonly code: string
  readonly params: Readonly<Record<string, string | number>>
}

export interface BatchMember {
  readonly subjectId: string
  readonly requestId: string
  readonly line: number
}

/** How far a batch has come. */
export interface BatchProgress {
  readonly people: number
  readonly planned: number
  readonly refused: number
  readonly approved: number
  readonly completed: number
  readonly incomplete: number
}
