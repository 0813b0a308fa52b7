import { execFile } from 'node:child_process'
import { mkdir, statfs } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A directory that can run out of space. */
export interface Disk extends AsyncDisposable {
  readonly directory: string
  /** Leaves so many bytes, and no more. */
  fill(leaving: number): Promise<void>
  free(): Promise<void>
}

const roomy = '512m'

/** A file system of its own in memory, where we may mount one; otherwise undefined, and whoever asks says so. */
export async function openDisk(directory: string): Promise<Disk | undefined> {
  await mkdir(directory, { recursive: true })
  const mounted = await asRoot('mount', '-t', 'tmpfs', '-o', `size=${roomy},mode=1777`, 'torture', directory)
  if (!mounted) return undefined
  const remount = async (size: string) => {
    if (!(await asRoot('mount', '-o', `remount,size=${size}`, directory))) throw new Error('cannot remount')
  }
  return {
    directory,
    async fill(leaving) {
      // Somebody may write in between, and a file system cannot be made smaller than what it holds.
      for (let tries = 0; ; tries += 1) {
        const { blocks, bfree, bsize } = await statfs(directory)
        const size = Math.ceil(((blocks - bfree) * bsize + leaving) / 4096) * 4096
        try {
          return await remount(String(size))
        } catch (error) {
          if (tries === 20) throw error
        }
      }
    },
    free: () => remount(roomy),
    async [Symbol.asyncDispose]() {
      await asRoot('umount', '--lazy', directory)
    },
  }
}

/** Says whether it could be done. */
async function asRoot(...command: readonly string[]): Promise<boolean> {
  const [program = '', ...args] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command]
  return run(program, args).then(
    () => true,
    () => false,
  )
}
