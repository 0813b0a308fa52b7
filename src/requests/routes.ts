import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Context } from '../platform/context.ts'
import { file, type Route, route } from '../platform/route.ts'
import { say } from '../platform/texts.ts'
import { approvePlan } from './approve-plan.ts'
import { askedIdentifiers } from './asked-identifier.ts'
import { outcomeOf, type RequestOutcome } from './carry-out.ts'
import { copyDirectory } from './copy-directory.ts'
import { evidenceOfRequest } from './evidence-of-request.ts'
import { findPerson, possibleRecords } from './find-person.ts'
import { giveAccess } from './give-access.ts'
import { planRequest } from './plan-request.ts'
import { problem } from './problems.ts'
import { listRequests } from './queries.ts'
import { receiveRequest } from './receive-request.ts'
import { readRulings } from './rulings.ts'
import {
  erasurePlan,
  evidenceQuery,
  findBody,
  foundPerson,
  newAccessBody,
  newErasureBody,
  newSweepBody,
  planParams,
  requestList,
  requestOutcome,
  requestParams,
  sweepOutcome,
  sweepParams,
} from './schemas.ts' // prettier-ignore
import { askForSweep, sweepNumbered } from './sweep-asked.ts'
import type { SweepRecord } from './sweep-queries.ts'
import type { SweepReport } from './sweep-report.ts'
import { verifyAgain } from './verify-again.ts'

type Noted = { readonly code: string; readonly params: Readonly<Record<string, string | number>> }

const withMessage = <T extends Noted>(ctx: Context, one: T) => ({
  ...one,
  message: say(ctx.language, one.code, one.params),
})

/** Where an outcome is read over HTTP: paths of this machine stay on it. */
const asAnswer = (ctx: Context, outcome: RequestOutcome) => ({
  ...outcome,
  systems: outcome.systems.map((system) => ({
    ...system,
    problem: system.problem && withMessage(ctx, system.problem),
  })),
  certificate: outcome.certificate && `/api/requests/${outcome.request}/certificate`,
})

const find = route({
  id: 'findPerson',
  method: 'POST',
  url: '/api/find',
  scope: 'holdings:find',
  summary: 'What is held of a person, in every mapped system',
  description: 'Counts, fields and ways; no values. Looking leaves evidence.',
  body: findBody,
  responses: { 200: foundPerson },
  refusals: [404, 409],
  reads: true,
  handler: async (ctx, { body }) => {
    const found = await findPerson(ctx, await askedIdentifiers(ctx, body.identifier))
    return { ...found, unreachable: found.unreachable.map((one) => withMessage(ctx, one)) }
  },
})

const access = route({
  id: 'giveAccess',
  method: 'POST',
  url: '/api/access',
  scope: 'requests:write',
  summary: 'A person’s copy of their data (Art. 15 and 20)',
  description:
    'A zip: index.html to read, JSON and CSV per collection, and a signed manifest. A system that did not answer is named in it.',
  body: newAccessBody,
  responses: { 200: file('application/zip') },
  refusals: [404, 409],
  reads: true,
  handler: async (ctx, { body }) => {
    const directory = await copyDirectory(ctx)
    const path = join(directory, 'copy.zip')
    const forget = () => rm(directory, { recursive: true, force: true })
    try {
      const { request } = await giveAccess(ctx, {
        ...body,
        asked: await askedIdentifiers(ctx, body.identifier),
        file: path,
      })
      const content = createReadStream(path)
      // The copy exists for this answer alone: it goes when it was sent, or could not be.
      void finished(content).then(forget, forget)
      return { name: `access-${request.id}.zip`, content }
    } catch (error) {
      await forget()
      throw error
    }
  },
})

const plan = route({
  id: 'planErasure',
  method: 'POST',
  url: '/api/erasures',
  scope: 'requests:write',
  summary: 'Receive an erasure and plan it; nothing is changed yet',
  body: newErasureBody,
  responses: { 201: erasurePlan },
  refusals: [404, 409],
  handler: async (ctx, { body }) => {
    const asked = await askedIdentifiers(ctx, body.identifier)
    const request = await receiveRequest(ctx, { kind: 'erasure', asked, identityProof: body.identityProof })
    const rulings = readRulings(body.same, body.other)
    const { plan: stored, planned } = await planRequest(ctx, request, { rulings })
    return {
      id: stored.id,
      request: request.id,
      dueOn: request.dueOn,
      systems: planned.plan.systems,
      unreachable: planned.plan.unreachable.map((one) => withMessage(ctx, one)),
      possible: possibleRecords(planned.holdings),
    }
  },
})

const approve = route({
  id: 'approvePlan',
  method: 'POST',
  url: '/api/plans/:plan/approval',
  scope: 'requests:approve',
  summary: 'Approve a plan: the erasure is carried out and verified in the background',
  params: planParams,
  responses: { 202: requestOutcome },
  refusals: [404, 409],
  handler: async (ctx, { params }) => {
    const { id } = await approvePlan(ctx, params.plan)
    return asAnswer(ctx, await outcomeOf(ctx, id))
  },
})

