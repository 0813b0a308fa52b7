import { canonicalJson } from '../platform/bytes.ts'
import type { Db } from '../platform/database.ts'
import { sql } from '../platform/sql.ts'
import type { StoredEntry } from './queries.ts'

/** A chunk of entries of many subjects, in their order. */
export const insertEntries = (db: Db, entries: readonly StoredEntry[]): Promise<number> =>
  db.run(
    sql`insert into evidence.entry
          (subject_id, id, request_id, kind, actor_kind, actor_id, at, facts, commitment, nonce, sealed_detail)
        select * from unnest(
          ${entries.map((one) => one.subjectId)}::uuid[], ${entries.map((one) => one.id)}::uuid[],
          ${entries.map((one) => one.requestId)}::uuid[], ${entries.map((one) => one.kind)}::text[],
          ${entries.map((one) => one.actor.kind)}::text[], ${entries.map((one) => one.actor.id)}::text[],
          ${entries.map((one) => one.at)}::timestamptz[],
          ${entries.map((one) => canonicalJson(one.facts))}::jsonb[],
          ${entries.map((one) => one.commitment)}::bytea[], ${entries.map((one) => one.nonce)}::bytea[],
          ${entries.map((one) => one.sealedDetail)}::bytea[])`,
  )
