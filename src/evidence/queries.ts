import { canonicalJson } from '../platform/bytes.ts'
import type { Actor } from '../platform/context.ts'
import type { Db } from '../platform/database.ts'
import { join, name, raw, type Sql, sql } from '../platform/sql.ts'
import { type Entry, nobody } from './entry.ts'
import type { Facts } from './facts.ts'

export interface EntryRow {
  readonly subjectId: string
  readonly id: string
  readonly requestId: string | null
  readonly kind: string
  readonly actorKind: Actor['kind']
  readonly actorId: string
  readonly at: Date
  readonly facts: Facts
  readonly commitment: Buffer
}

export const entryColumns: Sql = raw(
  'e.subject_id, e.id, e.request_id, e.kind, e.actor_kind, e.actor_id, e.at, e.facts, e.commitment',
)

export const asEntry = (row: EntryRow): Entry => ({
  id: row.id,
  subjectId: row.subjectId === nobody ? null : row.subjectId,
  requestId: row.requestId,
  kind: row.kind,
  actor: { kind: row.actorKind, id: row.actorId },
  at: row.at,
  facts: row.facts,
  commitment: row.commitment,
})

export interface StoredEntry extends Omit<Entry, 'subjectId'> {
  readonly subjectId: string
  readonly nonce: Buffer | null
  readonly sealedDetail: Buffer | null
}

export const insertEntry = (db: Db, entry: StoredEntry): Promise<number> =>
  db.run(
    sql`insert into evidence.entry
          (subject_id, id, request_id, kind, actor_kind, actor_id, at, facts, commitment, nonce, sealed_detail)
        values (${entry.subjectId}, ${entry.id}, ${entry.requestId}, ${entry.kind}, ${entry.actor.kind}, ${entry.actor.id},
          ${entry.at}, ${canonicalJson(entry.facts)}::jsonb, ${entry.commitment}, ${entry.nonce}, ${entry.sealedDetail})`,
  )

/** An entry that comes back from the log's own files; what followed from a lost one has happened already. */
export const restoreEntry = (db: Db, entry: Entry, at: Date): Promise<number> =>
  db.run(
    sql`insert into evidence.entry
          (subject_id, id, request_id, kind, actor_kind, actor_id, at, facts, commitment, sequenced_at, relayed_at)
        values (${entry.subjectId ?? nobody}, ${entry.id}, ${entry.requestId}, ${entry.kind}, ${entry.actor.kind},
          ${entry.actor.id}, ${entry.at}, ${canonicalJson(entry.facts)}::jsonb, ${entry.commitment}, ${at}, ${at})
        on conflict (subject_id, id) do update set sequenced_at = excluded.sequenced_at`,
  )

export async function entriesWhere(db: Db, condition: Sql, limit?: number): Promise<readonly Entry[]> {
  const rows = await db.rows<EntryRow>(
    sql`select ${entryColumns} from evidence.entry e where ${condition} order by e.id limit ${limit ?? null}`,
  )
  return rows.map(asEntry)
}

/** Of many requests, whose subjects are not known here. */
export const entryIdsOf = (db: Db, requestIds: readonly string[]) =>
  db.rows<{ readonly requestId: string; readonly id: string }>(
    sql`select e.request_id, e.id from evidence.entry e where e.request_id = any(${requestIds}::uuid[]) order by e.id`,
  )

/** Entries that are in no leaf yet. Spans subjects: a read without locks. */
export async function unsequencedEntries(
  db: Db,
  limit: number,
  { mayHaveLeaves }: { readonly mayHaveLeaves: boolean },
): Promise<readonly Entry[]> {
  const hasNone = sql`and not exists (select from evidence.leaf l where l.entry_id = e.id)`
  const rows = await db.rows<EntryRow>(
    sql`select ${entryColumns} from evidence.entry e
        where e.sequenced_at is null ${mayHaveLeaves ? hasNone : sql``}
        order by e.id limit ${limit}`,
  )
  return rows.map(asEntry)
}

/** Spans subjects. In a statement of its own, after the leaves: a kill between leaves a mark missing, never a leaf. */
export const markSequenced = (db: Db, entries: readonly Entry[], at: Date): Promise<number> =>
  db.run(
    sql`update evidence.entry e set sequenced_at = ${at}
        where e.sequenced_at is null and (e.subject_id, e.id) in (${keysOf(entries)})`,
  )

/** Entries whose leaf exists but whose mark a kill prevented. Spans subjects: a read without locks. */
export async function unmarkedEntries(db: Db, limit: number): Promise<readonly Entry[]> {
  const rows = await db.rows<EntryRow>(
    sql`select ${entryColumns} from evidence.entry e
        where e.sequenced_at is null and exists (select from evidence.leaf l where l.entry_id = e.id)
        order by e.id limit ${limit}`,
  )
  return rows.map(asEntry)
}

/** Spans subjects; the caller holds the rows' locks. */
export const markRelayed = (db: Db, entries: readonly Entry[], at: Date): Promise<number> =>
  db.run(
    sql`update evidence.entry e set relayed_at = ${at} where (e.subject_id, e.id) in (${keysOf(entries)})`,
  )

