import { stat } from 'node:fs/promises'
import type { ChangeMark } from '../connector.ts'

/** Of the file a collection lies in. A time of writing that went back: an older file was put in its place, times and all. */
export async function changeMark(path: string): Promise<ChangeMark | null> {
  const found = await stat(path, { bigint: true }).catch(() => null)
  if (found === null) return null
  const { ino, size, mtimeNs } = found
  return { lineage: 'file', position: String(mtimeNs), state: `${ino} ${size} ${mtimeNs}` }
}
