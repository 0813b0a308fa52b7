import type { Db } from '../platform/database.ts'
import { type Sql, sql } from '../platform/sql.ts'
import type { IdentifierKind } from './normalise.ts'

/** An identifier as the lookup knows it. */
export interface Indexed {
  readonly bidx: Buffer
  readonly kind: IdentifierKind
  readonly shared: boolean
}

const pairs = (hashes: readonly Buffer[], kinds: readonly string[]): Sql =>
  sql`select p.hash, p.kind from unnest(${hashes}::bytea[], ${kinds}::text[]) as p (hash, kind)`

const keysOf = (indexed: readonly Indexed[]): Sql =>
  pairs(
    indexed.map((one) => one.bidx),
    indexed.map((one) => one.kind),
  )

export function lookUp(db: Db, indexed: readonly Indexed[]) {
  const [one, ...others] = indexed
  // By far the most are for one, which PostgreSQL plans in half the time of a join.
  const isAsked =
    one && others.length === 0
      ? sql`l.bidx = ${one.bidx} and l.kind = ${one.kind}`
      : sql`(l.bidx, l.kind) in (${keysOf(indexed)})`
  return db.rows<Indexed & { readonly subjectId: string }>(
    sql`select l.bidx, l.kind, l.subject_id, l.shared from subjects.lookup l where ${isAsked} order by l.subject_id`,
  )
}

/** In the order of the keys, so that two who claim the same at once wait for each other and never in a circle. */
export const claim = (db: Db, subjectId: string, indexed: readonly Indexed[]): Promise<number> =>
  db.run(
    sql`insert into subjects.lookup (bidx, kind, subject_id, shared)
        select n.bidx, n.kind, ${subjectId}, n.shared
        from unnest(${indexed.map((one) => one.bidx)}::bytea[], ${indexed.map((one) => one.kind)}::text[],
          ${indexed.map((one) => one.shared)}::boolean[]) as n (bidx, kind, shared)
        order by n.bidx, n.kind
        on conflict do nothing`,
  )

export const unclaim = (db: Db, subjectId: string, indexed: readonly Indexed[]): Promise<number> =>
  db.run(
    sql`delete from subjects.lookup l where l.subject_id = ${subjectId} and (l.bidx, l.kind) in (${keysOf(indexed)})`,
  )

export const insertSubject = (db: Db, subjectId: string, at: Date): Promise<number> =>
  db.run(sql`insert into subjects.subject (subject_id, created_at) values (${subjectId}, ${at})`)

export interface SubjectRow {
  readonly subjectId: string
  readonly erasedAt: Date | null
  readonly keyDestroyedAt: Date | null
  /** From then on no copy of the destroyed key opens, wherever it lies. */
  readonly shreddedAt: Date | null
}

const subjectWhere = (subjectId: string): Sql =>
  sql`select s.subject_id, s.erased_at, s.key_destroyed_at, s.shredded_at from subjects.subject s where s.subject_id = ${subjectId}`

export const readSubject = (db: Db, subjectId: string) => db.row<SubjectRow>(subjectWhere(subjectId))

export const lockSubject = (db: Db, subjectId: string) =>
  db.row<SubjectRow>(sql`${subjectWhere(subjectId)} for update`)

export interface IdentifierRow {
  readonly id: string
  readonly kind: IdentifierKind
  readonly shared: boolean
  readonly sealed: Buffer
}

export const insertIdentifier = (
  db: Db,
  subjectId: string,
  row: IdentifierRow & { readonly normVersion: number; readonly createdAt: Date },
): Promise<number> =>
  db.run(
    sql`insert into subjects.identifier (subject_id, id, kind, shared, sealed, norm_version, created_at)
        values (${subjectId}, ${row.id}, ${row.kind}, ${row.shared}, ${row.sealed}, ${row.normVersion}, ${row.createdAt})`,
  )

export const identifierRows = (db: Db, subjectId: string): Promise<readonly IdentifierRow[]> =>
  db.rows<IdentifierRow>(
    sql`select i.id, i.kind, i.shared, i.sealed from subjects.identifier i
        where i.subject_id = ${subjectId} order by i.id`,
  )

