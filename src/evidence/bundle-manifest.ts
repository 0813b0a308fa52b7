import { z } from 'zod'
import { languages } from '../platform/texts.ts'
import { signNote } from './note.ts'

/** What stands in every bundle, by path. */
export const parts = {
  manifest: 'manifest.json',
  signature: 'manifest.note',
  key: 'log.key',
  checkpoint: 'checkpoint',
  verifier: 'verify.mjs',
} as const

export const pathsOf = {
  leaf: (index: number): string => `entries/${index}.json`,
  proof: (index: number): string => `entries/${index}.tlog-proof`,
  detail: (index: number): string => `entries/${index}.sealed`,
  checkpoint: (size: number): string => `checkpoints/${size}`,
  consistency: (size: number): string => `checkpoints/${size}.consistency`,
} as const

const count = z.int().min(0)
const hash = z.string().regex(/^[0-9a-f]{64}$/)
const path = z.string().regex(/^[A-Za-z0-9._/-]{1,200}$/)
const nodes = z.array(hash).max(64)

export const manifestSchema = z
  .strictObject({
    format: z.literal('dossier-evidence-bundle'),
    version: z.literal(1),
    createdAt: z.iso.datetime({ precision: 3 }),
    language: z.enum(languages).meta({ description: 'Of index.html and README.txt.' }),
    origin: z.string().meta({ description: 'The log’s name.' }),
    size: count.meta({ description: 'Entries in the log at the checkpoint that all proofs lead to.' }),
    request: z.uuid(),
    entries: z.array(
      z.strictObject({
        index: count.meta({ description: 'The entry’s place in the log.' }),
        id: z.uuid(),
        kind: z.string(),
        nodes: nodes.meta({
          description: 'The leaf’s hash, then the hash after each step of its proof; the last is the root.',
        }),
        detail: z.enum(['enclosed', 'not-enclosed', 'destroyed', 'none']),
      }),
    ),
    checkpoints: z
      .array(
        z.strictObject({
          size: count,
          nodes: nodes.meta({
            description:
              'The hash after each step of the consistency proof; the last is the root of the newest.',
          }),
        }),
      )
      .meta({ description: 'Earlier states of the log, each proven to be the beginning of the newest.' }),
    documents: z.array(z.strictObject({ path, mediaType: z.string() })),
    witnesses: z
      .array(z.string())
      .meta({ description: 'Keys of the log’s witnesses. Compare them with what they publish themselves.' }),
    files: z
      .array(z.strictObject({ path, bytes: count, sha256: hash }))
      .meta({ description: 'Every file but manifest.json and manifest.note.' }),
  })
  .meta({
    $id: 'urn:dossier:evidence-bundle:1',
    title: 'What an evidence bundle holds',
    description: 'manifest.json; its SHA-256 is signed in manifest.note (C2SP signed-note).',
  })

export type Manifest = z.infer<typeof manifestSchema>

/** In front of what is signed: it can never pass for a checkpoint, whose first line is the log's name. */
const purpose = 'dossier evidence bundle v1\n'

export const manifestText = (sha256: string): string => `${purpose}${sha256}\n`

export const signManifest = (sha256: string, key: Parameters<typeof signNote>[1]): string =>
  signNote(manifestText(sha256), key)
