import { timingSafeEqual } from 'node:crypto'
import { mkdir, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { hmac } from '../platform/bytes.ts'
import type { Keyring } from '../platform/keyring.ts'
import type { NewTombstone } from './queries.ts'

/**
 * The ledger's files: a record is a line of JSON, a space, and its HMAC. Records are numbered without a gap, so that a
 * changed, missing or moved one is found by reading; a line that a crash tore off is the last, and has no number yet.
 */
export interface Erasure {
  readonly subjectId: string
  readonly requestId: string
  readonly at: Date
  readonly stones: readonly NewTombstone[]
}

export interface LedgerRecord {
  readonly number: number
  /** Null: the ledger begins here, for the first time or written anew. */
  readonly erasure: Erasure | null
}

const kinds = ['email', 'phone', 'number', 'username', 'national-id', 'bank-account'] as const

const recordSchema = z.union([
  z.strictObject({ v: z.literal(1), n: z.int().positive(), begun: z.iso.datetime({ precision: 3 }) }),
  z.strictObject({
    v: z.literal(1),
    n: z.int().positive(),
    at: z.iso.datetime({ precision: 3 }),
    subject: z.uuid(),
    request: z.uuid(),
    stones: z.array(z.tuple([z.enum(kinds), z.string().regex(/^[\w-]{43}$/)])),
  }),
])

export function writeRecord(keyring: Keyring, { number, erasure }: LedgerRecord, now: Date): string {
  const content: z.input<typeof recordSchema> = erasure
    ? {
        v: 1,
        n: number,
        at: erasure.at.toISOString(),
        subject: erasure.subjectId,
        request: erasure.requestId,
        stones: erasure.stones.map(({ kind, tombstone }) => [kind, tombstone.toString('base64url')]),
      }
    : { v: 1, n: number, begun: now.toISOString() }
  const json = JSON.stringify(content)
  return `${json} ${macOf(keyring, json).toString('base64url')}\n`
}

/** Undefined for a line that is not one we wrote. */
function readRecord(keyring: Keyring, line: string): LedgerRecord | undefined {
  const [, json, mac] = /^(\{.*\}) ([\w-]{43})$/.exec(line) ?? []
  if (json === undefined || mac === undefined) return undefined
  if (!timingSafeEqual(macOf(keyring, json), Buffer.from(mac, 'base64url'))) return undefined
  const record = recordSchema.parse(JSON.parse(json))
  if ('begun' in record) return { number: record.n, erasure: null }
  const stones = record.stones.map(([kind, hash]) => ({ kind, tombstone: Buffer.from(hash, 'base64url') }))
  const { n: number, subject: subjectId, request: requestId, at } = record
  return { number, erasure: { subjectId, requestId, at: new Date(at), stones } }
}

const macOf = (keyring: Keyring, json: string): Buffer => hmac(keyring.derived('tombstone', 'ledger'), json)

export const ledgerFile = (number: number): string => `${String(number).padStart(6, '0')}.ledger`

export const ledgerFiles = async (directory: string): Promise<readonly number[]> =>
  (await readdir(directory).catch(orNone))
    .flatMap((name) => /^(\d{6})\.ledger$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)

const orNone = (error: NodeJS.ErrnoException): string[] => {
  if (error.code === 'ENOENT') return []
  throw error
}

/** What reading the whole ledger found. */
export interface LedgerScan {
  /** The last record that is whole. */
  readonly number: number
  readonly file: number
  readonly bytes: number
  /** Bytes after it: a crash tore a record off. */
  readonly torn: number
  /** Where records are changed or missing: `<file>@<byte>`. */
  readonly damage: readonly string[]
}

/** Reads the ledger from its beginning, file by file. */
export async function scanLedger(
  directory: string,
  keyring: Keyring,
  onRecords: (records: readonly LedgerRecord[]) => Promise<void> = async () => undefined,
): Promise<LedgerScan> {
  const damage: string[] = []
  let last = { number: 0, file: 0, bytes: 0 }
  let bad: string[] = []
  let torn = 0
  for (const file of await ledgerFiles(directory)) {
    const content = await readFile(join(directory, ledgerFile(file)))
    const records: LedgerRecord[] = []
    let at = 0
    while (at < content.length) {
      const newline = content.indexOf(0x0a, at)
      const end = newline < 0 ? content.length : newline + 1
      const record = newline < 0 ? undefined : readRecord(keyring, content.toString('utf8', at, newline))
      const place = `${ledgerFile(file)}@${at}`
      if (record) {
        const isNext = last.number === 0 ? record.erasure === null : record.number === last.number + 1
        // What cannot be read is a torn end only where nothing whole comes after it.
        damage.push(...bad, ...(isNext || bad.length > 0 ? [] : [place]))
        records.push(record)
        last = { number: Math.max(last.number, record.number), file, bytes: end }
        bad = []
        torn = 0
      } else {
        bad.push(place)
        torn += end - at
      }
      at = end
    }
    await onRecords(records)
  }
  return { ...last, torn, damage }
}

/** Writes lines at this place of a file, cuts off what stood after it, and returns when they are on the disk. */
export async function writeLines(
  directory: string,
  name: string,
  from: number,
  lines: readonly string[],
): Promise<number> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, name)
  const file = await open(path, from === 0 ? 'w' : 'r+', 0o600)
  try {
    const bytes = Buffer.from(lines.join(''))
    if (from > 0) await file.truncate(from)
    for (let at = 0; at < bytes.length; )
      at += (await file.write(bytes, at, bytes.length - at, from + at)).bytesWritten
    await file.sync()
    if (from === 0) await syncDirectory(directory)
    return from + bytes.length
  } finally {
    await file.close()
  }
}

export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
