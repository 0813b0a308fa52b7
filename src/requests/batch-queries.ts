import type { Db } from '../platform/database.ts'
import { type Sql, sql } from '../platform/sql.ts'
import type { Batch, BatchMember, BatchProgress, BatchSummary, RefusedMember } from './batch.ts'
import type { MemberState } from './batch-outcome.ts'
import type { Request, StoredPlan } from './request.ts'

const batchColumns = sql`b.id, b.state, b.identity_proof, b.received_by, b.received_at, b.plan_id, b.map_number, b.map_sha256,
  b.summary, b.planned_at, b.approved_by, b.approved_at, b.finished_at`

const memberColumns = sql`m.subject_id, m.request_id, m.line`

export const insertBatch = (
  db: Db,
  batch: Pick<Batch, 'id' | 'identityProof' | 'receivedBy' | 'receivedAt'>,
): Promise<number> =>
  db.run(sql`
    insert into requests.batch (id, state, identity_proof, received_by, received_at, epoch)
    values (${batch.id}, 'receiving', ${batch.identityProof}, ${batch.receivedBy}, ${batch.receivedAt}, 0)`)

export const findBatch = (db: Db, id: string): Promise<Batch | undefined> =>
  db.row(sql`select ${batchColumns} from requests.batch b where b.id = ${id}`)

export const findBatchOfPlan = (db: Db, planId: string): Promise<Batch | undefined> =>
  db.row(sql`select ${batchColumns} from requests.batch b where b.plan_id = ${planId}`)

export const lockBatch = (db: Db, id: string): Promise<Batch | undefined> =>
  db.row(sql`select ${batchColumns} from requests.batch b where b.id = ${id} for update`)

export const batchesIn = (db: Db, state: Batch['state']): Promise<readonly Batch[]> =>
  db.rows(sql`select ${batchColumns} from requests.batch b where b.state = ${state} order by b.received_at`)

export const listBatches = (db: Db, limit: number): Promise<readonly Batch[]> =>
  db.rows(sql`select ${batchColumns} from requests.batch b order by b.received_at desc, b.id limit ${limit}`)

export const setBatchState = (db: Db, id: string, state: Batch['state'], at: Date): Promise<number> =>
  db.run(sql`update requests.batch set state = ${state},
      finished_at = case when ${state}::text = 'finished' then ${at}::timestamptz end where id = ${id}`)

export const beginBatchPlan = (
  db: Db,
  id: string,
  plan: { readonly id: string; readonly mapNumber: number; readonly mapSha256: string },
): Promise<number> =>
  db.run(sql`update requests.batch set state = 'planning', plan_id = ${plan.id}, map_number = ${plan.mapNumber},
      map_sha256 = ${plan.mapSha256}, summary = null, planned_at = null
    where id = ${id}`)

export const finishBatchPlan = (db: Db, id: string, summary: BatchSummary, at: Date): Promise<number> =>
  db.run(sql`update requests.batch set state = 'planned', summary = ${JSON.stringify(summary)}, planned_at = ${at}
    where id = ${id}`)

export const approveBatchPlan = (db: Db, id: string, by: string, at: Date): Promise<number> =>
  db.run(
    sql`update requests.batch set state = 'approved', approved_by = ${by}, approved_at = ${at} where id = ${id}`,
  )

/** Takes a batch for a while, as `claimStep` takes a step. */
export const claimBatch = (
  db: Db,
  id: string,
  now: Date,
  leasedUntil: Date,
): Promise<{ epoch: number } | undefined> =>
  db.row(sql`update requests.batch set epoch = epoch + 1, leased_until = ${leasedUntil}
    where id = ${id} and (leased_until is null or leased_until < ${now}) returning epoch`)

export const holdBatch = (db: Db, id: string, epoch: number, leasedUntil: Date | null): Promise<number> =>
  db.run(sql`update requests.batch set leased_until = ${leasedUntil} where id = ${id} and epoch = ${epoch}`)

/** A page of a batch's people, keyset by line. */
const page = (batchId: string, after: number, condition: Sql, limit: number): Sql =>
  sql`from requests.batch_member m
    join requests.request r on r.subject_id = m.subject_id and r.id = m.request_id
    where m.batch_id = ${batchId} and m.line > ${after} and ${condition} order by m.line limit ${limit}`

