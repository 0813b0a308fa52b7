export type { ToldEntry } from './bundle-entries.ts'
export {
  type BundleInput,
  bundleEvidence,
  type EnclosedDocument,
  type EvidenceBundle,
  type ToldEvidence,
} from './bundle-evidence.ts'
export { destroyDetails } from './destroy-details.ts'
export { entriesOf, entriesOfKind, entryIdsOfEach } from './entries-of.ts'
export type { Entry } from './entry.ts'
export type { Facts } from './facts.ts'
export type { Finding, FindingCode } from './finding.ts'
export { type NewEntry, recordEvidence, recordEvidenceOfMany } from './record-evidence.ts'
export { relayEntries } from './relay-entries.ts'
export { confirmSweep, replayLog, shutDoors } from './replay-log.ts'
export { type RestoreState, restoreState } from './restore-state.ts'
export { sealedDetailOf } from './sealed-detail-of.ts'
export { sequence } from './sequence.ts'
export { showCheckpoint } from './show-checkpoint.ts'
export {
  type DocumentVerdict,
  publicKey,
  type SignedDocument,
  signDocument,
  verifyDocument,
} from './signed-document.ts'
export { type ReadZip, readStoredZip, writeStoredZip } from './stored-zip.ts'
export { type BundleReport, type Trust, verifyBundle } from './verify-bundle.ts'
export { type LogReport, verifyLog } from './verify-log.ts'
export { isGrave, type WitnessState, witnessStates } from './witness.ts'
