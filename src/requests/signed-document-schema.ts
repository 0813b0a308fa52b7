import { z } from 'zod'

/** The published shape of a document that evidence signed: `dossier evidence verify` and other tools take it as it is. */
export const signedDocumentSchema = <Document extends z.ZodType>(document: Document) =>
  z.strictObject({
    document,
    signature: z
      .strictObject({
        algorithm: z.literal('Ed25519'),
        publicKey: z.string().meta({ description: '32 bytes, base64.' }),
        value: z.string().meta({ description: '64 bytes, base64.' }),
      })
      .meta({
        description:
          'RFC 8032, over the line "dossier signed document v1", a newline, and the document as canonical JSON (RFC 8785).',
      }),
  })

/** The JSON Schema (draft 2020-12) to publish under docs/, as a file's text. */
export function publishedSchema(schema: z.ZodType): string {
  const published = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    // A format says it; the pattern beside it is 200 characters of leap years.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern
    },
  })
  return `${JSON.stringify(published, null, 2)}\n`
}
