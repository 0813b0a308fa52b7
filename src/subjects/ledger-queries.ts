import type { Db } from '../platform/database.ts'
import { sql } from '../platform/sql.ts'
import type { IdentifierKind } from './normalise.ts'

/** Where the ledger ends, as the database knows it. */
export interface LedgerEnd {
  /** The number of its last record; 0: none was ever written. */
  readonly records: number
  /** The number of the file it stands in, and that file's length after it. */
  readonly file: number
  readonly bytes: number
}

export const noLedger: LedgerEnd = { records: 0, file: 0, bytes: 0 }

export const readLedgerEnd = async (db: Db): Promise<LedgerEnd> =>
  (await db.row<LedgerEnd>(sql`select l.records, l.file, l.bytes from subjects.ledger l where l.id = 1`)) ??
  noLedger

/** Waits for whoever else writes to the ledger; held until the tombstones are committed. */
export async function lockLedger(db: Db): Promise<LedgerEnd> {
  await db.run(
    sql`insert into subjects.ledger (id, records, file, bytes) values (1, 0, 0, 0) on conflict (id) do nothing`,
  )
  const row = await db.row<LedgerEnd>(
    sql`select l.records, l.file, l.bytes from subjects.ledger l where l.id = 1 for update`,
  )
  return row ?? noLedger
}

export const moveLedgerEnd = (db: Db, { records, file, bytes }: LedgerEnd): Promise<number> =>
  db.run(sql`update subjects.ledger set records = ${records}, file = ${file}, bytes = ${bytes} where id = 1`)

export interface LaidTombstone {
  readonly tombstone: Buffer
  readonly kind: IdentifierKind
  readonly requestId: string
  readonly subjectId: string
  readonly erasedAt: Date
}

/** In the order of the hashes, page by page. */
export const laidTombstones = (
  db: Db,
  after: Pick<LaidTombstone, 'tombstone' | 'kind' | 'requestId'> | undefined,
  limit: number,
): Promise<readonly LaidTombstone[]> =>
  db.rows<LaidTombstone>(
    sql`select t.tombstone, t.kind, t.request_id, t.subject_id, t.erased_at from subjects.tombstone t
        where ${after ? sql`(t.tombstone, t.kind, t.request_id) > (${after.tombstone}, ${after.kind}, ${after.requestId})` : sql`true`}
        order by t.tombstone, t.kind, t.request_id limit ${limit}`,
  )

/** Which of these requests left a tombstone. */
export async function requestsWithTombstones(
  db: Db,
  requestIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ requestId: string }>(
    sql`select distinct t.request_id from subjects.tombstone t where t.request_id = any(${requestIds}::uuid[])`,
  )
  return new Set(rows.map((row) => row.requestId))
}

/** A subject the database lost with a restore: only that they were there, and are erased. */
export const insertErasedSubject = (
  db: Db,
  subjectId: string,
  createdAt: Date,
  erasedAt: Date,
): Promise<number> =>
  db.run(
    sql`insert into subjects.subject (subject_id, created_at, erased_at) values (${subjectId}, ${createdAt}, ${erasedAt})
        on conflict (subject_id) do nothing`,
  )
