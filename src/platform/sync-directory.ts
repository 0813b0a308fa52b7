import { open } from 'node:fs/promises'

/** A name in a directory is on the disk when the directory is. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  await handle.sync().finally(() => handle.close())
}
