import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReadSession, SessionLimits, WriteSession } from '../connector.ts'
import { driver } from './driver.ts'

export const limits: SessionLimits = { statementTimeoutMs: 20_000, lockTimeoutMs: 200 }

export interface TestDirectory {
  readonly directory: string
  path(name: string): string
  read(): Promise<ReadSession>
  write(): Promise<WriteSession>
}

/** A directory of its own, holding these files. */
export async function withFiles(
  files: Readonly<Record<string, string | Buffer>>,
  work: (directory: TestDirectory) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'dossier-files-'))
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content)
    await work({
      directory,
      path: (name) => join(directory, name),
      read: () => driver.openRead(directory, limits),
      write: () => driver.openWrite(directory, limits),
    })
  } finally {
    await rm(directory, { recursive: true })
  }
}
