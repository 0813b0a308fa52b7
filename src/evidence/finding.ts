/** What a verification found wrong, and where. Its sentence is `finding-<code>` in the texts of this domain. */
export interface Finding {
  readonly code: FindingCode
  /** An entry's id, a leaf's index, a file's path, a document's name, or the size of a checkpoint. */
  readonly place: string
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
  'document-changed',
  'document-signature',
] as const
export type FindingCode = (typeof findingCodes)[number]
