import { recordEvidence } from '../evidence/public.ts'
import {
  type KeptPlace,
  type ReadProgress,
  type SystemVerification,
  type VerifyInput,
  verifyAbsence,
} from '../holdings/public.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { digest } from './plan-request.ts'
import { problem } from './problems.ts'
import {
  finishVerification,
  insertVerification,
  type KeptRecord,
  keptOf,
  lockRequest,
  moveVerification,
  stepsOf,
  type VerificationRecord,
  verificationsOf,
} from './queries.ts'
import type { PlanSeeds, Request, Stage, Step } from './request.ts'
import { openPlaces } from './sealed.ts'

/** The second reader's look at every system of a request; kept as evidence, with what was searched and what was not. */
export async function lookAgain(
  ctx: Context,
  request: Request,
  seeds: PlanSeeds,
  stage: Stage,
  onProgress?: ReadProgress,
): Promise<readonly SystemVerification[]> {
  const input = await lookOf(ctx, request, seeds)
  const verifications = await verifyAbsence(ctx, { ...input, ...(onProgress && { onProgress }) })
  await recordLook(ctx, request, stage, verifications)
  return verifications
}

/** What the second reader needs to know of a request. Throws `requests.not-yet-carried-out`. */
export async function lookOf(ctx: Context, request: Request, seeds: PlanSeeds): Promise<VerifyInput> {
  const steps = await stepsOf(ctx.db, request.subjectId, request.id)
  if (steps.length === 0) throw problem('requests.not-yet-carried-out', { request: request.id })
  return lookFor(steps, seeds, await keptPlaces(ctx, request))
}

/** Keeps what was seen, with its evidence; a look that was due ends its appointment, or moves it where it was blind. */
export async function recordLook(
  ctx: Context,
  request: Request,
  stage: Stage,
  verifications: readonly SystemVerification[],
  due?: VerificationRecord,
): Promise<void> {
  const now = ctx.now()
  await inTransaction(ctx, async (tx) => {
    const doneAt = await afterAllLooks(tx, request)
    const record = {
      subjectId: request.subjectId,
      id: uuidv7(now),
      requestId: request.id,
      stage,
      dueAt: now,
      doneAt,
      report: verifications,
    }
    const isBlind = verifications.some(({ state }) => state === 'unreachable')
    // Nobody saw that system: the appointment stands, an hour later.
    if (due && isBlind) await moveVerification(tx.db, due, new Date(now.getTime() + 3_600_000))
    // Two workers may look at once; only one of them ends the appointment.
    else if (due && (await finishVerification(tx.db, due, doneAt, verifications)) === 0) return
    if (!due) await insertVerification(tx.db, record)
    for (const one of verifications) await recordEvidence(tx, verifiedEntry(request, stage, one))
  })
}

/**
 * Now, or a moment after the last look that was taken where that lies ahead: whoever looks last is believed, also when
 * somebody looked with a clock that was wrong.
 */
async function afterAllLooks(tx: Context, request: Request): Promise<Date> {
  await lockRequest(tx.db, request.subjectId, request.id)
  const looks = await verificationsOf(tx.db, request.subjectId, request.id)
  const last = Math.max(...looks.map(({ doneAt }) => (doneAt === null ? 0 : doneAt.getTime() + 1)))
  return new Date(Math.max(tx.now().getTime(), last))
}

/** What a look is for, and where. */
export const lookFor = (
  steps: readonly Step[],
  seeds: PlanSeeds,
  kept: readonly KeptPlace[],
): VerifyInput => ({
  systems: steps.map((step) => step.system),
  wanted: seeds.wanted,
  ambiguous: seeds.ambiguous,
  undecided: seeds.undecided,
  others: seeds.ruled.other,
  kept,
})

/** What the log says of one look at one system. */
export const verifiedEntry = (
  request: Pick<Request, 'subjectId' | 'id'>,
  stage: Stage,
  one: SystemVerification,
) => ({
  subjectId: request.subjectId,
  requestId: request.id,
  kind: 'requests.verified',
  facts: { system: one.name, stage, state: one.state, report: digestOf(one.report), ...countsOf(one) },
})

type Report = NonNullable<SystemVerification['report']>

/** In a batch one report is that of nearly everybody. */
const digests = new WeakMap<Report, string>()

function digestOf(report: Report | null): string {
  if (report === null) return digest(report)
  const known = digests.get(report) ?? digest(report)
  digests.set(report, known)
  return known
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

const keptPlaces = async (ctx: Context, request: Request): Promise<readonly KeptPlace[]> =>
  placesOf(ctx, await keptOf(ctx.db, request.subjectId, request.id))

/** Where rows stand that stay with a ground. */
export async function placesOf(ctx: Context, kept: readonly KeptRecord[]): Promise<readonly KeptPlace[]> {
  const places = await Promise.all(
    kept.map(async (one) => {
      const { rows, lasting } = await openPlaces(ctx, one)
      return rows.map(({ key, cells }) => ({
        system: one.system,
        collection: one.collection,
        key,
        fields: one.fields,
        lasting,
        ...(cells && { cells }),
      }))
    }),
  )
  return places.flat()
}
