import type { ChangeMark } from '../connectors/public.ts'
import type { Db } from '../platform/database.ts'
import { sql } from '../platform/sql.ts'
import type { Request } from './request.ts'

export interface SweepRecord {
  readonly id: string
  /** Names of systems; none: all that are mapped. */
  readonly scope: readonly string[]
  readonly erase: boolean
  readonly startedAt: Date
  readonly finishedAt: Date | null
  readonly report: unknown
}

const sweepColumns = sql`s.id, s.scope, s.erase, s.started_at, s.finished_at, s.report`

export const insertSweep = (
  db: Db,
  sweep: Pick<SweepRecord, 'id' | 'scope' | 'erase' | 'startedAt'>,
): Promise<number> =>
  db.run(sql`insert into requests.sweep (id, scope, erase, started_at)
    values (${sweep.id}, ${sweep.scope}, ${sweep.erase}, ${sweep.startedAt})`)

export const findSweep = (db: Db, id: string): Promise<SweepRecord | undefined> =>
  db.row(sql`select ${sweepColumns} from requests.sweep s where s.id = ${id}`)

/** The newest of the same kind that was cut off. */
export const unfinishedSweep = (
  db: Db,
  scope: readonly string[],
  erase: boolean,
  since: Date,
): Promise<SweepRecord | undefined> =>
  db.row(sql`select ${sweepColumns} from requests.sweep s
    where s.scope = ${scope}::text[] and s.erase = ${erase} and s.finished_at is null and s.started_at > ${since}
    order by s.started_at desc, s.id limit 1`)

export const finishSweep = (db: Db, id: string, at: Date, report: unknown): Promise<number> =>
  db.run(sql`update requests.sweep set finished_at = ${at}, report = ${JSON.stringify(report)}
    where id = ${id}`)

export interface SweepMark {
  readonly system: string
  readonly collection: string
  readonly sweepId: string
  readonly readAs: string
  readonly rows: number
  readonly mark: ChangeMark | null
  readonly at: Date
}

export const marksOf = (db: Db, system: string): Promise<readonly SweepMark[]> =>
  db.rows(sql`select m.system, m.collection, m.sweep_id, m.read_as, m.rows, m.mark, m.at from requests.sweep_mark m
    where m.system = ${system}`)

export const putMark = (db: Db, one: SweepMark): Promise<number> =>
  db.run(sql`
    insert into requests.sweep_mark (system, collection, sweep_id, read_as, rows, mark, at)
    values (${one.system}, ${one.collection}, ${one.sweepId}, ${one.readAs}, ${one.rows},
      ${one.mark === null ? null : JSON.stringify(one.mark)}, ${one.at})
    on conflict (system, collection) do update set sweep_id = excluded.sweep_id, read_as = excluded.read_as,
      rows = excluded.rows, mark = excluded.mark, at = excluded.at`)

/** Fan-out by id, no locks: whose tombstones a sweep met. */
export const requestsNumbered = (db: Db, ids: readonly string[]): Promise<readonly Request[]> =>
  db.rows(sql`select r.subject_id, r.id, r.kind, r.state, r.received_at, r.due_on, r.extended_due_on, r.calendar,
      r.identity_proof, r.asked, r.approved_at, r.approved_by, r.completed_at
    from requests.request r where r.id = any(${ids}::uuid[])`)

/** The person is back: what was asked for is sealed anew, and the key is needed again. */
export const reopenRequest = (db: Db, request: Request, asked: Buffer): Promise<number> =>
  db.run(sql`update requests.request set state = 'incomplete', completed_at = null, forgotten_at = null, asked = ${asked}
    where subject_id = ${request.subjectId} and id = ${request.id}`)
