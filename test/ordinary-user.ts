import { chown, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The user that owns nothing, on every Unix. */
const nobody = 65_534

/**
 * Does some work without root's rights: root may read and write anything, so what rights forbid could not be seen. The
 * directory and its files become that user's. No other test may run in this process meanwhile.
 */
export async function asOrdinaryUser(directory: string, work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work()
  const names = await readdir(directory)
  for (const path of [directory, ...names.map((name) => join(directory, name))])
    await chown(path, nobody, nobody)
  process.setegid?.(nobody)
  process.seteuid?.(nobody)
  try {
    await work()
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
  }
}
