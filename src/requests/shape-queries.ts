import type { Db } from '../platform/database.ts'
import { sql } from '../platform/sql.ts'

/** Fan-out, no locks: the shapes open erasures count on, by system; of a plan that waits for approval, and of steps not done. */
export const openShapes = (
  db: Db,
): Promise<readonly { requestId: string; system: string; fingerprint: string | null }[]> =>
  db.rows(sql`
    select r.id as request_id, s ->> 'name' as system, s ->> 'fingerprint' as fingerprint
    from requests.request r
    join requests.plan p on p.subject_id = r.subject_id and p.request_id = r.id
      and p.number = (select max(o.number) from requests.plan o
        where o.subject_id = r.subject_id and o.request_id = r.id)
    cross join lateral jsonb_array_elements(p.summary -> 'systems') s
    where r.kind = 'erasure' and r.state = 'planned'
    union
    select t.request_id, t.system, t.fingerprint from requests.step t
    where t.state <> 'done' and t.purpose = 'erase'
    order by 1, 2`)