const keysOf = (entries: readonly Entry[]): Sql =>
  sql`select m.subject_id, m.id
      from unnest(${entries.map((entry) => entry.subjectId ?? nobody)}::uuid[], ${entries.map((entry) => entry.id)}::uuid[])
        as m (subject_id, id)`

export interface LogRow {
  readonly origin: string
  readonly size: number
  readonly root: Buffer
  readonly unsweptSince: Date | null
}

const logColumns: Sql = raw('g.origin, g.size, g.root, g.unswept_since')

export const readLog = (db: Db): Promise<LogRow | undefined> =>
  db.row<LogRow>(sql`select ${logColumns} from evidence.log g where g.id = 1`)

/** Waits for whoever else appends or publishes. */
export const lockLog = (db: Db): Promise<LogRow | undefined> =>
  db.row<LogRow>(sql`select ${logColumns} from evidence.log g where g.id = 1 for update`)

export const insertLog = (db: Db, log: Pick<LogRow, 'origin' | 'size' | 'root'>): Promise<number> =>
  db.run(
    sql`insert into evidence.log (id, origin, size, root) values (1, ${log.origin}, ${log.size}, ${log.root})
        on conflict (id) do nothing`,
  )

export const growLog = (db: Db, log: Pick<LogRow, 'size' | 'root'>): Promise<number> =>
  db.run(sql`update evidence.log g set size = ${log.size}, root = ${log.root} where g.id = 1`)

export const setUnswept = (db: Db, since: Date | null): Promise<number> =>
  db.run(sql`update evidence.log g set unswept_since = ${since} where g.id = 1`)

export interface NewLeaf {
  readonly index: number
  readonly subjectId: string
  readonly entryId: string
  readonly hash: Buffer
}

export const insertLeaves = (db: Db, leaves: readonly NewLeaf[]): Promise<number> =>
  db.run(
    sql`insert into evidence.leaf (leaf_index, subject_id, entry_id, leaf_hash)
        select n.leaf_index, n.subject_id, n.entry_id, n.leaf_hash
        from unnest(${leaves.map((leaf) => leaf.index)}::bigint[], ${leaves.map((leaf) => leaf.subjectId)}::uuid[],
          ${leaves.map((leaf) => leaf.entryId)}::uuid[], ${leaves.map((leaf) => leaf.hash)}::bytea[])
          as n (leaf_index, subject_id, entry_id, leaf_hash)`,
  )

export interface NewNode {
  readonly level: number
  readonly index: number
  readonly hash: Buffer
}

export const insertNodes = (db: Db, nodes: readonly NewNode[]): Promise<number> =>
  db.run(
    sql`insert into evidence.node (level, node_index, hash)
        select n.level, n.node_index, n.hash
        from unnest(${nodes.map((node) => node.level)}::smallint[], ${nodes.map((node) => node.index)}::bigint[],
          ${nodes.map((node) => node.hash)}::bytea[]) as n (level, node_index, hash)`,
  )

/** Hashes of one level, from one index up to before another. */
export async function hashesBetween(
  db: Db,
  level: number,
  from: number,
  to: number,
): Promise<readonly Buffer[]> {
  const rows = await db.rows<{ hash: Buffer }>(
    level === 0
      ? sql`select l.leaf_hash as hash from evidence.leaf l
            where l.leaf_index >= ${from} and l.leaf_index < ${to} order by l.leaf_index`
      : sql`select n.hash from evidence.node n
            where n.level = ${level} and n.node_index >= ${from} and n.node_index < ${to} order by n.node_index`,
  )
  return rows.map((row) => row.hash)
}

/** Hashes of one level, from one index up to before another. */
export interface HashRange {
  readonly level: number
  readonly from: number
  readonly to: number
}

/** The hashes of each range, one after the other as in a tile: as rows they cost more to send than to read. */
export async function hashRanges(db: Db, ranges: readonly HashRange[]): Promise<readonly Buffer[]> {
  const columns = ranges.map((range, i) => sql`(${packed(range)}) as ${name(`h${i}`)}`)
  const row = await db.row<Readonly<Record<string, Buffer | null>>>(sql`select ${join(columns)}`)
  return ranges.map((_, i) => row?.[`h${i}`] ?? Buffer.of())
}

const packed = ({ level, from, to }: HashRange): Sql =>
  level === 0
    ? sql`select string_agg(l.leaf_hash, ''::bytea order by l.leaf_index) from evidence.leaf l
          where l.leaf_index >= ${from} and l.leaf_index < ${to}`
    : sql`select string_agg(n.hash, ''::bytea order by n.node_index) from evidence.node n
          where n.level = ${level} and n.node_index >= ${from} and n.node_index < ${to}`

export interface LeafRow {
  readonly leafIndex: number
  readonly entryId: string
  readonly leafHash: Buffer
  /** Undefined where the entry is gone, which only damage explains. */
  readonly entry: Entry | undefined
  readonly nonce: Buffer | null
  readonly sealedDetail: Buffer | null
}

