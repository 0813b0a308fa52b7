import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { problem } from './problems.ts'

/** How to start a program that refuses to run as root. */
export interface ServiceUser {
  /** Given to `spawn`, and the owner of its files. */
  readonly uid?: number
  readonly gid?: number
  /** Put before the command. */
  readonly prefix: readonly string[]
}

/**
 * PostgreSQL refuses root. As root it runs as `postgres`, or `nobody` where that user is missing. Where a folder above
 * `paths` is closed to others (/root, a private temporary folder), a user namespace makes root look like that user.
 */
export async function serviceUser(paths: readonly string[]): Promise<ServiceUser> {
  if (process.getuid?.() !== 0) return { prefix: [] }
  const { uid, gid } = await lookUp(['postgres', 'nobody'])
  const closed = (await Promise.all(paths.map(closedFolder))).find((folder) => folder !== undefined)
  if (closed === undefined) return { uid, gid, prefix: [] }
  const namespace = ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`]
  const [command = '', ...args] = namespace
  await promisify(execFile)(command, [...args, 'true']).catch((cause: unknown) => {
    throw problem('platform.directory-unusable', { directory: closed }, cause)
  })
  return { prefix: namespace }
}

async function lookUp(names: readonly string[]): Promise<{ uid: number; gid: number }> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const wanted of names) {
    const found = lines.find(([name]) => name === wanted)
    if (found) return { uid: Number(found[2]), gid: Number(found[3]) }
  }
  return { uid: 65_534, gid: 65_534 }
}

/** The first folder on the way down to `path` that other users may not enter. */
async function closedFolder(path: string): Promise<string | undefined> {
  const above: string[] = []
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) above.unshift(folder)
  for (const folder of above) {
    const { mode } = await stat(folder)
    if ((mode & 0o001) === 0) return folder
  }
  return undefined
}
