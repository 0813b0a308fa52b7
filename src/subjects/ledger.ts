import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Context, inTransaction } from '../platform/context.ts'
import type { Db } from '../platform/database.ts'
import type { Keyring } from '../platform/keyring.ts'
import {
  type Erasure,
  type LedgerRecord,
  type LedgerScan,
  ledgerFile,
  ledgerFiles,
  scanLedger,
  syncDirectory,
  writeLines,
  writeRecord,
} from './ledger-file.ts'
import {
  insertErasedSubject,
  type LaidTombstone,
  type LedgerEnd,
  laidTombstones,
  lockLedger,
  moveLedgerEnd,
  readLedgerEnd,
} from './ledger-queries.ts'
import { countTombstones, forget, insertTombstones } from './queries.ts'

/** The tombstones once more, outside the database, because a restored backup forgets whom we erased since (design §1.4). */
export interface LedgerState {
  /**
   * `ahead`: it holds records the database never committed, after a crash, or lost with a restore. `behind`: records that
   * the database knows are missing. `damaged`: some are changed or missing in the middle.
   */
  readonly state: 'current' | 'ahead' | 'behind' | 'damaged'
  /** The number of the last record in the files, and the one the database knows. */
  readonly records: number
  readonly known: number
  readonly damage: readonly string[]
}

/** One file is read whole into memory. */
const mostBytes = 8 * 1024 * 1024
const page = 10_000

/** Of a tombstone older than this ledger, whose request is gone. */
const unknownSubject = '00000000-0000-0000-0000-000000000000'

/** Reads the whole ledger. Changes nothing. */
export async function ledgerState(ctx: Context): Promise<LedgerState> {
  // The database first: the files run ahead of it, never behind.
  const end = await readLedgerEnd(ctx.db)
  const hasStones = (await countTombstones(ctx.db)) > 0
  const { number, damage } = await scanLedger(ctx.paths.tombstones, ctx.keyring)
  const state =
    damage.length > 0
      ? 'damaged'
      : number < end.records || (hasStones && end.records === 0)
        ? 'behind'
        : number > end.records
          ? 'ahead'
          : 'current'
  return { state, records: number, known: end.records, damage }
}

/**
 * Writes erasures to the ledger and returns when they are on the disk: the caller's transaction commits after that, so
 * that the ledger never knows less than the database. Other writers wait until then. One call for a whole batch.
 */
export async function appendToLedger(tx: Context, erasures: readonly Erasure[]): Promise<void> {
  const known = await lockLedger(tx.db)
  const isMended = known.records > 0 && (await endsAt(tx.paths.tombstones, known))
  const rewritten = !isMended && (await mend(tx, known)).rewritten
  const writer = ledgerWriter(tx, await readLedgerEnd(tx.db))
  // One written anew from the database holds the new tombstones already.
  for (const erasure of erasures) if (!rewritten || erasure.stones.length === 0) await writer.add(erasure)
  await moveLedgerEnd(tx.db, await writer.finish())
}

export interface MendedLedger {
  /** Tombstones that the database did not have. */
  readonly broughtBack: number
  /** The files lacked records: they were written anew from the database, and what could be read of them before. */
  readonly rewritten: boolean
}

/**
 * Brings ledger and database together again: what a restored database lost comes back from the files, what the files
 * lost comes from the database, and an end that a crash tore off is cut.
 */
export const mendLedger = (ctx: Context): Promise<MendedLedger> =>
  inTransaction(ctx, async (tx) => mend(tx, await lockLedger(tx.db)))

/** The same where the ledger does not end where the database says, which costs next to nothing to see. */
export async function tendLedger(ctx: Context): Promise<void> {
  const isWell = async (db: Db) => {
    const known = await readLedgerEnd(db)
    const isBegun = known.records > 0 || (await countTombstones(db)) === 0
    return isBegun && (await endsAt(ctx.paths.tombstones, known))
  }
  if (await isWell(ctx.db)) return
  await inTransaction(ctx, async (tx) => {
    const known = await lockLedger(tx.db)
    // Somebody was writing a moment ago.
    if (!(await isWell(tx.db))) await mend(tx, known)
  })
}

/**
 * Puts another ledger in the place of ours where that is shorter, as a backup's on a machine where ours is lost; a longer one
 * of ours knows of erasures that the backup does not, and stays. Our files are set aside.
 */
export async function adoptLedger(
  { tombstones }: { readonly tombstones: string },
  keyring: Keyring,
  other: string,
): Promise<'kept' | 'replaced'> {
  const [ours, theirs] = [await scanLedger(tombstones, keyring), await scanLedger(other, keyring)]
  if (theirs.number <= ours.number) return 'kept'
  await setAside(tombstones, await ledgerFiles(tombstones), theirs.file + 1)
  await mkdir(tombstones, { recursive: true, mode: 0o700 })
  for (const file of await ledgerFiles(other))
    await rename(join(other, ledgerFile(file)), join(tombstones, ledgerFile(file)))
  await syncDirectory(tombstones)
  return 'replaced'
}

