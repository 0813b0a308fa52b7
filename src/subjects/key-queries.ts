import type { Db } from '../platform/database.ts'
import type { ProviderName } from '../platform/key-provider.ts'
import { sql } from '../platform/sql.ts'

/** A subject's key as the database has it. */
export interface WrappedKey {
  readonly subjectId: string
  readonly wrapped: Buffer
  readonly epoch: number
  readonly commitment: Buffer
  readonly createdAt: Date
}

/** 0 when the epoch is no longer the current one; then nothing was kept. Whoever changes that waits for us. */
export const insertKey = (db: Db, key: WrappedKey): Promise<number> =>
  db.run(
    sql`insert into subjects.subject_key (subject_id, wrapped, epoch, commitment, created_at)
        select ${key.subjectId}::uuid, ${key.wrapped}::bytea, e.epoch, ${key.commitment}::bytea, ${key.createdAt}::timestamptz
        from subjects.epoch e where e.epoch = ${key.epoch} and e.state = 'current' for share of e`,
  )

export interface FoundKey extends Pick<WrappedKey, 'wrapped' | 'epoch' | 'commitment'> {
  /** Null for an epoch nobody knows. */
  readonly provider: ProviderName | null
  readonly version: number | null
}

export const findKey = (db: Db, subjectId: string): Promise<FoundKey | undefined> =>
  db.row<FoundKey>(
    sql`select k.wrapped, k.epoch, k.commitment, e.provider, e.version
        from subjects.subject_key k left join subjects.epoch e on e.epoch = k.epoch
        where k.subject_id = ${subjectId}`,
  )

/** From where it is and from where it may be moving, in this order: whoever copies it locks the first. */
export const deleteKey = (db: Db, subjectId: string): Promise<number> =>
  db.transaction(async (tx) => {
    const gone = await tx.run(sql`delete from subjects.subject_key k where k.subject_id = ${subjectId}`)
    await tx.run(sql`delete from subjects.subject_key_next k where k.subject_id = ${subjectId}`)
    return gone
  })

/** Of each subject a key made before its instant; returns whose went. */
export const deleteOlderKeys = (db: Db, ended: ReadonlyMap<string, Date>): Promise<readonly string[]> =>
  db.transaction(async (tx) => {
    const these = sql`unnest(${[...ended.keys()]}::uuid[], ${[...ended.values()]}::timestamptz[]) as e (subject_id, at)`
    const gone = await tx.rows<{ subjectId: string }>(
      sql`delete from subjects.subject_key k using ${these}
          where k.subject_id = e.subject_id and k.created_at < e.at returning k.subject_id`,
    )
    await tx.run(
      sql`delete from subjects.subject_key_next k using ${these}
          where k.subject_id = e.subject_id and k.created_at < e.at`,
    )
    return gone.map(({ subjectId }) => subjectId)
  })

/** Any key of an epoch. */
export const canaryKey = (db: Db, epoch: number): Promise<WrappedKey | undefined> =>
  db.row<WrappedKey>(
    sql`select k.subject_id, k.wrapped, k.epoch, k.commitment, k.created_at
        from subjects.subject_key k where k.epoch = ${epoch} limit 1`,
  )
