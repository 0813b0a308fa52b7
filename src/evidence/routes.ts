import { z } from 'zod'
import { type Route, route } from '../platform/route.ts'
import { type Finding, findingCodes } from './finding.ts'
import { verifyBundle } from './verify-bundle.ts'
import { verifyLog } from './verify-log.ts'

const count = z.int().nonnegative()

const findings = z
  .array(z.object({ code: z.enum(findingCodes), place: z.string() }))
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
    publicKey: z.nullable(z.string()),
    entries: count,
    documents: z
      .array(z.object({ name: z.string(), sha256: z.string(), entry: z.nullable(z.string()) }))
      .readonly(),
    findings,
  })
  .meta({ id: 'BundleReport' })

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
    bundle: z.string().meta({ description: 'The text of the bundle’s file.' }),
    key: z.string().optional().meta({ description: 'The log’s public key, known from elsewhere.' }),
  }),
  responses: { 200: bundleReport },
  reads: true,
  bodyLimit: 33_554_432,
  handler: async (_ctx, { body }) => verifyBundle(parsed(body.bundle), body.key),
})

/** What is no JSON is no bundle: the report says so. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const evidenceRoutes: readonly Route[] = [checkLog, checkBundle]
