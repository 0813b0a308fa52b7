import type { Context } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { type Route, route } from '../platform/route.ts'
import { say } from '../platform/texts.ts'
import { approveBatch, fourEyesAbove } from './approve-batch.ts'
import { askedIdentifiers } from './asked-identifier.ts'
import { type BatchOutcome, batchOutcome } from './batch-outcome.ts'
import { problem } from './problems.ts'
import { type AskedPerson, receiveBatch } from './receive-batch.ts'
import { batchOutcomeSchema, batchParams, batchQuery, newBatchBody, planParams } from './schemas.ts'

type Noted = { readonly code: string; readonly params: Readonly<Record<string, string | number>> }

const withMessage = <T extends Noted>(ctx: Context, one: T) => ({
  ...one,
  message: say(ctx.language, one.code, one.params),
})

const asAnswer = (ctx: Context, { batch, progress, locks, members }: BatchOutcome) => ({
  id: batch.id,
  state: batch.state,
  plan: batch.planId,
  receivedAt: batch.receivedAt,
  plannedAt: batch.plannedAt,
  approvedAt: batch.approvedAt,
  finishedAt: batch.finishedAt,
  needsAnother: progress.people > fourEyesAbove,
  progress,
  locks,
  summary: batch.summary && {
    ...batch.summary,
    unreachable: batch.summary.unreachable.map((one) => withMessage(ctx, one)),
  },
  notTakenIn: [],
  members: members.map(({ line, requestId, state, problem: why }) => ({
    line,
    request: requestId,
    state,
    problem: why && withMessage(ctx, why),
  })),
})

const newBatch = route({
  id: 'newBatch',
  method: 'POST',
  url: '/api/batches',
  scope: 'requests:write',
  summary: 'Hand in the erasures of many people: one plan is made in the background',
  description: 'Each of them is a request of its own, with its own clock, evidence and certificate.',
  body: newBatchBody,
  bodyLimit: 6 * 1024 * 1024,
  responses: { 202: batchOutcomeSchema },
  refusals: [400, 404],
  handler: async (ctx, { body }) => {
    const people: AskedPerson[] = []
    for (const [i, identifier] of body.identifiers.entries())
      people.push({ line: i + 1, asked: await askedIdentifiers(ctx, identifier).catch(onLine(i + 1)) })
    const { batch, refused } = await receiveBatch(ctx, {
      people,
      count: people.length,
      identityProof: body.identityProof,
    })
    const outcome = asAnswer(ctx, await batchOutcome(ctx, batch.id))
    return { ...outcome, notTakenIn: refused.map((one) => withMessage(ctx, one)) }
  },
})

const onLine =
  (line: number) =>
  (error: unknown): never => {
    if (isProblem(error, 'requests.not-an-identifier'))
      throw problem('requests.people-lines', { count: 1, lines: String(line) })
    throw error
  }

const readBatch = route({
  id: 'readBatch',
  method: 'GET',
  url: '/api/batches/:batch',
  scope: 'requests:read',
  summary: 'How a batch of erasures stands',
  params: batchParams,
  query: batchQuery,
  responses: { 200: batchOutcomeSchema },
  refusals: [404],
  handler: async (ctx, { params, query }) =>
    asAnswer(ctx, await batchOutcome(ctx, params.batch, query.after)),
})

const approve = route({
  id: 'approveBatch',
  method: 'POST',
  url: '/api/batch-plans/:plan/approval',
  scope: 'requests:approve',
  summary: 'Approve a batch’s plan: everybody in it is erased and verified in the background',
  params: planParams,
  responses: { 202: batchOutcomeSchema },
  refusals: [403, 404, 409],
  handler: async (ctx, { params }) => {
    const { id } = await approveBatch(ctx, params.plan)
    return asAnswer(ctx, await batchOutcome(ctx, id))
  },
})

export const batchRoutes: readonly Route[] = [newBatch, readBatch, approve]
