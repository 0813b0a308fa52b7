import { parse } from 'csv-parse/sync'
import { type TextFile, workBytes } from './text-file.ts'

/** How the records of a file are written. */
export interface Dialect {
  readonly delimiter: string
  readonly lineEnds: readonly string[]
  /** Whether the head of the file speaks for it: several columns, the same number in each record. */
  readonly isClear: boolean
}

const delimiters = [',', ';', '\t', '|']
const headBytes = 65_536
const headRecords = 100

/** Judges by the head of the file: the delimiter that gives the most columns, the same number in every record. */
export async function readDialect(file: TextFile): Promise<Dialect> {
  const head = await headOf(file)
  const lineEnds = lineEndsOf(head)
  const isCut = head.length >= headBytes
  const trials = delimiters.map((delimiter) => ({
    delimiter,
    columns: columnCounts(head, delimiter, lineEnds, isCut),
  }))
  const clear = trials.filter(
    ({ columns }) => columns !== null && (columns[0] ?? 0) > 1 && columns.every((n) => n === columns[0]),
  )
  const best = clear.toSorted((a, b) => (b.columns?.[0] ?? 0) - (a.columns?.[0] ?? 0))[0]
  if (best) return { delimiter: best.delimiter, lineEnds, isClear: true }
  // Not a good table under any: the one that splits the header most lets the reader name what is wrong with it.
  const likely = trials.toSorted((a, b) => (b.columns?.[0] ?? 0) - (a.columns?.[0] ?? 0))[0]
  return { delimiter: likely?.delimiter ?? ',', lineEnds, isClear: false }
}

async function headOf(file: TextFile): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of workBytes(file)) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= headBytes) break
  }
  return Buffer.concat(chunks).subarray(0, headBytes)
}

/** Columns of each record of the head, or null where it cannot be one. A record cut off at the end does not count. */
function columnCounts(
  head: Buffer,
  delimiter: string,
  lineEnds: readonly string[],
  isCut: boolean,
): readonly number[] | null {
  const counts: number[] = []
  try {
    parse(head, {
      delimiter,
      record_delimiter: [...lineEnds],
      encoding: 'latin1',
      relax_column_count: true,
      skip_empty_lines: true,
      to: headRecords,
      on_record: (record: readonly string[]) => {
        counts.push(record.length)
        return null
      },
    })
  } catch (error) {
    const isUnfinished = error instanceof Error && 'code' in error && error.code === 'CSV_QUOTE_NOT_CLOSED'
    return isCut && isUnfinished ? counts : null
  }
  return isCut && counts.length < headRecords ? counts.slice(0, -1) : counts
}

/** A carriage return alone ends lines only where the first line ends so (old Macs); elsewhere it is part of a value. */
function lineEndsOf(head: Buffer): readonly string[] {
  let isQuoted = false
  for (const [i, byte] of head.entries()) {
    if (byte === 0x22) isQuoted = !isQuoted
    if (isQuoted || (byte !== 0x0a && byte !== 0x0d)) continue
    return byte === 0x0d && head[i + 1] !== 0x0a ? ['\r'] : ['\r\n', '\n']
  }
  return ['\r\n', '\n']
}
