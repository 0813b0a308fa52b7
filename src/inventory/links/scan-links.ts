import type { LinkProposal } from './link-proposal.ts'
import type { IdentifierMatch } from './match-identifiers.ts'

/** What a scan found of links that no foreign key declares. */
export interface ScanLinks {
  /** Inside the system. */
  readonly within: readonly LinkProposal[]
  /** Fields that name the same people as a field elsewhere, in this system or in one scanned with it. */
  readonly matches: readonly IdentifierMatch[]
}