/** After this the person can be found no more. The lookups span subjects on a larger database. */
export async function forget(db: Db, subjectId: string, at: Date): Promise<void> {
  await db.run(sql`delete from subjects.lookup l where l.subject_id = ${subjectId}`)
  await db.run(sql`delete from subjects.identifier i where i.subject_id = ${subjectId}`)
  await db.run(
    sql`update subjects.subject s set erased_at = ${at} where s.subject_id = ${subjectId} and s.erased_at is null`,
  )
}

export interface NewTombstone {
  readonly tombstone: Buffer
  readonly kind: IdentifierKind
}

export const insertTombstones = (
  db: Db,
  stones: readonly NewTombstone[],
  of: { readonly subjectId: string; readonly requestId: string },
  at: Date,
): Promise<number> =>
  db.run(
    sql`insert into subjects.tombstone (tombstone, kind, request_id, subject_id, erased_at)
        select n.hash, n.kind, ${of.requestId}, ${of.subjectId}, ${at}
        from (${pairs(
          stones.map((one) => one.tombstone),
          stones.map((one) => one.kind),
        )}) as n
        on conflict do nothing`,
  )

export const tombstoneRows = (db: Db, stones: readonly NewTombstone[]) =>
  db.rows<NewTombstone & { readonly requestId: string; readonly erasedAt: Date }>(
    sql`select t.tombstone, t.kind, t.request_id, t.erased_at from subjects.tombstone t
        where (t.tombstone, t.kind) in (${pairs(
          stones.map((one) => one.tombstone),
          stones.map((one) => one.kind),
        )})
        order by t.erased_at, t.request_id`,
  )

export const countTombstones = async (db: Db): Promise<number> =>
  (await db.row<{ count: number }>(sql`select count(*) as count from subjects.tombstone t`))?.count ?? 0

/** In the order of the hashes, which says nothing: by the primary key, page by page. */
export const tombstonePage = (db: Db, after: Buffer, limit: number): Promise<readonly NewTombstone[]> =>
  db.rows<NewTombstone>(
    sql`select t.tombstone, t.kind from subjects.tombstone t
        where t.tombstone > ${after} order by t.tombstone, t.kind, t.request_id limit ${limit}`,
  )

/** Null: the person has a key again. Either way, what may still open has to be made unreadable anew. */
export const setKeyDestroyed = (db: Db, subjectId: string, at: Date | null): Promise<number> =>
  db.run(
    sql`update subjects.subject s set key_destroyed_at = ${at}, shredded_at = null
        where s.subject_id = ${subjectId}`,
  )

/** 0 when it is said already, or the key is another one now. */
export const setShredded = (
  db: Db,
  { subjectId, keyDestroyedAt }: { readonly subjectId: string; readonly keyDestroyedAt: Date },
  at: Date,
): Promise<number> =>
  db.run(
    sql`update subjects.subject s set shredded_at = ${at}
        where s.subject_id = ${subjectId} and s.key_destroyed_at = ${keyDestroyedAt} and s.shredded_at is null`,
  )

/** Whose key was destroyed before this instant, and may open from an old copy as far as we have said. */
export const subjectsToShred = (db: Db, before: Date, limit: number) =>
  db.rows<{ readonly subjectId: string; readonly keyDestroyedAt: Date }>(
    sql`select s.subject_id, s.key_destroyed_at from subjects.subject s
        where s.key_destroyed_at < ${before} and s.shredded_at is null
        order by s.key_destroyed_at limit ${limit}`,
  )

export const countToShred = (db: Db, before: Date) =>
  db.row<{ readonly waiting: number; readonly overdue: number; readonly since: Date | null }>(
    sql`select count(*) as waiting, count(*) filter (where s.key_destroyed_at < ${before}) as overdue,
          min(s.key_destroyed_at) as since
        from subjects.subject s where s.key_destroyed_at is not null and s.shredded_at is null`,
  )
