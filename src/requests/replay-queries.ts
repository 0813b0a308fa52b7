import type { Db } from '../platform/database.ts'
import { sql } from '../platform/sql.ts'
import type { Request } from './request.ts'

/** What the evidence log still tells of a request that a restored database lost. */
export type LostRequest = Pick<
  Request,
  'subjectId' | 'id' | 'kind' | 'receivedAt' | 'dueOn' | 'extendedDueOn' | 'calendar' | 'identityProof'
>

/** What was asked for is lost: an empty value opens under no key. */
export const insertLostRequest = (db: Db, one: LostRequest): Promise<number> =>
  db.run(sql`
    insert into requests.request (subject_id, id, kind, state, received_at, due_on, extended_due_on, calendar,
      identity_proof, asked, created_at)
    values (${one.subjectId}, ${one.id}, ${one.kind}, 'received', ${one.receivedAt}, ${one.dueOn}, ${one.extendedDueOn},
      ${one.calendar}, ${one.identityProof}, ''::bytea, ${one.receivedAt})
    on conflict (subject_id, id) do nothing`)

interface Named {
  readonly subjectId: string
  readonly id: string
}

export const replayApproval = (db: Db, { subjectId, id }: Named, at: Date, by: string): Promise<number> =>
  db.run(sql`update requests.request set approved_at = ${at}, approved_by = ${by},
      state = case when state = 'approved' then state else 'incomplete' end
    where subject_id = ${subjectId} and id = ${id}`)

export const replayState = (
  db: Db,
  { subjectId, id }: Named,
  state: Request['state'],
  at: Date | null,
): Promise<number> =>
  db.run(sql`update requests.request set state = ${state}, completed_at = ${at},
      forgotten_at = case when ${state} = 'completed' then forgotten_at else null end
    where subject_id = ${subjectId} and id = ${id}`)

/** A copy was handed out; where a system had not answered, it stays incomplete. */
export const replayAccess = (db: Db, { subjectId, id }: Named, at: Date): Promise<number> =>
  db.run(sql`update requests.request set state = 'completed', completed_at = ${at}
    where subject_id = ${subjectId} and id = ${id} and state <> 'incomplete'`)

/** The person's key is gone: work and looks that the backup knew as due could open nothing any more. */
export async function replayKeyDestroyed(db: Db, subjectId: string): Promise<void> {
  await db.run(
    sql`delete from requests.verification v where v.subject_id = ${subjectId} and v.done_at is null`,
  )
  await db.run(sql`delete from requests.kept k where k.subject_id = ${subjectId}`)
  await db.run(sql`delete from requests.step s where s.subject_id = ${subjectId} and s.state <> 'done'`)
}

export const replayForgetting = (db: Db, { subjectId, id }: Named, at: Date): Promise<number> =>
  db.run(sql`update requests.request set forgotten_at = ${at} where subject_id = ${subjectId} and id = ${id}`)
