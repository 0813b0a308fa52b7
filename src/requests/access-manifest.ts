import { z } from 'zod'
import { languages } from '../platform/texts.ts'
import type { AccessContents } from './access-contents.ts'
import { jsonTypeOf } from './access-values.ts'
import { signedDocumentSchema } from './signed-document-schema.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const rows = z.int().min(0)

const field = z.strictObject({
  name: z.string(),
  kind: z
    .string()
    .meta({ description: 'The kind of value: text, integer, decimal, boolean, date, timestamp …' }),
  type: z.string().meta({ description: 'The type as the system calls it.' }),
  json: z.enum(['number', 'boolean', 'string']).meta({
    description: 'How values stand in the JSON file. A value that would lose a digit stands as a string.',
  }),
  category: z
    .nullable(z.string())
    .meta({ description: 'What kind of data this is; null where nobody has said so yet.' }),
  identifier: z
    .nullable(z.string())
    .meta({ description: 'Which kind of identifier, where the field names the person.' }),
})

const collection = z.strictObject({
  system: z.string(),
  name: z.string(),
  json: z.string().meta({ description: 'Path of the JSON file. It is the faithful copy.' }),
  csv: z.string().meta({ description: 'Path of the CSV file, made safe for spreadsheets.' }),
  rows: z.strictObject({ owner: rows, shared: rows, party: rows }).meta({
    description: 'The person’s own rows, rows they share with others, and rows of others that mention them.',
  }),
  guardedCells: z
    .int()
    .min(0)
    .meta({ description: 'Cells of the CSV file that begin with an added apostrophe.' }),
  purposes: z.array(
    z.strictObject({
      name: z.string(),
      basis: z.string(),
      article: z.nullable(z.string()),
      description: z.nullable(z.string()),
      retention: z
        .nullable(
          z.strictObject({
            years: z.int().min(0).exactOptional(),
            months: z.int().min(0).exactOptional(),
            days: z.int().min(0).exactOptional(),
            from: z.string().exactOptional(),
            until: z.string().exactOptional(),
          }),
        )
        .meta({
          description: 'How long the purpose needs its data: a term and what it runs from, or its end.',
        }),
    }),
  ),
  keep: z.array(
    z.strictObject({
      rule: z.string(),
      ground: z.string(),
      article: z.string(),
      years: z.nullable(z.int().min(0)),
      from: z.nullable(z.string()),
      fields: z.array(z.string()),
      neededBy: z.nullable(z.string()),
    }),
  ),
  fields: z.array(field).meta({ description: 'In the order of the CSV file’s columns.' }),
})

const file = z.strictObject({ path: z.string(), sha256, bytes: z.int().min(0), rows: z.nullable(rows) })

const manifest = z
  .strictObject({
    format: z.literal('dossier-access-package'),
    version: z.literal(1),
    requestId: z.string(),
    createdAt: z.iso.datetime(),
    language: z.enum(languages),
    controllers: z.array(z.string()),
    articles: z.array(z.string()),
    conventions: z.strictObject({ json: z.string(), csv: z.string() }),
    files: z.array(file).meta({ description: 'Every file of the package but this one.' }),
    collections: z.array(collection),
    nothingFound: z.array(z.string()).meta({ description: 'Systems that were searched and hold nothing.' }),
    unreachable: z
      .array(z.strictObject({ system: z.string(), code: z.string() }))
      .meta({ description: 'Systems that could not be read: what they hold is missing here.' }),
    leftOut: z.array(
      z.strictObject({
        system: z.string(),
        collection: z.string(),
        field: z.string(),
        reason: z.enum(['secret', 'not-exported', 'of-another']),
        rows,
        why: z.nullable(z.string()),
      }),
    ),
    mentions: z
      .array(z.strictObject({ system: z.string(), collection: z.string(), field: z.string(), rows }))
      .meta({
        description: 'Texts in other people’s rows that name the person; they are not part of the copy.',
      }),
  })
  .meta({ title: 'Table of contents of an access package' })

/** `manifest.json` of an access package: its table of contents, signed. Version 1. */
export const signedManifestSchema = signedDocumentSchema(manifest).meta({
  $id: 'urn:dossier:access-package:1',
  title: 'Manifest of a Dossier access package',
})

export type Manifest = z.infer<typeof manifest>
export type PackageFile = z.infer<typeof file>

export interface ManifestInput {
  readonly contents: AccessContents
  readonly files: readonly PackageFile[]
  /** Cells of each CSV file, by path, that got an apostrophe. */
  readonly guardedCells: ReadonlyMap<string, number>
  readonly requestId: string
  readonly createdAt: Date
  readonly language: Manifest['language']
  readonly controllerNames: readonly string[]
}

const conventions = {
  json: 'UTF-8. A number has the digits the system holds; one that common readers would round is a string. Keys a row lacks are not this person’s data.',
  csv: 'RFC 4180, UTF-8 with byte order mark, CRLF. No value is an empty cell, an empty text is "". A cell that a spreadsheet could run as a formula has an apostrophe before it; the JSON file has not.',
}

/** The table of contents, to be signed. Pure. */
export function manifestOf(input: ManifestInput): Manifest {
  const { contents, requestId, language } = input
  return {
    format: 'dossier-access-package',
    version: 1,
    requestId,
    createdAt: input.createdAt.toISOString(),
    language,
    controllers: [...input.controllerNames],
    articles: ['GDPR 15', 'GDPR 20'],
    conventions,
    files: [...input.files],
    collections: contents.collections.map((one) => ({
      system: one.system,
      name: one.name,
      json: `${one.path}.json`,
      csv: `${one.path}.csv`,
      rows: {
        owner: one.rows.filter(({ role }) => role === 'owner').length,
        shared: one.rows.filter(({ role }) => role === 'shared').length,
        party: one.rows.filter(({ role }) => role === 'party').length,
      },
      guardedCells: input.guardedCells.get(`${one.path}.csv`) ?? 0,
      purposes: one.purposes.map(({ name, basis, article, description, retention }) => ({
        name,
        basis,
        article: article ?? null,
        description: description ?? null,
        retention: retention ? { ...retention } : null,
      })),
      keep: one.keep.map((keep) => ({ ...keep, fields: [...keep.fields] })),
      fields: one.fields.map((field) => ({ ...field, json: jsonTypeOf(field.kind) })),
    })),
    nothingFound: [...contents.nothingFound],
    unreachable: [...contents.unreachable],
    leftOut: [...contents.leftOut],
    mentions: [...contents.mentions],
  }
}