async function setAside(directory: string, files: readonly number[], before: number): Promise<void> {
  const aside = join(directory, `set-aside-${before}`)
  if (files.length > 0) await mkdir(aside, { recursive: true, mode: 0o700 })
  for (const file of files) await rename(join(directory, ledgerFile(file)), join(aside, ledgerFile(file)))
}

async function endsAt(directory: string, { file, bytes }: LedgerEnd): Promise<boolean> {
  const files = await ledgerFiles(directory)
  if ((files.at(-1) ?? 0) !== file) return false
  return file === 0 || (await stat(join(directory, ledgerFile(file)))).size === bytes
}

async function mend(tx: Context, known: LedgerEnd): Promise<MendedLedger> {
  const directory = tx.paths.tombstones
  let broughtBack = 0
  const scan = await scanLedger(directory, tx.keyring, async (records) => {
    broughtBack += await bringBack(tx, records, known.records)
  })
  const isWhole = scan.damage.length === 0 && scan.number >= known.records && scan.number > 0
  if (isWhole) {
    if (scan.torn > 0) await writeLines(directory, ledgerFile(scan.file), scan.bytes, [])
    await moveLedgerEnd(tx.db, { records: scan.number, file: scan.file, bytes: scan.bytes })
    return { broughtBack, rewritten: false }
  }
  // A record behind the damage may be one that a restored database lost, whatever its number says.
  if (scan.damage.length > 0)
    await scanLedger(directory, tx.keyring, async (records) => {
      broughtBack += await bringBack(tx, records, 0)
    })
  if (scan.number === 0 && known.records === 0 && (await countTombstones(tx.db)) === 0)
    return { broughtBack, rewritten: false }
  await moveLedgerEnd(tx.db, await writeAnew(tx, known, scan))
  return { broughtBack, rewritten: true }
}

/** Tombstones, and that the subject is erased: nothing may lead to them although the backup knew them. */
async function bringBack(tx: Context, records: readonly LedgerRecord[], after: number): Promise<number> {
  let count = 0
  for (const { number, erasure } of records) {
    if (erasure === null || number <= after) continue
    const { stones, subjectId, at } = erasure
    if (stones.length > 0) count += await insertTombstones(tx.db, stones, erasure, at)
    if (subjectId !== unknownSubject) await markErased(tx, subjectId, at)
  }
  return count
}

/** That a subject was there and is erased: also for one whom a restored database never knew, or knows again. */
export async function markErased(tx: Context, subjectId: string, at: Date): Promise<void> {
  // A UUID of version 7 begins with the milliseconds of its making.
  const created = new Date(Number.parseInt(subjectId.replaceAll('-', '').slice(0, 12), 16))
  await insertErasedSubject(tx.db, subjectId, created < at ? created : at, at)
  await forget(tx.db, subjectId, at)
}

/**
 * The ledger from the tombstones of the database, under higher numbers than any before, in files of their own. The old
 * files are set aside, not removed: somebody may want to know what became of them.
 */
async function writeAnew(tx: Context, known: LedgerEnd, scan: LedgerScan): Promise<LedgerEnd> {
  const directory = tx.paths.tombstones
  for (const name of await readdir(directory).catch(() => []))
    if (name.endsWith('.new')) await rm(join(directory, name))
  const old = await ledgerFiles(directory)
  const first = Math.max(known.file, old.at(-1) ?? 0) + 1
  const records = Math.max(known.records, scan.number)
  const writer = ledgerWriter(tx, { records, file: first - 1, bytes: mostBytes }, '.new')
  await writer.begin()
  let after: LaidTombstone | undefined
  for (;;) {
    const rows = await laidTombstones(tx.db, after, page)
    const erasures = Map.groupBy(rows, (row) => `${row.requestId} ${row.erasedAt.toISOString()}`)
    for (const stones of erasures.values()) {
      const [one] = stones
      if (one) await writer.add({ ...one, at: one.erasedAt, stones })
    }
    after = rows.at(-1)
    if (rows.length < page) break
  }
  const end = await writer.finish()
  await setAside(directory, old, first)
  for (let file = first; file <= end.file; file += 1)
    await rename(join(directory, `${ledgerFile(file)}.new`), join(directory, ledgerFile(file)))
  await syncDirectory(directory)
  return end
}

/** Writes records behind this end, file after file; nothing counts before `finish` said where the ledger ends now. */
function ledgerWriter(tx: Context, from: LedgerEnd, suffix = '') {
  let { records, file, bytes } = from
  let lines: string[] = []
  let waiting = 0
  const flush = async () => {
    if (lines.length > 0)
      bytes = await writeLines(tx.paths.tombstones, `${ledgerFile(file)}${suffix}`, bytes, lines)
    lines = []
    waiting = 0
  }
  const put = async (erasure: Erasure | null) => {
    if (file === 0 || bytes + waiting >= mostBytes) {
      await flush()
      file += 1
      bytes = 0
    }
    records += 1
    const line = writeRecord(tx.keyring, { number: records, erasure }, tx.now())
    lines.push(line)
    waiting += Buffer.byteLength(line)
  }
  return {
    begin: () => put(null),
    async add(erasure: Erasure) {
      if (records === 0) await put(null)
      await put(erasure)
    },
    async finish(): Promise<LedgerEnd> {
      await flush()
      return { records, file, bytes }
    },
  }
}
