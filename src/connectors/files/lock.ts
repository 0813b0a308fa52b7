import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { problem } from '../problems.ts'

const lockName = '.dossier-lock'

/**
 * Keeps a second Dossier from writing to a directory. The lock is SQLite's own, on an empty hidden file: the operating
 * system lets go of it when its process ends, however it ends. Throws `connectors.locked` when it is not free in time.
 */
export async function lockDirectory(directory: string, timeoutMs: number): Promise<AsyncDisposable> {
  const path = join(directory, lockName)
  for (const deadline = Date.now() + timeoutMs; ; await sleep(20)) {
    const connection = await tryLock(path)
    if (connection) return { [Symbol.asyncDispose]: () => release(path, connection) }
    if (Date.now() >= deadline)
      throw problem('connectors.locked', { system: `files:${directory}`, what: 'writing' })
  }
}

async function tryLock(path: string): Promise<DatabaseSync | null> {
  // Never opened but by SQLite: closing any other handle on the file would drop our own process's lock (POSIX).
  await writeFile(path, '', { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw problem('connectors.refused', { what: 'writing to the directory' })
  })
  const before = await inode(path)
  let connection: DatabaseSync | undefined
  try {
    connection = new DatabaseSync(path, { timeout: 0 })
    connection.exec('begin exclusive')
    // Whoever held it before has removed the file: ours is then a lock on nothing.
    if (before !== null && before === (await inode(path))) return connection
  } catch {
    // Somebody else has it.
  }
  connection?.close()
  return null
}

async function release(path: string, connection: DatabaseSync): Promise<void> {
  await rm(path, { force: true })
  connection.close()
}

const inode = (path: string): Promise<bigint | null> =>
  stat(path, { bigint: true }).then(
    ({ ino }) => ino,
    () => null,
  )
