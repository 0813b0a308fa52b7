import type { Db } from '../platform/database.ts'
import { type Sql, sql } from '../platform/sql.ts'
import type { BatchMember } from './batch.ts'
import type { KeptRecord, VerificationRecord } from './queries.ts'
import type { Request, Step, StoredPlan } from './request.ts'

/** The statements of `queries.ts` for a chunk of many people (design §5: a batch writes in chunks, named in one list). */

interface Place {
  readonly subjectId: string
  readonly requestId: string
}

/** The chunk as a relation `c (subject_id, request_id)`. */
const chunk = (people: readonly Place[]): Sql =>
  sql`unnest(${people.map((one) => one.subjectId)}::uuid[], ${people.map((one) => one.requestId)}::uuid[])
    as c (subject_id, request_id)`

export const insertRequests = (db: Db, requests: readonly Request[], createdAt: Date): Promise<number> =>
  db.run(sql`
    insert into requests.request (subject_id, id, kind, state, received_at, due_on, extended_due_on, calendar,
      identity_proof, asked, created_at)
    select n.*, ${createdAt} from unnest(
      ${requests.map((one) => one.subjectId)}::uuid[], ${requests.map((one) => one.id)}::uuid[],
      ${requests.map((one) => one.kind)}::text[], ${requests.map((one) => one.state)}::text[],
      ${requests.map((one) => one.receivedAt)}::timestamptz[], ${requests.map((one) => one.dueOn)}::date[],
      ${requests.map((one) => one.extendedDueOn)}::date[], ${requests.map((one) => one.calendar)}::text[],
      ${requests.map((one) => one.identityProof)}::text[], ${requests.map((one) => one.asked)}::bytea[]) as n`)

export const openErasuresOf = (
  db: Db,
  subjectIds: readonly string[],
): Promise<readonly { subjectId: string; id: string }[]> =>
  db.rows(sql`select distinct on (r.subject_id) r.subject_id, r.id from requests.request r
    where r.subject_id = any(${subjectIds}::uuid[]) and r.kind = 'erasure' and r.state in ('received', 'planned')
    order by r.subject_id, r.received_at`)

/** Which of them stand in the batch. */
export const membersAmong = (
  db: Db,
  batchId: string,
  people: readonly Place[],
): Promise<readonly { requestId: string }[]> =>
  db.rows(sql`select m.request_id from ${chunk(people)}
    join requests.batch_member m on m.subject_id = c.subject_id and m.request_id = c.request_id
    where m.batch_id = ${batchId}`)

/** Whoever stood in another batch stands in this one now, unless that one was approved. Returns whom it took. */
export const insertMembers = (
  db: Db,
  batchId: string,
  members: readonly BatchMember[],
): Promise<readonly { requestId: string }[]> =>
  db.rows(sql`
    insert into requests.batch_member (subject_id, request_id, batch_id, line)
    select n.subject_id, n.request_id, ${batchId}, n.line
    from unnest(${members.map((one) => one.subjectId)}::uuid[], ${members.map((one) => one.requestId)}::uuid[],
      ${members.map((one) => one.line)}::integer[]) as n (subject_id, request_id, line)
    on conflict (subject_id, request_id) do update set batch_id = excluded.batch_id, line = excluded.line,
      beside = null, plan_id = null, problem = null
    where not exists (select 1 from requests.batch b where b.id = batch_member.batch_id and b.state = 'approved')
    returning request_id`)

export const insertPlans = (db: Db, plans: readonly Omit<StoredPlan, 'approvedAt'>[]): Promise<number> =>
  db.run(sql`
    insert into requests.plan (subject_id, id, request_id, number, map_number, map_sha256, summary, seeds, created_at)
    select n.subject_id, n.id, n.request_id,
      (select coalesce(max(o.number), 0) + 1 from requests.plan o
        where o.subject_id = n.subject_id and o.request_id = n.request_id),
      n.map_number, n.map_sha256, n.summary, n.seeds, n.created_at
    from unnest(${plans.map((one) => one.subjectId)}::uuid[], ${plans.map((one) => one.id)}::uuid[],
      ${plans.map((one) => one.requestId)}::uuid[], ${plans.map((one) => one.mapNumber)}::integer[],
      ${plans.map((one) => one.mapSha256)}::text[], ${plans.map((one) => JSON.stringify(one.summary))}::jsonb[],
      ${plans.map((one) => one.seeds)}::bytea[], ${plans.map((one) => one.createdAt)}::timestamptz[])
      as n (subject_id, id, request_id, map_number, map_sha256, summary, seeds, created_at)`)

