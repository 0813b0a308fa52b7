import { open, stat } from 'node:fs/promises'
import type { ChangeMark } from '../connector.ts'

/** Where the file's header keeps its change counter and its schema cookie (SQLite file format, §1.3). */
const header = { length: 100, changeCounter: 24, schemaCookie: 40 }

/**
 * The whole file's mark, for all its tables. In WAL mode the counter stands still until a checkpoint, so the log beside
 * the file speaks too. A counter that went back: an older copy was put in its place.
 */
export async function changeMark(path: string): Promise<ChangeMark | null> {
  try {
    await using file = await open(path, 'r')
    const { buffer, bytesRead } = await file.read(Buffer.alloc(header.length), 0, header.length, 0)
    if (bytesRead < header.length) return null
    const counter = buffer.readUInt32BE(header.changeCounter)
    const cookie = buffer.readUInt32BE(header.schemaCookie)
    return {
      lineage: 'sqlite',
      position: String(counter),
      state: [counter, cookie, await traceOf(path), await traceOf(`${path}-wal`)].join(' '),
    }
  } catch {
    return null
  }
}

const traceOf = (path: string): Promise<string> =>
  stat(path, { bigint: true }).then(
    ({ ino, size, mtimeNs }) => `${ino}/${size}/${mtimeNs}`,
    () => '-',
  )
