import { link, open, readFile, rm } from 'node:fs/promises'

/** What a secret's file holds; undefined where there is none, or nothing in it yet. */
export async function readSecretFile(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text === '' ? undefined : text
}

/**
 * Makes a secret's file unless it is there, and returns what it holds. Each process writes a draft of its own, and one of them
 * becomes the file, whole: killed at any point, there is a whole file or none.
 */
export async function makeSecretFile(path: string, make: () => string): Promise<string> {
  const found = await readSecretFile(path)
  if (found !== undefined) return found
  const draft = `${path}.${process.pid}.new`
  const file = await open(draft, 'w', 0o600)
  await file.writeFile(make())
  await file.sync()
  await file.close()
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(draft, { force: true })
  return readFile(path, 'utf8')
}
