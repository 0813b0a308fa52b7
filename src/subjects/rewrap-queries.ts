import type { Db } from '../platform/database.ts'
import { sql } from '../platform/sql.ts'
import type { WrappedKey } from './key-queries.ts'

/** Live keys behind this subject that no later epoch wraps yet, in the order of their subjects. */
export const keysToRewrap = (
  db: Db,
  current: number,
  after: string,
  limit: number,
): Promise<readonly WrappedKey[]> =>
  db.rows<WrappedKey>(
    sql`select k.subject_id, k.wrapped, k.epoch, k.commitment, k.created_at from subjects.subject_key k
        where k.subject_id > ${after} and k.epoch <> ${current}
          and not exists (select 1 from subjects.subject_key_next n where n.subject_id = k.subject_id)
        order by k.subject_id limit ${limit}`,
  )

/**
 * Puts keys into the new table, of subjects whose key is still there and still what was opened. Their rows are locked
 * meanwhile: whoever deletes one waits, and then deletes the new one too.
 */
export const keepRewrapped = (
  db: Db,
  keys: readonly (WrappedKey & { readonly before: Buffer })[],
): Promise<number> =>
  db.transaction(async (tx) => {
    const live = await tx.rows<{ subjectId: string; wrapped: Buffer }>(
      sql`select k.subject_id, k.wrapped from subjects.subject_key k
          where k.subject_id = any(${keys.map(({ subjectId }) => subjectId)}::uuid[])
          order by k.subject_id for share`,
    )
    const wrappedNow = new Map(live.map(({ subjectId, wrapped }) => [subjectId, wrapped]))
    const kept = keys.filter(({ subjectId, before }) => wrappedNow.get(subjectId)?.equals(before))
    return tx.run(
      sql`insert into subjects.subject_key_next (subject_id, wrapped, epoch, commitment, created_at)
          select n.subject_id, n.wrapped, n.epoch, n.commitment, n.created_at
          from unnest(${kept.map(({ subjectId }) => subjectId)}::uuid[], ${kept.map(({ wrapped }) => wrapped)}::bytea[],
            ${kept.map(({ epoch }) => epoch)}::integer[], ${kept.map(({ commitment }) => commitment)}::bytea[],
            ${kept.map(({ createdAt }) => createdAt)}::timestamptz[])
            as n (subject_id, wrapped, epoch, commitment, created_at)
          on conflict do nothing`,
    )
  })

/** Nobody makes or deletes a key until this transaction ends; reading goes on. */
export async function stopKeyWrites(tx: Db, patienceMs: number): Promise<void> {
  await tx.run(sql`select pg_catalog.set_config('lock_timeout', ${`${patienceMs}ms`}, true)`)
  await tx.run(sql`lock table subjects.subject_key in exclusive mode`)
}

/** Keys that were made under the current epoch while others moved. */
export const copyCurrentKeys = (tx: Db, current: number): Promise<number> =>
  tx.run(
    sql`insert into subjects.subject_key_next (subject_id, wrapped, epoch, commitment, created_at)
        select k.subject_id, k.wrapped, k.epoch, k.commitment, k.created_at from subjects.subject_key k
        where k.epoch = ${current}
        on conflict do nothing`,
  )

export interface Difference {
  /** In the old table and not in the new one. */
  readonly missing: number
  /** In the new table and not in the old one, or not of the current epoch, or of another key. */
  readonly wrong: number
  readonly keys: number
}

export const compareTables = async (tx: Db, current: number): Promise<Difference> => {
  const row = await tx.row<Difference>(
    sql`select count(*) filter (where n.subject_id is null) as missing,
          count(*) filter (where n.subject_id is not null and (k.subject_id is null or n.epoch <> ${current}
            or n.commitment <> k.commitment or n.created_at <> k.created_at)) as wrong,
          count(*) as keys
        from subjects.subject_key k full join subjects.subject_key_next n on n.subject_id = k.subject_id`,
  )
  if (!row) throw new Error('subjects: the tables of keys were not compared')
  return row
}

/** The new table becomes the table; the old one's files go with it, and whatever of deleted keys its pages still held. */
export async function takePlace(tx: Db): Promise<void> {
  await tx.run(sql`lock table subjects.subject_key, subjects.subject_key_next in access exclusive mode`)
  await tx.run(sql`drop table subjects.subject_key`)
  await tx.run(sql`alter table subjects.subject_key_next rename to subject_key`)
  await tx.run(sql`alter index subjects.subject_key_next_pkey rename to subject_key_pkey`)
  await tx.run(
    sql`create table subjects.subject_key_next (like subjects.subject_key including constraints including indexes)`,
  )
}
