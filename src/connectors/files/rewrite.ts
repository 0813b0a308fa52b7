import type { Cell } from '../connector.ts'
import { type RecordParts, readRecords, type TableFile, takeApart } from './records.ts'
import { encode, fileBytes, isUtf16, workBytes } from './text-file.ts'

/** What is to become of a file's records, by number. */
export interface Revision {
  readonly changed: ReadonlyMap<number, ReadonlyMap<number, Cell>>
  readonly removed: ReadonlySet<number>
}

/** Where the new file goes, piece by piece. */
export interface Sink {
  write(bytes: Buffer): Promise<void>
  /** Takes back the last so many bytes. */
  shorten(bytes: number): Promise<void>
}

/**
 * Writes a file anew. Records that are neither changed nor removed keep every byte; in a changed record only the changed
 * values are encoded again, quoted where they were quoted or have to be; a missing line end at the end stays missing.
 */
export async function rewrite(file: TableFile, revision: Revision, mark: Buffer, sink: Sink): Promise<void> {
  await sink.write(mark)
  const source = sequence(workBytes(file))
  let ending = ''
  const put = async (work: Buffer) => {
    ending = (ending + work.subarray(-2).toString('latin1')).slice(-2)
    await sink.write(fileBytes(file, work))
  }
  let lostItsEnd = false
  try {
    for await (const record of readRecords(file)) {
      const set = revision.changed.get(record.number)
      const isRemoved = revision.removed.has(record.number)
      if (!set && !isRemoved) continue
      for await (const piece of source.until(record.start)) await put(piece)
      const parts = takeApart(file, await source.whole(record.end))
      await put(parts.before)
      // Only the last record of a file can be without a line end; with it goes the end of the line before it.
      if (isRemoved) lostItsEnd = parts.after.length === 0
      else await put(putTogether(file, parts, set ?? new Map()))
    }
    for await (const piece of source.until(Number.POSITIVE_INFINITY)) await put(piece)
  } finally {
    await source.close()
  }
  if (lostItsEnd) await sink.shorten(lineEndLength(file, ending))
}

function lineEndLength(file: TableFile, ending: string): number {
  const characters = file.dialect.lineEnds.find((end) => ending.endsWith(end))?.length ?? 0
  return isUtf16(file) ? characters * 2 : characters
}

function putTogether(file: TableFile, parts: RecordParts, set: ReadonlyMap<number, Cell>): Buffer {
  const delimiter = Buffer.from(file.dialect.delimiter)
  const pieces = parts.values.flatMap(({ bytes, isQuoted }, i) => {
    const cell = set.get(i)
    const value = cell === undefined ? bytes : (encode(file, cell ?? '') ?? Buffer.alloc(0))
    const isAlone = parts.values.length === 1 && value.length === 0
    const piece = isQuoted || isAlone || needsQuotes(value, file.dialect.delimiter) ? quote(value) : value
    return i === 0 ? [piece] : [delimiter, piece]
  })
  return Buffer.concat([...pieces, parts.after])
}

/** A record of nothing but an empty value needs them too: it would be a blank line, which is no record. */
const needsQuotes = (value: Buffer, delimiter: string): boolean =>
  value.includes('"') || value.includes('\n') || value.includes('\r') || value.includes(delimiter)

const quote = (value: Buffer): Buffer =>
  Buffer.from(`"${value.toString('latin1').replaceAll('"', '""')}"`, 'latin1')

/** Reads on through chunks of bytes, up to one offset after the other. */
function sequence(chunks: AsyncIterable<Buffer>) {
  const iterator = chunks[Symbol.asyncIterator]()
  let at = 0
  let rest: Buffer = Buffer.alloc(0)
  async function* until(offset: number): AsyncIterable<Buffer> {
    while (at < offset) {
      if (rest.length === 0) {
        const next = await iterator.next()
        if (next.done) return
        rest = next.value
      }
      const piece = rest.subarray(0, offset - at)
      rest = rest.subarray(piece.length)
      at += piece.length
      yield piece
    }
  }
  return {
    until,
    whole: async (offset: number) => Buffer.concat(await Array.fromAsync(until(offset))),
    close: async () => {
      await iterator.return?.()
    },
  }
}