export interface MemberRequest extends BatchMember {
  readonly state: Request['state']
  readonly asked: Buffer
  /** Planned for before it came into the batch. */
  readonly wasPlanned: boolean
}

/** Who is not planned for yet under the batch's plan. */
export const membersToPlan = (
  db: Db,
  { id, planId }: Batch,
  after: number,
  limit: number,
): Promise<readonly MemberRequest[]> =>
  db.rows(sql`select ${memberColumns}, r.state, r.asked, r.state = 'planned' and m.plan_id is null as was_planned
    ${page(id, after, sql`r.state in ('received', 'planned') and m.plan_id is distinct from ${planId}`, limit)}`)

export type MemberPlan = BatchMember & Pick<StoredPlan, 'summary' | 'seeds'> & { readonly id: string }

/** The people of a batch who are planned for, each with the newest of the plans that are meant. */
const withPlan = (batchId: string, after: number, meant: Sql, condition: Sql, limit: number): Sql =>
  sql`select ${memberColumns}, p.id, p.summary, p.seeds
    from requests.batch_member m
    join requests.request r on r.subject_id = m.subject_id and r.id = m.request_id
    join lateral (select q.id, q.summary, q.seeds from requests.plan q
      where q.subject_id = m.subject_id and q.request_id = m.request_id and ${meant}
      order by q.number desc limit 1) p on true
    where m.batch_id = ${batchId} and m.line > ${after} and m.problem is null and ${condition}
    order by m.line limit ${limit}`

const inForce = sql`q.approved_at is not null`

/**
 * To be summed up or begun: with the plans the batch was shown with. One that somebody made for a person since was approved
 * by nobody.
 */
export const plannedMembers = (
  db: Db,
  batch: Batch,
  after: number,
  limit: number,
): Promise<readonly MemberPlan[]> =>
  db.rows(
    withPlan(
      batch.id,
      after,
      batch.plannedAt === null ? sql`true` : sql`q.created_at <= ${batch.plannedAt}`,
      sql`r.state = 'planned' and m.plan_id = ${batch.planId}`,
      limit,
    ),
  )

/** Whose steps are all done or failed, and who have no result yet. */
export const membersToSettle = (
  db: Db,
  batch: Batch,
  after: number,
  limit: number,
): Promise<readonly MemberPlan[]> =>
  db.rows(
    withPlan(
      batch.id,
      after,
      inForce,
      sql`r.state = 'approved' and not exists (select 1 from requests.step s where s.subject_id = m.subject_id
        and s.request_id = m.request_id and s.state in ('waiting', 'running'))`,
      limit,
    ),
  )

/** Complete, and their certificate was never written: a worker died there. */
export const membersToCertify = (
  db: Db,
  batch: Batch,
  after: number,
  limit: number,
): Promise<readonly MemberPlan[]> =>
  db.rows(
    withPlan(
      batch.id,
      after,
      inForce,
      sql`r.state = 'completed' and not exists (select 1 from requests.certificate c
        where c.subject_id = m.subject_id and c.request_id = m.request_id)`,
      limit,
    ),
  )

export const refusedMembers = (db: Db, batchId: string, limit: number): Promise<readonly RefusedMember[]> =>
  db.rows(sql`select m.line, m.problem ->> 'code' as code, m.problem -> 'params' as params
    from requests.batch_member m where m.batch_id = ${batchId} and m.problem is not null order by m.line limit ${limit}`)

export const batchProgress = async (db: Db, batchId: string): Promise<BatchProgress> =>
  (await db.row<BatchProgress>(sql`
    select count(*) as people, count(*) filter (where m.problem is not null) as refused,
      count(*) filter (where r.state = 'planned' and m.problem is null) as planned,
      count(*) filter (where r.state = 'approved') as approved,
      count(*) filter (where r.state = 'completed') as completed,
      count(*) filter (where r.state = 'incomplete') as incomplete
    from requests.batch_member m
    join requests.request r on r.subject_id = m.subject_id and r.id = m.request_id
    where m.batch_id = ${batchId}`)) ?? {
    people: 0,
    planned: 0,
    refused: 0,
    approved: 0,
    completed: 0,
    incomplete: 0,
  }

/** A page of the people with the state of each. */
export const batchMembers = (
  db: Db,
  batchId: string,
  after: number,
  limit: number,
): Promise<readonly MemberState[]> =>
  db.rows(sql`select m.line, m.request_id, r.state, m.problem ${page(batchId, after, sql`true`, limit)}`)
