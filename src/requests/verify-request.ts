import { recordEvidence } from '../evidence/public.ts'
import { type KeptPlace, type SystemVerification, verifyAbsence } from '../holdings/public.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { digest } from './plan-request.ts'
import { problem } from './problems.ts'
import {
  finishVerification,
  insertVerification,
  keptOf,
  postponeVerification,
  stepsOf,
  type VerificationRecord,
} from './queries.ts'
import type { PlanSeeds, Request, Stage } from './request.ts'
import { openPlaces } from './sealed.ts'

type Progress = (system: string, collection: string, done: number, total: number) => void

/** The second reader's look at every system of a request; kept as evidence, with what was searched and what was not. */
export async function lookAgain(
  ctx: Context,
  request: Request,
  seeds: PlanSeeds,
  stage: Stage,
  due?: VerificationRecord,
  onProgress?: Progress,
): Promise<readonly SystemVerification[]> {
  const steps = await stepsOf(ctx.db, request.subjectId, request.id)
  if (steps.length === 0) throw problem('requests.not-yet-carried-out', { request: request.id })
  const verifications = await verifyAbsence(ctx, {
    systems: steps.map((step) => step.system),
    wanted: seeds.wanted,
    ambiguous: seeds.ambiguous,
    undecided: seeds.undecided,
    others: seeds.ruled.other,
    kept: await keptPlaces(ctx, request),
    ...(onProgress && { onProgress }),
  })
  const now = ctx.now()
  await inTransaction(ctx, async (tx) => {
    const record = due ?? {
      subjectId: request.subjectId,
      id: uuidv7(now),
      requestId: request.id,
      stage,
      dueAt: now,
      doneAt: now,
      report: verifications,
    }
    const isBlind = verifications.some(({ state }) => state === 'unreachable')
    // Nobody saw that system: the appointment stands, an hour later.
    if (due && isBlind) await postponeVerification(tx.db, due, new Date(now.getTime() + 3_600_000))
    // Two workers may look at once; only one of them ends the appointment.
    else if (due && (await finishVerification(tx.db, due, now, verifications)) === 0) return
    if (!due) await insertVerification(tx.db, record)
    for (const one of verifications)
      await recordEvidence(tx, {
        subjectId: request.subjectId,
        requestId: request.id,
        kind: 'requests.verified',
        facts: { system: one.name, stage, state: one.state, report: digest(one.report), ...countsOf(one) },
      })
  })
  return verifications
}

function countsOf({ report }: SystemVerification) {
  const searched = report?.searched ?? { collections: 0, fields: 0, rows: 0 }
  const rowsOf = (doubtful: boolean) =>
    report?.residue.reduce((all, one) => all + (one.doubtful === doubtful ? one.rows : 0), 0) ?? 0
  return {
    ...searched,
    residue: rowsOf(false),
    doubtful: rowsOf(true),
    keptTraces: report?.keptTraces ?? 0,
    notSearched: report?.notSearched.length ?? 0,
  }
}

async function keptPlaces(ctx: Context, request: Request): Promise<readonly KeptPlace[]> {
  const kept = await keptOf(ctx.db, request.subjectId, request.id)
  const places = await Promise.all(
    kept.map(async (one) => {
      const { rows, lasting } = await openPlaces(ctx, one)
      return rows.map(({ key }) => ({
        system: one.system,
        collection: one.collection,
        key,
        fields: one.fields,
        lasting,
      }))
    }),
  )
  return places.flat()
}
