import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ClusterOptions, openCluster } from '../platform/embedded-postgres.ts'

/** For what is unpacked for a while: beside the data, on its disk and under its rights, never in a folder others share. */
export interface Scratch extends AsyncDisposable {
  readonly path: string
}

/** The throw-away cluster in a scratch directory. */
export const scratchCluster = (path: string, password: string): ClusterOptions => ({
  directory: join(path, 'postgres'),
  password,
  settings: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' },
})

/**
 * A directory named after this process. What a killed one left behind goes first: its files, which may be keys, and with
 * `password` the cluster that went on running in it.
 */
export async function openScratch(
  data: string,
  purpose: 'restoring' | 'verifying',
  password?: string,
): Promise<Scratch> {
  for (const name of await readdir(data)) {
    const pid = new RegExp(`^${purpose}-(\\d+)$`).exec(name)?.[1]
    if (pid === undefined || (Number(pid) !== process.pid && isAlive(Number(pid)))) continue
    const left = join(data, name)
    if (password !== undefined && (await isThere(join(left, 'postgres', 'postmaster.pid'))))
      await (await openCluster(scratchCluster(left, password))).close()
    await rm(left, { recursive: true, force: true })
  }
  const path = join(data, `${purpose}-${process.pid}`)
  // The cluster may run as another user, who has to pass through.
  await mkdir(path, { mode: purpose === 'verifying' ? 0o711 : 0o700 })
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
