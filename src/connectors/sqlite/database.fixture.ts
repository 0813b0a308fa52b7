import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { ReadSession, SessionLimits, WriteSession } from '../connector.ts'
import { driver } from './driver.ts'

export const limits: SessionLimits = { statementTimeoutMs: 20_000, lockTimeoutMs: 200 }

export interface TestFile {
  readonly directory: string
  readonly path: string
  /** The file's own program, at work beside Dossier. */
  readonly own: DatabaseSync
  read(limits?: SessionLimits): Promise<ReadSession>
  write(limits?: SessionLimits): Promise<WriteSession>
}

/** A file of its own, made by these statements. */
export async function withFile(statements: string, work: (file: TestFile) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'dossier-sqlite-'))
  const path = join(directory, 'own.db')
  const own = new DatabaseSync(path)
  try {
    own.exec(statements)
    const read = (given: SessionLimits = limits) => driver.openRead(path, given)
    const write = (given: SessionLimits = limits) => driver.openWrite(path, given)
    await work({ directory, path, own, read, write })
  } finally {
    if (own.isOpen) own.close()
    await rm(directory, { recursive: true })
  }
}