/** Leaves in their order, each with its entry. Spans subjects: a read without locks. */
export async function leavesBetween(db: Db, from: number, to: number): Promise<readonly LeafRow[]> {
  const rows = await db.rows<
    Omit<LeafRow, 'entry'> & { [column in keyof EntryRow]: EntryRow[column] | null }
  >(
    sql`select l.leaf_index, l.entry_id, l.leaf_hash, ${entryColumns}, e.nonce, e.sealed_detail
        from evidence.leaf l left join evidence.entry e on e.subject_id = l.subject_id and e.id = l.entry_id
        where l.leaf_index >= ${from} and l.leaf_index < ${to} order by l.leaf_index`,
  )
  return rows.map(({ leafIndex, entryId, leafHash, nonce, sealedDetail, ...row }) => ({
    leafIndex,
    entryId,
    leafHash,
    nonce,
    sealedDetail,
    entry: row.id === null ? undefined : asEntry(row as EntryRow),
  }))
}

export const leafPlaces = (db: Db, entryIds: readonly string[]) =>
  db.rows<{ entryId: string; leafIndex: number; nonce: Buffer | null; sealedDetail: Buffer | null }>(
    sql`select l.entry_id, l.leaf_index, e.nonce, e.sealed_detail
        from evidence.leaf l join evidence.entry e on e.subject_id = l.subject_id and e.id = l.entry_id
        where l.entry_id = any(${entryIds}::uuid[])`,
  )

export const insertCheckpoint = (db: Db, size: number, note: string, at: Date): Promise<number> =>
  db.run(
    sql`insert into evidence.checkpoint (size, note, at) values (${size}, ${note}, ${at}) on conflict (size) do nothing`,
  )

/** Whether any checkpoint ever left the database. */
export const hasPublished = async (db: Db): Promise<boolean> =>
  (await db.row(sql`select from evidence.checkpoint c limit 1`)) !== undefined

export const checkpointsBetween = (db: Db, from: number, to: number) =>
  db.rows<{ size: number; note: string }>(
    sql`select c.size, c.note from evidence.checkpoint c where c.size >= ${from} and c.size < ${to} order by c.size`,
  )

/** For each leaf the first checkpoint that covered it, and the latest that was cosigned; smaller than `before`. */
export const checkpointsCovering = (db: Db, indexes: readonly number[], before: number) =>
  db.rows<{ size: number; note: string; at: Date }>(
    sql`select c.size, c.note, c.at from evidence.checkpoint c
        where c.size < ${before} and (
          c.size in (select n.size from unnest(${indexes}::bigint[]) as i (leaf_index)
                     cross join lateral (select d.size from evidence.checkpoint d
                                         where d.size > i.leaf_index order by d.size limit 1) as n)
          or c.size = (select max(s.size) from evidence.cosignature s where s.size < ${before}))
        order by c.size`,
  )

export async function cosignaturesAt(db: Db, size: number): Promise<readonly string[]> {
  const rows = await db.rows<{ line: string }>(
    sql`select s.line from evidence.cosignature s where s.size = ${size} order by s.witness`,
  )
  return rows.map((row) => row.line)
}

export const latestCheckpoint = (db: Db) =>
  db.row<{ size: number; note: string }>(
    sql`select c.size, c.note from evidence.checkpoint c order by c.size desc limit 1`,
  )

/** Entries in the newest checkpoint; 0 when there is none. */
export const newestSize = async (db: Db): Promise<number> => (await latestCheckpoint(db))?.size ?? 0

export interface WitnessRow {
  readonly name: string
  readonly size: number
  readonly seenAt: Date | null
  readonly triedAt: Date
  readonly problem: string | null
}

export const witnessRows = (db: Db) =>
  db.rows<WitnessRow>(sql`select w.name, w.size, w.seen_at, w.tried_at, w.problem from evidence.witness w`)

export const saveWitness = (db: Db, row: WitnessRow): Promise<number> =>
  db.run(
    sql`insert into evidence.witness (name, size, seen_at, tried_at, problem)
        values (${row.name}, ${row.size}, ${row.seenAt}, ${row.triedAt}, ${row.problem})
        on conflict (name) do update set size = excluded.size, seen_at = excluded.seen_at,
          tried_at = excluded.tried_at, problem = excluded.problem`,
  )

export const insertCosignature = (
  db: Db,
  one: { readonly witness: string; readonly size: number; readonly line: string; readonly at: Date },
): Promise<number> =>
  db.run(
    sql`insert into evidence.cosignature (witness, size, line, at)
        values (${one.witness}, ${one.size}, ${one.line}, ${one.at})
        on conflict (witness, size) do update set line = excluded.line, at = excluded.at`,
  )

/** Entries that claim to be in the log and are not. Spans subjects: a read without locks. */
export const entriesOutsideLog = (db: Db, limit: number) =>
  db.rows<{ id: string }>(
    sql`select e.id from evidence.entry e
        where e.sequenced_at is not null and not exists (select from evidence.leaf l where l.entry_id = e.id)
        order by e.id limit ${limit}`,
  )

export async function countWaiting(db: Db): Promise<number> {
  const row = await db.row<{ count: number }>(
    sql`select count(*) as count from evidence.entry e where e.sequenced_at is null`,
  )
  return row?.count ?? 0
}
