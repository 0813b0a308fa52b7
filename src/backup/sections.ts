import { createHash } from 'node:crypto'
import { z } from 'zod'
import { problem } from './problems.ts'

/** What a backup holds, one after the other: tables row by row, files piece by piece, each with its hash at its end. */
const headSchema = z.union([
  z.strictObject({ table: z.string(), columns: z.array(z.string()) }),
  z.strictObject({ file: z.string() }),
  /** About the backup itself; has no pieces. */
  z.strictObject({ about: z.record(z.string(), z.unknown()) }),
])
export type Head = z.infer<typeof headSchema>

const endSchema = z.strictObject({ pieces: z.int(), sha256: z.string() })
export type End = z.infer<typeof endSchema>

export interface Section {
  readonly head: Head
  /** To be read before the next section. Throws `backup.differs` at its end when the hash is another. */
  readonly pieces: AsyncIterable<Buffer>
}

const kinds = { head: 1, piece: 2, end: 3 } as const

function frame(kind: number, payload: Buffer | string): Buffer {
  const body = Buffer.from(payload)
  const start = Buffer.alloc(5)
  start[0] = kind
  start.writeUInt32BE(body.length, 1)
  return Buffer.concat([start, body])
}

/** Rows keep their limits in the hash; pieces of a file have none. */
export function hashOfPieces(head: Head) {
  const hash = createHash('sha256')
  let pieces = 0
  return {
    add(piece: Buffer | string) {
      pieces += 1
      hash.update(piece)
      if ('table' in head) hash.update('\n')
    },
    end: (): End => ({ pieces, sha256: hash.digest('hex') }),
  }
}

export async function* writeSection(
  head: Head,
  pieces: AsyncIterable<Buffer | string> = none(),
  onEnd: (end: End) => void = () => undefined,
): AsyncGenerator<Buffer> {
  yield frame(kinds.head, JSON.stringify(head))
  const hash = hashOfPieces(head)
  for await (const piece of pieces) {
    hash.add(piece)
    yield frame(kinds.piece, piece)
  }
  const end = hash.end()
  onEnd(end)
  yield frame(kinds.end, JSON.stringify(end))
}

async function* none(): AsyncGenerator<Buffer> {}

export async function* readSections(
  source: AsyncIterable<Buffer>,
  file: string,
): AsyncGenerator<Section & { end(): End | undefined }> {
  const frames = readFrames(source, file)
  for (;;) {
    const next = await frames.next()
    if (next.done) return
    const { kind, payload } = next.value
    if (kind !== kinds.head) throw problem('backup.not-a-backup', { file })
    const head = headSchema.parse(JSON.parse(payload.toString()))
    let end: End | undefined
    yield {
      head,
      end: () => end,
      pieces: piecesOf(frames, head, file, (found) => {
        end = found
      }),
    }
    if (!end) throw new Error('backup: a section was left before its end')
  }
}

async function* piecesOf(
  frames: AsyncGenerator<{ kind: number; payload: Buffer }>,
  head: Head,
  file: string,
  onEnd: (end: End) => void,
): AsyncGenerator<Buffer> {
  const hash = hashOfPieces(head)
  for (;;) {
    const next = await frames.next()
    if (next.done) throw problem('backup.cut-off', { file })
    const { kind, payload } = next.value
    if (kind === kinds.piece) {
      hash.add(payload)
      yield payload
      continue
    }
    const said = endSchema.parse(JSON.parse(payload.toString()))
    const found = hash.end()
    if (said.sha256 !== found.sha256 || said.pieces !== found.pieces)
      throw problem('backup.differs', { what: nameOf(head) })
    onEnd(found)
    return
  }
}

export const nameOf = (head: Head): string =>
  'table' in head ? head.table : 'file' in head ? head.file : 'about'

async function* readFrames(source: AsyncIterable<Buffer>, file: string) {
  let rest: Buffer = Buffer.alloc(0)
  for await (const piece of source) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
      const length = rest.readUInt32BE(1)
      yield { kind: rest[0] ?? 0, payload: rest.subarray(5, 5 + length) }
      rest = rest.subarray(5 + length)
    }
  }
  if (rest.length > 0) throw problem('backup.cut-off', { file })
}