/** Only a first plan moves a request on. */
export const markPlanned = async (db: Db, planId: string, people: readonly Place[]): Promise<void> => {
  await db.run(sql`update requests.request r set state = 'planned' from ${chunk(people)}
    where r.subject_id = c.subject_id and r.id = c.request_id and r.state = 'received'`)
  await db.run(sql`update requests.batch_member m set plan_id = ${planId}, problem = null from ${chunk(people)}
    where m.subject_id = c.subject_id and m.request_id = c.request_id`)
}

/** Who of a batch are one person by different identifiers; `mates` are the subjects those lead to, their own among them. */
export const markBeside = (
  db: Db,
  batchId: string,
  people: readonly { readonly subjectId: string; readonly mates: readonly string[] }[],
): Promise<number> => {
  const pairs = people.flatMap(({ subjectId, mates }) => mates.map((mate) => ({ subjectId, mate })))
  return db.run(sql`
    update requests.batch_member m set beside = c.line
    from (select n.subject_id, min(o.line) as line
      from unnest(${pairs.map((one) => one.subjectId)}::uuid[], ${pairs.map((one) => one.mate)}::uuid[])
        as n (subject_id, mate)
      join requests.batch_member o on o.subject_id = n.mate and o.batch_id = ${batchId}
      group by n.subject_id having count(*) > 1) c
    where m.subject_id = c.subject_id and m.batch_id = ${batchId}`)
}

export const markRefused = (
  db: Db,
  planId: string,
  refused: readonly (Place & { readonly problem: unknown })[],
): Promise<number> =>
  db.run(sql`update requests.batch_member m set plan_id = ${planId}, problem = c.problem
    from unnest(${refused.map((one) => one.subjectId)}::uuid[], ${refused.map((one) => one.requestId)}::uuid[],
      ${refused.map((one) => JSON.stringify(one.problem))}::jsonb[]) as c (subject_id, request_id, problem)
    where m.subject_id = c.subject_id and m.request_id = c.request_id`)

/** Returns whom it moved: of two who begin the same, one finds them begun. */
export const approveRequests = (
  db: Db,
  people: readonly Place[],
  at: Date,
  by: string,
): Promise<readonly Place[]> =>
  db.rows(sql`update requests.request r set state = 'approved', approved_at = ${at}, approved_by = ${by}
    from ${chunk(people)}
    where r.subject_id = c.subject_id and r.id = c.request_id and r.state = 'planned'
    returning r.subject_id, r.id as request_id`)

export const markPlansApproved = (
  db: Db,
  plans: readonly { readonly subjectId: string; readonly id: string }[],
  at: Date,
): Promise<number> =>
  db.run(sql`update requests.plan p set approved_at = ${at}
    from unnest(${plans.map((one) => one.subjectId)}::uuid[], ${plans.map((one) => one.id)}::uuid[]) as c (subject_id, id)
    where p.subject_id = c.subject_id and p.id = c.id`)

export const insertSteps = (
  db: Db,
  steps: readonly Pick<Step, 'subjectId' | 'requestId' | 'system' | 'planId' | 'fingerprint'>[],
  at: Date,
): Promise<number> =>
  db.run(sql`
    insert into requests.step (subject_id, request_id, system, plan_id, purpose, state, epoch, next_attempt_at, fingerprint,
      not_obeyed)
    select n.subject_id, n.request_id, n.system, n.plan_id, 'erase', 'waiting', 0, ${at}, n.fingerprint, '{}'
    from unnest(${steps.map((one) => one.subjectId)}::uuid[], ${steps.map((one) => one.requestId)}::uuid[],
      ${steps.map((one) => one.system)}::text[], ${steps.map((one) => one.planId)}::uuid[],
      ${steps.map((one) => one.fingerprint)}::text[]) as n (subject_id, request_id, system, plan_id, fingerprint)
    on conflict (subject_id, request_id, system) do update set plan_id = excluded.plan_id, purpose = 'erase',
      fingerprint = excluded.fingerprint, state = 'waiting', leased_until = null, next_attempt_at = excluded.next_attempt_at,
      found = null, problem = null`)

const stepColumns = sql`s.subject_id, s.request_id, s.system, s.plan_id, s.purpose, s.state, s.epoch, s.leased_until,
  s.fingerprint, s.found, s.done, s.not_obeyed, s.problem`

/** So many of a batch's people from a line on. */
export interface Portion {
  readonly after: number
  readonly limit: number
}

/** A step and all it takes to carry it out; `lastLine` is the line up to which the batch's people were looked at. */
export type ClaimedStep = Step & {
  readonly seeds: Buffer
  readonly mapSha256: string
  readonly lastLine: number
}

/**
 * Takes the steps of a portion of a batch's people in one system for a while; those in other hands are passed over. Who are
 * one person go together: what is kept of them must be known to each of their requests.
 */
