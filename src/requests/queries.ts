import type { Db } from '../platform/database.ts'
import { type Sql, sql } from '../platform/sql.ts'
import type { Request, Step, StoredPlan } from './request.ts'

const requestColumns = sql`r.subject_id, r.id, r.kind, r.state, r.received_at, r.due_on, r.extended_due_on, r.calendar,
  r.identity_proof, r.asked, r.approved_at, r.approved_by, r.completed_at`

const planColumns = sql`p.subject_id, p.id, p.request_id, p.map_number, p.map_sha256, p.summary, p.seeds, p.created_at,
  p.approved_at`

const stepColumns = sql`s.subject_id, s.request_id, s.system, s.plan_id, s.purpose, s.state, s.epoch, s.leased_until, s.fingerprint,
  s.found, s.done, s.not_obeyed, s.problem`

export const insertRequest = (db: Db, request: Request, createdAt: Date): Promise<number> =>
  db.run(sql`
    insert into requests.request (subject_id, id, kind, state, received_at, due_on, extended_due_on, calendar,
      identity_proof, asked, created_at)
    values (${request.subjectId}, ${request.id}, ${request.kind}, ${request.state}, ${request.receivedAt},
      ${request.dueOn}, ${request.extendedDueOn}, ${request.calendar}, ${request.identityProof}, ${request.asked}, ${createdAt})`)

/** Fan-out by id: a request's number is what people quote, and it does not tell the subject. */
export const findRequest = (db: Db, id: string): Promise<Request | undefined> =>
  db.row(sql`select ${requestColumns} from requests.request r where r.id = ${id}`)

export const lockRequest = (db: Db, subjectId: string, id: string): Promise<Request | undefined> =>
  db.row(sql`select ${requestColumns} from requests.request r
    where r.subject_id = ${subjectId} and r.id = ${id} for update`)

/** The subject's erasure that was planned and not yet approved: asking again renews its plan. */
export const findOpenErasure = (db: Db, subjectId: string): Promise<Request | undefined> =>
  db.row(sql`select ${requestColumns} from requests.request r
    where r.subject_id = ${subjectId} and r.kind = 'erasure' and r.state in ('received', 'planned')
    order by r.received_at limit 1`)

/** Fan-out, keyset by time: the desk's list. */
export const listRequests = (db: Db, limit: number): Promise<readonly Request[]> =>
  db.rows(
    sql`select ${requestColumns} from requests.request r order by r.received_at desc, r.id limit ${limit}`,
  )

export const setRequestState = (
  db: Db,
  request: Request,
  state: Request['state'],
  at: Date | null,
): Promise<number> =>
  db.run(sql`update requests.request set state = ${state}, completed_at = ${at}
    where subject_id = ${request.subjectId} and id = ${request.id}`)

export const approveRequest = (db: Db, request: Request, at: Date, by: string): Promise<number> =>
  db.run(sql`update requests.request set state = 'approved', approved_at = ${at}, approved_by = ${by}
    where subject_id = ${request.subjectId} and id = ${request.id}`)

export const insertPlan = (db: Db, plan: Omit<StoredPlan, 'approvedAt'>): Promise<number> =>
  db.run(sql`
    insert into requests.plan (subject_id, id, request_id, number, map_number, map_sha256, summary, seeds, created_at)
    values (${plan.subjectId}, ${plan.id}, ${plan.requestId},
      (select coalesce(max(o.number), 0) + 1 from requests.plan o
        where o.subject_id = ${plan.subjectId} and o.request_id = ${plan.requestId}),
      ${plan.mapNumber}, ${plan.mapSha256},
      ${JSON.stringify(plan.summary)}, ${plan.seeds}, ${plan.createdAt})`)

/** Fan-out by id, like a request's. */
export const findPlan = (db: Db, id: string): Promise<StoredPlan | undefined> =>
  db.row(sql`select ${planColumns} from requests.plan p where p.id = ${id}`)

export const latestPlan = (db: Db, subjectId: string, requestId: string): Promise<StoredPlan | undefined> =>
  db.row(sql`select ${planColumns} from requests.plan p
    where p.subject_id = ${subjectId} and p.request_id = ${requestId} order by p.number desc limit 1`)

/** The plan in force: what was approved last, whatever was planned since. */
export const planInForce = (db: Db, subjectId: string, requestId: string): Promise<StoredPlan | undefined> =>
  db.row(sql`select ${planColumns} from requests.plan p
    where p.subject_id = ${subjectId} and p.request_id = ${requestId} and p.approved_at is not null
    order by p.number desc limit 1`)

export const markPlanApproved = (db: Db, plan: StoredPlan, at: Date): Promise<number> =>
  db.run(
    sql`update requests.plan set approved_at = ${at} where subject_id = ${plan.subjectId} and id = ${plan.id}`,
  )

