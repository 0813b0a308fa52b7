import type { Db } from '../platform/database.ts'
import { sql } from '../platform/sql.ts'
import type { FoundKey } from './key-queries.ts'
import type { IdentifierKind } from './normalise.ts'
import type { IdentifierRow, Indexed, NewTombstone, SubjectRow } from './queries.ts'

/** The statements of `queries.ts` for a chunk of many subjects (design §5: a batch writes in chunks, named in one list). */

/** In the order of the keys, so that two who claim the same at once wait for each other and never in a circle. */
export const claimEach = (
  db: Db,
  claims: readonly (Indexed & { readonly subjectId: string })[],
): Promise<number> =>
  db.run(
    sql`insert into subjects.lookup (bidx, kind, subject_id, shared)
        select n.bidx, n.kind, n.subject_id, n.shared
        from unnest(${claims.map((one) => one.bidx)}::bytea[], ${claims.map((one) => one.kind)}::text[],
          ${claims.map((one) => one.subjectId)}::uuid[], ${claims.map((one) => one.shared)}::boolean[])
          as n (bidx, kind, subject_id, shared)
        order by n.bidx, n.kind
        on conflict do nothing`,
  )

export interface NewKeys {
  readonly subjectIds: readonly string[]
  readonly wrapped: readonly Buffer[]
  readonly commitments: readonly Buffer[]
  readonly epoch: number
  readonly createdAt: Date
}

/** 0 when the epoch is no longer the current one, as `insertKey`. */
export const insertKeys = (db: Db, keys: NewKeys): Promise<number> =>
  db.run(
    sql`insert into subjects.subject_key (subject_id, wrapped, epoch, commitment, created_at)
        select n.subject_id, n.wrapped, e.epoch, n.commitment, ${keys.createdAt}::timestamptz
        from (select c.epoch from subjects.epoch c where c.epoch = ${keys.epoch} and c.state = 'current' for share of c) as e,
          unnest(${keys.subjectIds}::uuid[], ${keys.wrapped}::bytea[], ${keys.commitments}::bytea[])
            as n (subject_id, wrapped, commitment)`,
  )

export const findKeys = (
  db: Db,
  subjectIds: readonly string[],
): Promise<readonly (FoundKey & { readonly subjectId: string })[]> =>
  db.rows(
    sql`select k.subject_id, k.wrapped, k.epoch, k.commitment, e.provider, e.version
        from subjects.subject_key k left join subjects.epoch e on e.epoch = k.epoch
        where k.subject_id = any(${subjectIds}::uuid[])`,
  )

/** From where they are and from where they may be moving, as `deleteKey`. */
export const deleteKeys = (db: Db, subjectIds: readonly string[]): Promise<void> =>
  db.transaction(async (tx) => {
    await tx.run(sql`delete from subjects.subject_key k where k.subject_id = any(${subjectIds}::uuid[])`)
    await tx.run(sql`delete from subjects.subject_key_next k where k.subject_id = any(${subjectIds}::uuid[])`)
  })

export const insertSubjects = (db: Db, subjectIds: readonly string[], at: Date): Promise<number> =>
  db.run(
    sql`insert into subjects.subject (subject_id, created_at)
        select n.subject_id, ${at} from unnest(${subjectIds}::uuid[]) as n (subject_id)`,
  )

export const insertIdentifiers = (
  db: Db,
  rows: readonly (IdentifierRow & { readonly subjectId: string })[],
  normVersion: number,
  at: Date,
): Promise<number> =>
  db.run(
    sql`insert into subjects.identifier (subject_id, id, kind, shared, sealed, norm_version, created_at)
        select n.subject_id, n.id, n.kind, n.shared, n.sealed, ${normVersion}, ${at}
        from unnest(${rows.map((one) => one.subjectId)}::uuid[], ${rows.map((one) => one.id)}::uuid[],
          ${rows.map((one) => one.kind)}::text[], ${rows.map((one) => one.shared)}::boolean[],
          ${rows.map((one) => one.sealed)}::bytea[]) as n (subject_id, id, kind, shared, sealed)`,
  )

/** In the order of their ids, like everybody who locks several. */
export const lockSubjects = (db: Db, subjectIds: readonly string[]) =>
  db.rows<SubjectRow>(
    sql`select s.subject_id, s.erased_at, s.key_destroyed_at from subjects.subject s
        where s.subject_id = any(${subjectIds}::uuid[]) order by s.subject_id for update`,
  )

export const identifiersOfEach = (db: Db, subjectIds: readonly string[]) =>
  db.rows<IdentifierRow & { readonly subjectId: string; readonly kind: IdentifierKind }>(
    sql`select i.subject_id, i.id, i.kind, i.shared, i.sealed from subjects.identifier i
        where i.subject_id = any(${subjectIds}::uuid[]) order by i.subject_id, i.id`,
  )

/** After this they can be found no more. */
export async function forgetEach(db: Db, subjectIds: readonly string[], at: Date): Promise<void> {
  await db.run(sql`delete from subjects.lookup l where l.subject_id = any(${subjectIds}::uuid[])`)
  await db.run(sql`delete from subjects.identifier i where i.subject_id = any(${subjectIds}::uuid[])`)
  await db.run(
    sql`update subjects.subject s set erased_at = ${at}
        where s.subject_id = any(${subjectIds}::uuid[]) and s.erased_at is null`,
  )
}

export interface StoneOf extends NewTombstone {
  readonly subjectId: string
  readonly requestId: string
}

/** Returns whose were new. */
export const layStones = (db: Db, stones: readonly StoneOf[], at: Date) =>
  db.rows<{ readonly subjectId: string }>(
    sql`insert into subjects.tombstone (tombstone, kind, request_id, subject_id, erased_at)
        select n.tombstone, n.kind, n.request_id, n.subject_id, ${at}
        from unnest(${stones.map((one) => one.tombstone)}::bytea[], ${stones.map((one) => one.kind)}::text[],
          ${stones.map((one) => one.requestId)}::uuid[], ${stones.map((one) => one.subjectId)}::uuid[])
          as n (tombstone, kind, request_id, subject_id)
        on conflict do nothing returning subject_id`,
  )
