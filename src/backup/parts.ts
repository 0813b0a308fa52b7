import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { tables } from '../../database/tables.ts'
import type { Paths } from '../platform/config.ts'
import type { Db } from '../platform/database.ts'
import { endedVersions } from '../subjects/public.ts'
import { type End, writeSection } from './sections.ts'
import { rowsOf, shapeOf, writeAlike } from './table-rows.ts'

/** A backup's two files: the keys stand apart, because together they undo what destroying a key achieves. */
export const partFiles = { main: 'main.backup', keys: 'keys.backup' } as const

/** In an order in which each comes after those it refers to. What a job runner keeps is made anew at the next start. */
export const tablesOf = {
  main: Object.keys(tables.main),
  keys: Object.keys(tables.keys),
} as const

/** Directories of files, by the name they have in a backup. */
export const directoriesOf = {
  main: ['evidence', 'tombstones', 'certificates'],
  keys: ['keys'],
} as const satisfies Record<'main' | 'keys', readonly (keyof Paths)[]>

/** Belongs to the cluster of this machine, and to no other. */
export const passwordFile = 'keys/postgres.password'

/** What was written, to be compared with what is read back. */
export type Written = Map<string, End>

/** The whole of a database as it stands at this moment, then files: these may be newer, never older. */
export async function* sectionsOf(
  tx: Db,
  part: 'main' | 'keys',
  paths: Paths,
  about: Readonly<Record<string, unknown>>,
  written: Written,
  onTable: (table: string, done: number, total: number) => void,
): AsyncGenerator<Buffer> {
  await tx.run({ parts: ['set transaction isolation level repeatable read, read only'], values: [] })
  // A slow disk is no process that was stopped.
  await tx.run({ parts: ['set local idle_in_transaction_session_timeout = 0'], values: [] })
  // Before the snapshot is taken: a table that took another's place after it would look empty.
  await tx.run({ parts: [`lock table ${tablesOf[part].join(', ')} in access share mode`], values: [] })
  await writeAlike(tx)
  const leftOut = part === 'keys' ? await endedEpochFiles(tx) : new Set<string>()
  yield* writeSection({ about })
  for (const [i, table] of tablesOf[part].entries()) {
    onTable(table, i, tablesOf[part].length)
    const shape = await shapeOf(tx, table)
    const head = { table, columns: [...shape.columns] }
    yield* writeSection(head, rowsOf(tx, shape), (end) => written.set(table, end))
  }
  for (const directory of directoriesOf[part])
    for (const path of await filesBelow(paths[directory])) {
      const file = `${directory}/${path}`
      if (file === passwordFile || leftOut.has(file)) continue
      const content = await readFile(join(paths[directory], path)).catch(goneOrThrow)
      // A tile that filled up meanwhile stands in the wider one, which is listed too or not needed yet.
      if (content) yield* writeSection({ file }, piecesOf(content), (end) => written.set(file, end))
    }
}

/** Epoch keys that wrap nothing any more: a backup without them cannot bring back whom they would still open. */
async function endedEpochFiles(tx: Db): Promise<ReadonlySet<string>> {
  return new Set((await endedVersions(tx, 'file')).map((version) => `keys/epochs/${version}.key`))
}

/** The checkpoint first: the tiles it signs are on the disk before it. */
async function filesBelow(root: string): Promise<readonly string[]> {
  const found = await readdir(root, { recursive: true, withFileTypes: true })
  return found
    .filter((one) => one.isFile())
    .map((one) => relative(root, join(one.parentPath, one.name)).replaceAll(sep, '/'))
    .filter((path) => !/(^|\/)(\.drafts|set-aside-[^/]*)\/|\.new$/.test(path))
    .sort((a, b) => Number(b === 'checkpoint') - Number(a === 'checkpoint') || (a < b ? -1 : 1))
}

async function* piecesOf(content: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536)
}

const goneOrThrow = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error
}