export const insertStep = (
  db: Db,
  step: Pick<Step, 'subjectId' | 'requestId' | 'system' | 'planId' | 'fingerprint'>,
  at: Date,
): Promise<number> =>
  db.run(sql`
    insert into requests.step (subject_id, request_id, system, plan_id, purpose, state, epoch, next_attempt_at, fingerprint, not_obeyed)
    values (${step.subjectId}, ${step.requestId}, ${step.system}, ${step.planId}, 'erase', 'waiting', 0, ${at}, ${step.fingerprint}, '{}')`)

export const stepsOf = (db: Db, subjectId: string, requestId: string): Promise<readonly Step[]> =>
  db.rows(sql`select ${stepColumns} from requests.step s
    where s.subject_id = ${subjectId} and s.request_id = ${requestId} order by s.system`)

/** Takes a step for a while. Of two workers one gets it; a lease that ran out is anybody's (by the real clock, not a rehearsal's). */
export const claimStep = (
  db: Db,
  step: Step,
  now: Date,
  leasedUntil: Date,
): Promise<{ epoch: number } | undefined> =>
  db.row(sql`
    update requests.step set state = 'running', epoch = epoch + 1, leased_until = ${leasedUntil}
    where subject_id = ${step.subjectId} and request_id = ${step.requestId} and system = ${step.system}
      and state <> 'done' and (leased_until is null or leased_until < ${now})
    returning epoch`)

const held = (step: Step, epoch: number): Sql =>
  sql`subject_id = ${step.subjectId} and request_id = ${step.requestId} and system = ${step.system}
    and epoch = ${epoch} and state = 'running'`

/** Prolongs a lease; 0 rows when another worker has the step. */
export const holdStep = (db: Db, step: Step, epoch: number, leasedUntil: Date): Promise<number> =>
  db.run(sql`update requests.step set leased_until = ${leasedUntil} where ${held(step, epoch)}`)

export const writeFound = (db: Db, step: Step, epoch: number, found: unknown): Promise<number> =>
  db.run(sql`update requests.step set found = ${JSON.stringify(found)} where ${held(step, epoch)}`)

export interface StepEnd {
  readonly done: unknown
  readonly notObeyed: readonly string[]
  /** What could not be done beside it, and when it is tried again. */
  readonly left: { readonly problem: unknown; readonly nextAttemptAt: Date } | null
}

export const finishStep = (
  db: Db,
  step: Step,
  epoch: number,
  { done, notObeyed, left }: StepEnd,
): Promise<number> =>
  db.run(sql`
    update requests.step set state = ${left ? 'failed' : 'done'}, leased_until = null, done = ${JSON.stringify(done)},
      not_obeyed = ${notObeyed}, problem = ${left ? JSON.stringify(left.problem) : null},
      next_attempt_at = coalesce(${left?.nextAttemptAt ?? null}, next_attempt_at)
    where ${held(step, epoch)}`)

export const failStep = (
  db: Db,
  step: Step,
  epoch: number,
  problem: unknown,
  nextAttemptAt: Date,
): Promise<number> =>
  db.run(sql`
    update requests.step set state = 'failed', leased_until = null, problem = ${JSON.stringify(problem)},
      next_attempt_at = ${nextAttemptAt}
    where ${held(step, epoch)}`)

/** A step begins anew, to erase what was kept once its ground ended. */
export const reopenStep = (db: Db, step: Step, at: Date): Promise<number> =>
  db.run(sql`
    update requests.step set purpose = 'review', state = 'waiting', leased_until = null, next_attempt_at = ${at},
      found = null, problem = null
    where subject_id = ${step.subjectId} and request_id = ${step.requestId} and system = ${step.system}
      and state = 'done'`)

export interface KeptRecord {
  readonly subjectId: string
  readonly id: string
  readonly requestId: string
  readonly system: string
  readonly collection: string
  readonly rule: string
  readonly ground: string
  readonly article: string
  readonly until: string | null
  readonly fields: readonly string[]
  readonly rows: number
  readonly mapNumber: number
  readonly reviewedOn: string
  readonly places: Buffer
}

export const replaceKept = async (db: Db, step: Step, kept: readonly KeptRecord[]): Promise<void> => {
  await db.run(sql`delete from requests.kept
    where subject_id = ${step.subjectId} and request_id = ${step.requestId} and system = ${step.system}`)
  for (const one of kept)
    await db.run(sql`
      insert into requests.kept (subject_id, id, request_id, system, collection, rule, ground, article, until, fields, rows, map_number,
        reviewed_on, places)
      values (${one.subjectId}, ${one.id}, ${one.requestId}, ${one.system}, ${one.collection}, ${one.rule}, ${one.ground},
        ${one.article}, ${one.until}, ${one.fields}, ${one.rows}, ${one.mapNumber}, ${one.reviewedOn}, ${one.places})`)
}