export const claimSteps = (
  db: Db,
  batchId: string,
  system: string,
  { after, limit }: Portion,
  now: Date,
  leasedUntil: Date,
): Promise<readonly ClaimedStep[]> => {
  const isFree = sql`s.system = ${system} and s.state in ('waiting', 'running')
    and (s.leased_until is null or s.leased_until < ${now})`
  return db.rows(sql`
    with first as (
      select coalesce(m.beside, m.line) as person, m.line from requests.batch_member m
      join requests.step s on s.subject_id = m.subject_id and s.request_id = m.request_id
      where m.batch_id = ${batchId} and m.line > ${after} and ${isFree}
      order by m.line limit ${limit}),
    people as (
      select m.subject_id, m.request_id from requests.batch_member m
      where m.batch_id = ${batchId} and m.line in (select f.person from first f)
      union select m.subject_id, m.request_id from requests.batch_member m
      where m.batch_id = ${batchId} and m.beside in (select f.person from first f)),
    taken as (
      select s.subject_id, s.request_id from people m
      join requests.step s on s.subject_id = m.subject_id and s.request_id = m.request_id
      where ${isFree}
      for update of s skip locked)
    update requests.step s set state = 'running', epoch = s.epoch + 1, leased_until = ${leasedUntil}
    from taken t, requests.plan p
    where s.subject_id = t.subject_id and s.request_id = t.request_id and s.system = ${system}
      and p.subject_id = s.subject_id and p.id = s.plan_id
    returning ${stepColumns}, p.seeds, p.map_sha256, (select max(f.line) from first f) as last_line`)
}

/** The steps of a chunk that are still in these hands, as `s`. */
const held = (steps: readonly Step[]): Sql =>
  sql`from unnest(${steps.map((one) => one.subjectId)}::uuid[], ${steps.map((one) => one.requestId)}::uuid[],
      ${steps.map((one) => one.system)}::text[], ${steps.map((one) => one.epoch)}::integer[]) as c (subject_id, request_id, system, epoch)
    where s.subject_id = c.subject_id and s.request_id = c.request_id and s.system = c.system and s.epoch = c.epoch
      and s.state = 'running'`

/** Prolongs leases; fewer rows than steps when another worker has one of them. */
export const holdSteps = (db: Db, steps: readonly Step[], leasedUntil: Date | null): Promise<number> =>
  db.run(sql`update requests.step s set leased_until = ${leasedUntil} ${held(steps)}`)

/** What was found or done, of each step of a chunk. */
const valued = (steps: readonly Step[], values: readonly unknown[]): Sql =>
  sql`from unnest(${steps.map((one) => one.subjectId)}::uuid[], ${steps.map((one) => one.requestId)}::uuid[],
      ${steps.map((one) => one.system)}::text[], ${steps.map((one) => one.epoch)}::integer[],
      ${values.map((one) => JSON.stringify(one))}::jsonb[]) as c (subject_id, request_id, system, epoch, value)
    where s.subject_id = c.subject_id and s.request_id = c.request_id and s.system = c.system and s.epoch = c.epoch
      and s.state = 'running'`

export const writeFoundOfEach = (
  db: Db,
  steps: readonly Step[],
  found: readonly unknown[],
): Promise<number> => db.run(sql`update requests.step s set found = c.value ${valued(steps, found)}`)

/** `outcomes`: what was done, and in which collections the target wrote less than it was told. */
export const finishSteps = (
  db: Db,
  steps: readonly Step[],
  outcomes: readonly { readonly done: unknown; readonly notObeyed: readonly string[] }[],
): Promise<number> =>
  db.run(sql`update requests.step s set state = 'done', leased_until = null, problem = null, done = c.value -> 'done',
      not_obeyed = array(select jsonb_array_elements_text(c.value -> 'notObeyed')) ${valued(steps, outcomes)}`)

export const failSteps = (
  db: Db,
  steps: readonly Step[],
  problem: unknown,
  nextAttemptAt: Date,
): Promise<readonly Place[]> =>
  db.rows(sql`update requests.step s set state = 'failed', leased_until = null, problem = ${JSON.stringify(problem)},
      next_attempt_at = ${nextAttemptAt} ${held(steps)} returning s.subject_id, s.request_id`)

