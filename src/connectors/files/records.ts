import { Readable } from 'node:stream'
import { CsvError, type Info, type Options, Parser } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import type { Cell } from '../connector.ts'
import type { Reason } from '../reasons.ts'
import type { Dialect } from './dialect.ts'
import { corrupt, decode1252, type TextFile, workBytes } from './text-file.ts'

/** A file and how it is written. */
export interface TableFile extends TextFile {
  readonly dialect: Dialect
}

export interface FileRecord {
  /** 0 for the header, 1 for the first record of data. */
  readonly number: number
  /** Its place in the work bytes, with its line end and any blank lines before it. */
  readonly start: number
  readonly end: number
  readonly cells: readonly string[]
}

/** A quote that is never closed would otherwise take the rest of the file into memory. */
const largestRecord = 64 * 2 ** 20

const reasons: Readonly<Record<string, Reason>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote',
  INVALID_OPENING_QUOTE: 'a quote stands inside an unquoted value',
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'the number of values differs from the header',
  CSV_MAX_RECORD_SIZE: 'a record is longer than 64 MB',
}

const optionsOf = ({ dialect }: Pick<TableFile, 'dialect'>): Options => ({
  delimiter: dialect.delimiter,
  record_delimiter: [...dialect.lineEnds],
  skip_empty_lines: true,
  max_record_size: largestRecord,
})

/** Every record of a file, the header first. Throws `connectors.corrupt` at the first line that is not CSV. */
export async function* readRecords(file: TableFile): AsyncIterable<FileRecord> {
  const is1252 = file.encoding === 'windows-1252'
  const parser = new Parser({ ...optionsOf(file), info: true, encoding: is1252 ? 'latin1' : 'utf8' })
  const source = Readable.from(workBytes(file), { objectMode: false })
  source.on('error', (error) => parser.destroy(error)).pipe(parser)
  let number = 0
  let start = 0
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      const cells = is1252 ? record.map(decode1252) : record
      yield { number: number++, start, end: info.bytes, cells }
      start = info.bytes
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw corrupt(file.name, await lineOf(file, error), reasons[error.code] ?? 'a quote is never closed')
  } finally {
    source.destroy()
  }
}

/** Of a quote that is never closed the parser only knows the last line, and how far it had come when it was opened. */
async function lineOf(file: TableFile, error: CsvError): Promise<number> {
  if (error.code !== 'CSV_QUOTE_NOT_CLOSED') return Number(error['lines'])
  const end = file.dialect.lineEnds.at(-1) ?? '\n'
  let line = 1
  let left = Number(error['bytes'])
  for await (const bytes of workBytes(file)) {
    const before = bytes.subarray(0, left)
    for (let at = before.indexOf(end); at >= 0; at = before.indexOf(end, at + 1)) line++
    left -= before.length
    if (left <= 0) break
  }
  return line
}

/** An empty value is no value: CSV has no other word for it. */
export const asCell = (text: Cell | undefined): Cell => (text === undefined || text === '' ? null : text)

/** One record taken apart so that it can be put together again: what surrounds it, and each value with its quoting. */
export interface RecordParts {
  readonly before: Buffer
  readonly values: readonly { readonly bytes: Buffer; readonly isQuoted: boolean }[]
  readonly after: Buffer
}

export function takeApart(file: Pick<TableFile, 'dialect'>, record: Buffer): RecordParts {
  const text = record.toString('latin1')
  const ends = file.dialect.lineEnds
  const blank = new RegExp(`^(?:${ends.join('|')})*`).exec(text)?.[0].length ?? 0
  const after = ends.find((end) => text.endsWith(end))?.length ?? 0
  const isQuoted: boolean[] = []
  const [values = []]: readonly (readonly string[])[] = parse(record.subarray(blank, record.length - after), {
    ...optionsOf(file),
    encoding: 'latin1',
    cast: (value, context) => {
      isQuoted[context.index] = context.quoting
      return value
    },
  })
  return {
    before: record.subarray(0, blank),
    values: values.map((value, i) => ({
      bytes: Buffer.from(value, 'latin1'),
      isQuoted: isQuoted[i] ?? false,
    })),
    after: record.subarray(record.length - after),
  }
}