const keptColumns = sql`k.subject_id, k.id, k.request_id, k.system, k.collection, k.rule, k.ground, k.article, k.until,
  k.fields, k.rows, k.map_number, k.reviewed_on, k.places`

export const keptOf = (db: Db, subjectId: string, requestId: string): Promise<readonly KeptRecord[]> =>
  db.rows(sql`select ${keptColumns} from requests.kept k
    where k.subject_id = ${subjectId} and k.request_id = ${requestId}
    order by k.system, k.collection, k.until nulls last, k.rule`)

export const keptOfSubject = (db: Db, subjectId: string): Promise<readonly KeptRecord[]> =>
  db.rows(sql`select ${keptColumns} from requests.kept k where k.subject_id = ${subjectId}
    order by k.system, k.collection, k.id`)

/** Which requests of some subjects keep anything in a system. */
export const keepersIn = (
  db: Db,
  system: string,
  subjectIds: readonly string[],
): Promise<readonly { subjectId: string; requestId: string }[]> =>
  db.rows(sql`select distinct k.subject_id, k.request_id from requests.kept k
    where k.system = ${system} and k.subject_id = any(${subjectIds}::uuid[])`)

/**
 * Fan-out sweep, no locks: what is kept on a ground that has ended, on a condition that may have, or under older rules. A
 * day of review that lies ahead is a wrong clock's, and no review. Of two requests that keep a row, the one that kept it
 * first comes first, for the other one knows that it may let go of it.
 */
export const keptToReview = (
  db: Db,
  today: string,
  mapNumber: number,
  limit: number,
): Promise<readonly { subjectId: string; requestId: string; system: string }[]> =>
  db.rows(sql`select k.subject_id, k.request_id, k.system from requests.kept k
    where k.reviewed_on <> ${today} and (k.until is null or k.until < ${today}) or k.map_number <> ${mapNumber}
    group by k.subject_id, k.request_id, k.system order by min(k.id::text), k.system limit ${limit}`)

/** What a batch has in hand is its own to go on with, until it is finished. */
const isInNoBatch = (subjectId: Sql, requestId: Sql): Sql =>
  sql`not exists (select 1 from requests.batch_member m join requests.batch b on b.id = m.batch_id
    where m.subject_id = ${subjectId} and m.request_id = ${requestId} and b.state = 'approved')`

/**
 * Fan-out sweep, no locks: steps that wait, failed and are due again, or whose worker died. What is put off beyond
 * `furthest`, the longest pause there is, was put off by a clock that was wrong: it is due.
 */
export const stepsDue = (
  db: Db,
  { now, furthest, realNow }: { readonly now: Date; readonly furthest: Date; readonly realNow: Date },
  limit: number,
): Promise<readonly { subjectId: string; requestId: string }[]> =>
  db.rows(sql`select distinct s.subject_id, s.request_id from requests.step s
    where s.state <> 'done' and (s.next_attempt_at <= ${now} or s.next_attempt_at > ${furthest})
      and (s.leased_until is null or s.leased_until < ${realNow})
      and ${isInNoBatch(sql`s.subject_id`, sql`s.request_id`)}
    order by s.subject_id, s.request_id limit ${limit}`)

export interface VerificationRecord {
  readonly subjectId: string
  readonly id: string
  readonly requestId: string
  readonly stage: string
  readonly dueAt: Date
  readonly doneAt: Date | null
  readonly report: unknown
}

export const insertVerification = (db: Db, one: VerificationRecord): Promise<number> =>
  db.run(sql`
    insert into requests.verification (subject_id, id, request_id, stage, due_at, done_at, report)
    values (${one.subjectId}, ${one.id}, ${one.requestId}, ${one.stage}, ${one.dueAt}, ${one.doneAt},
      ${one.report === null ? null : JSON.stringify(one.report)})`)

export const verificationsOf = (
  db: Db,
  subjectId: string,
  requestId: string,
): Promise<readonly VerificationRecord[]> =>
  db.rows(sql`select v.subject_id, v.id, v.request_id, v.stage, v.due_at, v.done_at, v.report from requests.verification v
    where v.subject_id = ${subjectId} and v.request_id = ${requestId} order by v.due_at, v.id`)

/** Fan-out sweep, no locks. */
export const verificationsDue = (db: Db, now: Date, limit: number): Promise<readonly VerificationRecord[]> =>
  db.rows(sql`select v.subject_id, v.id, v.request_id, v.stage, v.due_at, v.done_at, v.report from requests.verification v
    where v.done_at is null and v.due_at <= ${now} order by v.due_at, v.id limit ${limit}`)

/**
 * Fan-out sweep, no locks: looks of a stage that are further ahead than anybody with a right clock would have put them, and
 * when they should be. By the later of our clock and the database's: one that is behind must bring no look forward.
 */