export const replaceKeptOfEach = async (
  db: Db,
  steps: readonly Step[],
  kept: readonly KeptRecord[],
): Promise<void> => {
  const [first] = steps
  if (!first) return
  await db.run(sql`delete from requests.kept k
    using ${chunk(steps)} where k.subject_id = c.subject_id and k.request_id = c.request_id and k.system = ${first.system}`)
  if (kept.length === 0) return
  await db.run(sql`
    insert into requests.kept (subject_id, id, request_id, system, collection, rule, ground, article, until, fields, rows,
      map_number, reviewed_on, places)
    select n.subject_id, n.id, n.request_id, n.system, n.collection, n.rule, n.ground, n.article, n.until,
      array(select jsonb_array_elements_text(n.fields)), n.rows, n.map_number, n.reviewed_on, n.places
    from unnest(${kept.map((one) => one.subjectId)}::uuid[], ${kept.map((one) => one.id)}::uuid[],
      ${kept.map((one) => one.requestId)}::uuid[], ${kept.map((one) => one.system)}::text[],
      ${kept.map((one) => one.collection)}::text[], ${kept.map((one) => one.rule)}::text[],
      ${kept.map((one) => one.ground)}::text[], ${kept.map((one) => one.article)}::text[],
      ${kept.map((one) => one.until)}::date[], ${kept.map((one) => JSON.stringify(one.fields))}::jsonb[],
      ${kept.map((one) => one.rows)}::integer[], ${kept.map((one) => one.mapNumber)}::integer[],
      ${kept.map((one) => one.reviewedOn)}::date[], ${kept.map((one) => one.places)}::bytea[])
      as n (subject_id, id, request_id, system, collection, rule, ground, article, until, fields, rows, map_number,
        reviewed_on, places)`)
}

export const requestsOfEach = (db: Db, people: readonly Place[]): Promise<readonly Request[]> =>
  db.rows(sql`select r.subject_id, r.id, r.kind, r.state, r.received_at, r.due_on, r.extended_due_on, r.calendar,
      r.identity_proof, r.asked, r.approved_at, r.approved_by, r.completed_at
    from requests.request r, ${chunk(people)} where r.subject_id = c.subject_id and r.id = c.request_id`)

export const stepsOfEach = (db: Db, people: readonly Place[]): Promise<readonly Step[]> =>
  db.rows(sql`select ${stepColumns} from requests.step s, ${chunk(people)}
    where s.subject_id = c.subject_id and s.request_id = c.request_id order by s.system`)

export const keptOfEach = (db: Db, people: readonly Place[]): Promise<readonly KeptRecord[]> =>
  db.rows(sql`select k.subject_id, k.id, k.request_id, k.system, k.collection, k.rule, k.ground, k.article, k.until,
      k.fields, k.rows, k.map_number, k.reviewed_on, k.places
    from requests.kept k, ${chunk(people)}
    where k.subject_id = c.subject_id and k.request_id = c.request_id
    order by k.system, k.collection, k.until nulls last, k.rule`)

export const verificationsOfEach = (
  db: Db,
  people: readonly Place[],
): Promise<readonly VerificationRecord[]> =>
  db.rows(sql`select v.subject_id, v.id, v.request_id, v.stage, v.due_at, v.done_at, v.report
    from requests.verification v, ${chunk(people)}
    where v.subject_id = c.subject_id and v.request_id = c.request_id order by v.due_at desc, v.id`)

export const insertVerifications = (db: Db, looks: readonly VerificationRecord[]): Promise<number> =>
  db.run(sql`
    insert into requests.verification (subject_id, id, request_id, stage, due_at, done_at, report)
    select * from unnest(${looks.map((one) => one.subjectId)}::uuid[], ${looks.map((one) => one.id)}::uuid[],
      ${looks.map((one) => one.requestId)}::uuid[], ${looks.map((one) => one.stage)}::text[],
      ${looks.map((one) => one.dueAt)}::timestamptz[], ${looks.map((one) => one.doneAt)}::timestamptz[],
      ${looks.map((one) => (one.report === null ? null : JSON.stringify(one.report)))}::jsonb[])`)

/** Returns whom it moved: of two who settle the same, one finds them settled. */
export const settleRequests = (
  db: Db,
  results: readonly (Place & { readonly state: Request['state'] })[],
  at: Date,
): Promise<readonly Place[]> =>
  db.rows(sql`update requests.request r set state = c.state,
      completed_at = case when c.state = 'completed' then ${at}::timestamptz end
    from unnest(${results.map((one) => one.subjectId)}::uuid[], ${results.map((one) => one.requestId)}::uuid[],
      ${results.map((one) => one.state)}::text[]) as c (subject_id, request_id, state)
    where r.subject_id = c.subject_id and r.id = c.request_id and r.state = 'approved'
    returning r.subject_id, r.id as request_id`)

export const insertCertificates = (
  db: Db,
  certificates: readonly (Place & { readonly document: Buffer })[],
  at: Date,
): Promise<number> =>
  db.run(sql`
    insert into requests.certificate (subject_id, request_id, document, issued_at)
    select n.subject_id, n.request_id, n.document, ${at}
    from unnest(${certificates.map((one) => one.subjectId)}::uuid[], ${certificates.map((one) => one.requestId)}::uuid[],
      ${certificates.map((one) => one.document)}::bytea[]) as n (subject_id, request_id, document)
    on conflict (subject_id, request_id) do nothing`)
