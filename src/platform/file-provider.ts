import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeyProvider } from './key-provider.ts'
import { problem } from './problems.ts'
import { seal, unseal } from './sealing.ts'
import { makeSecretFile } from './secret-file.ts'
import { syncDirectory } from './sync-directory.ts'

/** Whatever is remembered of a key outlives it in this process for so long. */
const rememberedMs = 60_000

/**
 * Epoch keys as files `N.key` of 64 hex digits, readable by their owner alone. `N.destroyed` stays where one was destroyed: its
 * number is never used again, and no restore puts that key back.
 */
export function fileProvider(directory: string): KeyProvider {
  const remembered = new Map<number, { readonly key: KeyObject; readonly until: number }>()
  const keyOf = async (version: number): Promise<KeyObject> => {
    const known = remembered.get(version)
    if (known && known.until > performance.now()) return known.key
    remembered.delete(version)
    const key = await readKey(directory, version)
    remembered.set(version, { key, until: performance.now() + rememberedMs })
    return key
  }
  return {
    name: 'file',
    list: () => numbersIn(directory, 'key'),
    async create(after) {
      const made = (await numbersIn(directory, 'key')).filter((number) => number > after)
      const number = made.at(-1) ?? Math.max(after, ...(await numbersIn(directory, 'destroyed'))) + 1
      await makeSecretFile(join(directory, `${number}.key`), () => randomBytes(32).toString('hex'))
      return number
    },
    async wrap(version, pieces) {
      const key = await keyOf(version)
      return pieces.map(({ plain, place }) => seal(key, plain, place))
    },
    async unwrap(version, pieces) {
      const key = await keyOf(version)
      return pieces.map(({ wrapped, place }) => unseal(key, wrapped, place))
    },
    // A file knows no halves: that nothing more is wrapped with it is up to the table of epochs.
    retire: async () => undefined,
    async destroy(version) {
      for (const number of await numbersIn(directory, 'key'))
        if (number <= version) {
          await destroyFile(directory, number)
          remembered.delete(number)
        }
    },
  }
}

/** Numbers of epoch keys that were destroyed here, ascending. */
export const destroyedIn = (directory: string): Promise<readonly number[]> =>
  numbersIn(directory, 'destroyed')

async function numbersIn(directory: string, ending: 'key' | 'destroyed'): Promise<readonly number[]> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const pattern = new RegExp(`^(\\d{1,9})\\.${ending}$`)
  return (await readdir(directory))
    .flatMap((file) => pattern.exec(file)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b)
}

async function readKey(directory: string, version: number): Promise<KeyObject> {
  const path = join(directory, `${version}.key`)
  const hex = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw problem('platform.key-missing', { key: `epochs/${version}` }, error)
    throw problem('platform.key-unreadable', { key: path }, error)
  })
  if (!/^[0-9a-f]{64}$/.test(hex.trim())) throw problem('platform.key-unreadable', { key: path })
  return createSecretKey(Buffer.from(hex.trim(), 'hex'))
}

/**
 * First the mark, then the key and whatever copy of it stands beside it: a draft that a kill left, or one that a restore set aside.
 * Cut off anywhere, the next try goes on.
 */
async function destroyFile(directory: string, number: number): Promise<void> {
  await makeSecretFile(join(directory, `${number}.destroyed`), () => `${new Date().toISOString()}\n`)
  await syncDirectory(directory)
  const copies = (await readdir(directory)).filter((file) => file.startsWith(`${number}.key.`))
  for (const name of [...copies, `${number}.key`]) await overwrite(join(directory, name))
  await syncDirectory(directory)
}

/** A disk may keep the old block all the same: the directory belongs on an encrypted one (docs/keys.md). */
async function overwrite(path: string): Promise<void> {
  // It may be read-only, which is no protection from its owner.
  await chmod(path, 0o600)
  const file = await open(path, 'r+')
  const { size } = await file.stat()
  await file.write(Buffer.alloc(size), 0, size, 0)
  await file.sync()
  await file.close()
  await rm(path)
}
