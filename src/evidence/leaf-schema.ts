import { z } from 'zod'
import type { Entry, Leaf } from './entry.ts'

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))

/** A leaf as it is read back from a file or a bundle. */
export const leafSchema = z.strictObject({
  v: z.literal(1),
  id: z.uuid(),
  subject: z.uuid().nullable(),
  request: z.uuid().nullable(),
  kind: z.string(),
  actor: z.strictObject({ kind: z.enum(['operator', 'api-key', 'staff', 'system']), id: z.string() }),
  at: z.iso.datetime({ precision: 3 }),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  commitment: hex(32),
})

export const entryOf = (leaf: Leaf): Entry => ({
  id: leaf.id,
  subjectId: leaf.subject,
  requestId: leaf.request,
  kind: leaf.kind,
  actor: leaf.actor,
  at: new Date(leaf.at),
  facts: leaf.facts,
  commitment: Buffer.from(leaf.commitment, 'hex'),
})
