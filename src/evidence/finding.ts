/** What a verification found wrong, and where. Its sentence is `finding-<code>` in the texts of this domain. */
export interface Finding {
  readonly code: FindingCode
  /** An entry's id, a leaf's index, a file's path, a document's name, or the size of a checkpoint. */
  readonly place: string
  /** In a bundle: the id of the entry that the file belongs to. */
  readonly entry?: string
  /** Of a proof that leads astray: 0 is where it starts, and each of its hashes is one step. */
  readonly step?: number
}

export const findingCodes = [
  'not-a-bundle',
  'another-key',
  'checkpoint-missing',
  'checkpoint-changed',
  'checkpoint-root',
  'behind-checkpoint',
  'entry-changed',
  'entry-missing',
  'entry-twice',
  'entry-outside-log',
  'detail-changed',
  'leaf-changed',
  'leaf-missing',
  'node-changed',
  'root-changed',
  'tile-changed',
  'tile-missing',
  'document-signature',
  'archive-changed',
  'manifest-changed',
  'file-changed',
  'file-missing',
  'file-unknown',
  'proof-changed',
  'proof-step',
  'consistency-changed',
  'consistency-step',
  'witness-missing',
  'witness-unreadable',
] as const
export type FindingCode = (typeof findingCodes)[number]
