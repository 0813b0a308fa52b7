import { canonicalJson, type Json, sha256 } from '../platform/bytes.ts'
import type { Actor } from '../platform/context.ts'
import type { Facts } from './facts.ts'

/** A line of evidence, as it is read back. */
export interface Entry {
  readonly id: string
  /** Null: about no person in particular. */
  readonly subjectId: string | null
  readonly requestId: string | null
  /** `<domain>.<what happened>`, e.g. `requests.approved`. */
  readonly kind: string
  readonly actor: Actor
  readonly at: Date
  readonly facts: Facts
  /** SHA-256(nonce ‖ sealed detail): proves the detail while it is there, and gives nothing away once it is gone. */
  readonly commitment: Buffer
}

/** Stored instead of null, so that `subject_id` can be part of every key. */
export const nobody = '00000000-0000-0000-0000-000000000000'

/** What the log hashes, and all that a stranger needs to check a proof. */
export interface Leaf {
  readonly v: 1
  readonly id: string
  readonly subject: string | null
  readonly request: string | null
  readonly kind: string
  readonly actor: Actor
  readonly at: string
  readonly facts: Facts
  readonly commitment: string
}

export const asLeaf = (entry: Entry): Leaf => ({
  v: 1,
  id: entry.id,
  subject: entry.subjectId,
  request: entry.requestId,
  kind: entry.kind,
  actor: { kind: entry.actor.kind, id: entry.actor.id },
  at: entry.at.toISOString(),
  facts: entry.facts,
  commitment: entry.commitment.toString('hex'),
})

/** The same bytes from the same leaf, whoever writes them: canonical JSON. */
export const leafBytes = (leaf: Leaf): Buffer => Buffer.from(canonicalJson(leaf as unknown as Json))

export const commitTo = (nonce: Buffer, sealedDetail: Buffer | null): Buffer =>
  sealedDetail ? sha256(nonce, sealedDetail) : sha256(nonce)
