import { z } from 'zod'
import { instant, type Route, route } from '../platform/route.ts'
import { type Finding, findingCodes } from './finding.ts'
import { readStoredZip } from './stored-zip.ts'
import { type BundleReport, verifyBundle } from './verify-bundle.ts'
import { verifyLog } from './verify-log.ts'
import { witnessStates, witnessTroubles } from './witness.ts'

const count = z.int().nonnegative()

const findings = z
  .array(
    z.object({
      code: z.enum(findingCodes),
      place: z.string(),
      entry: z.string().exactOptional(),
      step: count.exactOptional(),
    }),
  )
  .readonly() satisfies z.ZodType<readonly Finding[]>

const logReport = z
  .object({
    ok: z.boolean(),
    origin: z.string(),
    size: count,
    checkpoint: z.nullable(count),
    details: z.object({ present: count, destroyed: count }),
    waiting: count,
    findings,
    more: count,
  })
  .meta({ id: 'LogReport' })

const bundleReport = z
  .object({
    ok: z.boolean(),
    origin: z.nullable(z.string()),
    size: z.nullable(count),
    request: z.nullable(z.string()),
    createdAt: z.nullable(z.string()),
    publicKey: z.nullable(z.string()),
    keyFrom: z.enum(['given', 'bundle']),
    entries: count,
    checkpoints: count,
    files: count,
    witnesses: z
      .array(z.object({ name: z.string(), at: z.string(), size: count, given: z.boolean() }))
      .readonly(),
    documents: z
      .array(z.object({ name: z.string(), sha256: z.string(), entry: z.nullable(z.string()) }))
      .readonly(),
    details: z.object({ enclosed: count, notEnclosed: count, destroyed: count }),
    findings,
  })
  .meta({ id: 'BundleReport' }) satisfies z.ZodType<BundleReport>

const checkLog = route({
  id: 'verifyEvidence',
  method: 'GET',
  url: '/api/evidence/verification',
  scope: 'evidence:read',
  summary: 'Compute the whole evidence log anew and say what differs',
  responses: { 200: logReport },
  handler: (ctx) => verifyLog(ctx),
})

const checkBundle = route({
  id: 'verifyBundle',
  method: 'POST',
  url: '/api/evidence/bundle-verification',
  scope: 'evidence:read',
  summary: 'Check an evidence bundle, as anybody can without this server',
  body: z.strictObject({
    bundle: z.base64().meta({ description: 'The bundle’s file, a zip.' }),
    key: z.string().exactOptional().meta({ description: 'The log’s public key, known from elsewhere.' }),
    witnesses: z
      .array(z.string())
      .max(16)
      .exactOptional()
      .meta({ description: 'Keys of witnesses, known from elsewhere: each must have cosigned.' }),
  }),
  responses: { 200: bundleReport },
  reads: true,
  bodyLimit: 33_554_432,
  handler: async (_ctx, { body: { bundle, ...trust } }) =>
    verifyBundle(readStoredZip(Buffer.from(bundle, 'base64')), trust),
})

const witnessList = z
  .object({
    witnesses: z
      .array(
        z.object({
          name: z.string(),
          kind: z.enum(['directory', 'http']),
          size: count.meta({ description: 'Entries in the newest checkpoint that it has seen.' }),
          seenAt: z.nullable(instant),
          entries: count.meta({ description: 'Entries in the newest checkpoint.' }),
          trouble: z.nullable(z.enum(witnessTroubles)),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'WitnessList' })

const listWitnesses = route({
  id: 'listWitnesses',
  method: 'GET',
  url: '/api/evidence/witnesses',
  scope: 'evidence:read',
  summary: 'How far the witnesses of the log have come',
  responses: { 200: witnessList },
  handler: async (ctx) => ({ witnesses: await witnessStates(ctx) }),
})

export const evidenceRoutes: readonly Route[] = [checkLog, checkBundle, listWitnesses]