const list = route({
  id: 'listRequests',
  method: 'GET',
  url: '/api/requests',
  scope: 'requests:read',
  summary: 'The latest requests',
  responses: { 200: requestList },
  handler: async (ctx) => ({ requests: await listRequests(ctx.db, 200) }),
})

const read = route({
  id: 'readRequest',
  method: 'GET',
  url: '/api/requests/:request',
  scope: 'requests:read',
  summary: 'How a request stands, system by system',
  params: requestParams,
  responses: { 200: requestOutcome },
  refusals: [404],
  handler: async (ctx, { params }) => asAnswer(ctx, await outcomeOf(ctx, params.request)),
})

const verify = route({
  id: 'verifyRequest',
  method: 'POST',
  url: '/api/requests/:request/verification',
  scope: 'requests:write',
  summary: 'Search every system again for a person who was erased',
  params: requestParams,
  responses: { 200: requestOutcome },
  refusals: [404, 409, 410],
  handler: async (ctx, { params }) => asAnswer(ctx, await verifyAgain(ctx, params.request)),
})

const certificate = route({
  id: 'readCertificate',
  method: 'GET',
  url: '/api/requests/:request/certificate',
  scope: 'requests:read',
  summary: 'The signed certificate of a completed erasure',
  params: requestParams,
  responses: { 200: file('application/json') },
  refusals: [404],
  handler: async (ctx, { params }) => {
    const { certificate: issued } = await outcomeOf(ctx, params.request)
    if (!issued) throw problem('requests.no-certificate', { request: params.request })
    return { name: `certificate-${params.request}.json`, content: createReadStream(issued.file) }
  },
})

const evidence = route({
  id: 'bundleEvidence',
  method: 'GET',
  url: '/api/requests/:request/evidence',
  scope: 'evidence:read',
  summary: 'A request’s evidence with its proofs, to be checked offline',
  description:
    'A zip: a page that tells what happened, each entry with its proof, checkpoints, keys, the certificate, a verifier.',
  params: requestParams,
  query: evidenceQuery,
  responses: { 200: file('application/zip') },
  refusals: [404],
  handler: async (ctx, { params, query }) => {
    const language = query.language ?? ctx.language
    const { zip } = await evidenceOfRequest(ctx, params.request, { language, withDetails: false })
    return { name: `evidence-${params.request}.zip`, content: zip }
  },
})

const evidenceDetails = route({
  id: 'bundleEvidenceWithDetails',
  method: 'POST',
  url: '/api/requests/:request/evidence',
  scope: 'requests:write',
  summary: 'The same with the sealed details that are still there: personal data, though sealed',
  description: 'That they were handed out is written into the log first.',
  params: requestParams,
  query: evidenceQuery,
  responses: { 200: file('application/zip') },
  refusals: [404],
  reads: true,
  handler: async (ctx, { params, query }) => {
    const language = query.language ?? ctx.language
    const { zip } = await evidenceOfRequest(ctx, params.request, { language, withDetails: true })
    return { name: `evidence-${params.request}.zip`, content: zip }
  },
})

const asSweep = (ctx: Context, { id, startedAt, finishedAt, report }: SweepRecord) => {
  // As it was stored: dates are text.
  const done = report as (Omit<SweepReport, 'found'> & { readonly found: readonly StoredFound[] }) | null
  return {
    id,
    startedAt,
    finishedAt,
    tombstones: done?.tombstones ?? 0,
    kept: done?.kept ?? 0,
    unclaimed: done?.unclaimed ?? 0,
    systems: (done?.systems ?? []).map((one) => ({
      ...one,
      problem: one.problem && withMessage(ctx, one.problem),
    })),
    found: (done?.found ?? []).map((one) => ({
      ...one,
      problem: one.problem && withMessage(ctx, one.problem),
    })),
  }
}
type StoredFound = Omit<SweepReport['found'][number], 'erasedAt'> & { readonly erasedAt: string }

const newSweep = route({
  id: 'sweepSystems',
  method: 'POST',
  url: '/api/sweeps',
  scope: 'requests:approve',
  summary: 'Look in the systems for people erased before, in the background',
  description: 'Whoever came back has their request opened again; with `erase` it is carried out again.',
  body: newSweepBody,
  responses: { 202: sweepOutcome },
  refusals: [404, 503],
  handler: async (ctx, { body }) => asSweep(ctx, await askForSweep(ctx, body)),
})

const readSweep = route({
  id: 'readSweep',
  method: 'GET',
  url: '/api/sweeps/:sweep',
  scope: 'requests:read',
  summary: 'What a sweep found',
  params: sweepParams,
  responses: { 200: sweepOutcome },
  refusals: [404],
  handler: async (ctx, { params }) => asSweep(ctx, await sweepNumbered(ctx, params.sweep)),
})

export const requestRoutes: readonly Route[] = [
  find,
  access,
  plan,
  approve,
  list,
  read,
  verify,
  certificate,
  evidence,
  evidenceDetails,
  newSweep,
  readSweep,
]