export const verificationsPutOff = (
  db: Db,
  stage: string,
  now: Date,
  afterMs: number,
  limit: number,
): Promise<readonly (VerificationRecord & { readonly furthest: Date })[]> =>
  db.rows(sql`select v.subject_id, v.id, v.request_id, v.stage, v.due_at, v.done_at, v.report, f.furthest
    from requests.verification v,
      (select greatest(${now}::timestamptz, clock_timestamp()) + ${afterMs} * interval '1 millisecond' as furthest) f
    where v.done_at is null and v.due_at > f.furthest and v.stage = ${stage} order by v.due_at, v.id limit ${limit}`)

export const finishVerification = (
  db: Db,
  one: VerificationRecord,
  at: Date,
  report: unknown,
): Promise<number> =>
  db.run(sql`update requests.verification set done_at = ${at}, report = ${JSON.stringify(report)}
    where subject_id = ${one.subjectId} and id = ${one.id} and done_at is null`)

/** Fan-out by id: a certificate that is in no file yet. */
export const certificateOfBatch = (db: Db, requestId: string): Promise<{ document: Buffer } | undefined> =>
  db.row(sql`select c.document from requests.certificate c where c.request_id = ${requestId}`)

/** A newer plan takes a step over: one that did not get done, or one after which the person is still, or again, there. */
export const replanStep = (
  db: Db,
  step: Step,
  planId: string,
  fingerprint: string | null,
  at: Date,
): Promise<number> =>
  db.run(sql`
    update requests.step set plan_id = ${planId}, purpose = 'erase', fingerprint = ${fingerprint}, state = 'waiting',
      leased_until = null, next_attempt_at = ${at}, found = null, problem = null
    where subject_id = ${step.subjectId} and request_id = ${step.requestId} and system = ${step.system}`)

/** Fan-out sweep, no locks: erasures whose steps are all done and whose result was never drawn: their worker died there. */
export const requestsToSettle = (db: Db, limit: number): Promise<readonly { requestId: string }[]> =>
  db.rows(sql`
    select r.id as request_id from requests.request r
    where r.kind = 'erasure' and r.state = 'approved'
      and not exists (select 1 from requests.step s
        where s.subject_id = r.subject_id and s.request_id = r.id and s.state <> 'done')
      and ${isInNoBatch(sql`r.subject_id`, sql`r.id`)}
    order by r.approved_at, r.id limit ${limit}`)

/** From the moment an erasure is complete until its certificate stands. */
export const oweCertificate = (db: Db, { subjectId, id }: Request): Promise<number> =>
  db.run(sql`insert into requests.certificate_owed (subject_id, request_id) values (${subjectId}, ${id})
    on conflict (subject_id, request_id) do nothing`)

export const oweNoCertificate = (db: Db, { subjectId, id }: Request): Promise<number> =>
  db.run(sql`delete from requests.certificate_owed where subject_id = ${subjectId} and request_id = ${id}`)

/** Fan-out sweep, no locks: complete, and their certificate was never written: their worker died there. */
export const requestsToCertify = (db: Db, limit: number): Promise<readonly { requestId: string }[]> =>
  db.rows(sql`
    select r.id as request_id from requests.certificate_owed o
    join requests.request r on r.subject_id = o.subject_id and r.id = o.request_id
    where r.state = 'completed' order by r.completed_at, r.id limit ${limit}`)

/** Fan-out sweep, no locks: finished and certified erasures of which nothing is kept and no look is due. */
export const requestsToForget = (
  db: Db,
  limit: number,
): Promise<readonly { subjectId: string; requestId: string }[]> =>
  db.rows(sql`
    select r.subject_id, r.id as request_id from requests.request r
    where r.kind = 'erasure' and r.state = 'completed' and r.forgotten_at is null
      and not exists (select 1 from requests.kept k where k.subject_id = r.subject_id)
      and not exists (select 1 from requests.verification v where v.subject_id = r.subject_id and v.done_at is null)
      and not exists (select 1 from requests.request o where o.subject_id = r.subject_id and o.state <> 'completed')
      and not exists (select 1 from requests.certificate_owed c where c.subject_id = r.subject_id)
    order by r.subject_id limit ${limit}`)

export const markForgotten = (db: Db, subjectId: string, requestId: string, at: Date): Promise<number> =>
  db.run(
    sql`update requests.request set forgotten_at = ${at} where subject_id = ${subjectId} and id = ${requestId}`,
  )

export const moveVerification = (db: Db, one: VerificationRecord, dueAt: Date): Promise<number> =>
  db.run(sql`update requests.verification set due_at = ${dueAt}
    where subject_id = ${one.subjectId} and id = ${one.id} and done_at is null`)
