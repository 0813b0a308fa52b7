import {
  createPrivateKey,
  createSecretKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { chmod, link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from './problems.ts'

/**
 * Keys that live outside PostgreSQL, in a directory: losing them loses every sealed value, so they are backed up apart.
 * `index` and `tombstone` are roots of blind indexes, never joinable with each other; an epoch key wraps subjects' keys.
 */
export interface Keyring {
  readonly directory: string
  /** A key for one use, derived by HKDF-SHA-256 from a root. */
  derived(root: Root, use: string): KeyObject
  readonly connectors: KeyObject
  /** Ed25519. */
  readonly signing: KeyObject
  readonly currentEpoch: number
  /** Throws `platform.key-missing` when the epoch was destroyed. */
  epoch(number: number): KeyObject
}

export const roots = ['index', 'tombstone'] as const
export type Root = (typeof roots)[number]

/** Opens the keyring. Only a new installation may create keys: a missing one elsewhere is a loss, not a beginning. */
export async function openKeyring(
  directory: string,
  options: { readonly create: boolean },
): Promise<Keyring> {
  await mkdir(join(directory, 'epochs'), { recursive: true, mode: 0o700 })
  await chmod(directory, 0o700)
  const secret = (name: string) => secretKey(join(directory, name), options.create)
  const [index, tombstone, connectors] = [
    await secret('index.key'),
    await secret('tombstone.key'),
    await secret('connectors.key'),
  ]
  const signing = await signingKey(join(directory, 'log-signing.pem'), options.create)
  const epochs = await readEpochs(join(directory, 'epochs'), options.create)
  const rootKeys: Readonly<Record<Root, KeyObject>> = { index, tombstone }
  const derivedKeys = new Map<string, KeyObject>()
  return {
    directory,
    connectors,
    signing,
    currentEpoch: Math.max(...epochs.keys()),
    derived(root, use) {
      const label = `${root} ${use}`
      const known = derivedKeys.get(label)
      if (known) return known
      const bytes = Buffer.from(hkdfSync('sha256', rootKeys[root].export(), '', `dossier ${label} v1`, 32))
      const key = createSecretKey(bytes)
      derivedKeys.set(label, key)
      return key
    },
    epoch(number) {
      const key = epochs.get(number)
      if (!key) throw problem('platform.key-missing', { key: `epochs/${number}` })
      return key
    },
  }
}

async function secretKey(path: string, create: boolean): Promise<KeyObject> {
  const hex = await readOrCreate(path, create, () => randomBytes(32).toString('hex'))
  if (!/^[0-9a-f]{64}$/.test(hex.trim())) throw problem('platform.key-unreadable', { key: path })
  return createSecretKey(Buffer.from(hex.trim(), 'hex'))
}

async function signingKey(path: string, create: boolean): Promise<KeyObject> {
  const pem = await readOrCreate(path, create, () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  )
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw problem('platform.key-unreadable', { key: path }, cause)
  }
}

async function readEpochs(directory: string, create: boolean): Promise<ReadonlyMap<number, KeyObject>> {
  const numbers = (await readdir(directory))
    .flatMap((file) => /^(\d+)\.key$/.exec(file)?.[1] ?? [])
    .map(Number)
  if (numbers.length === 0) numbers.push(1)
  const keys = new Map<number, KeyObject>()
  for (const number of numbers) keys.set(number, await secretKey(join(directory, `${number}.key`), create))
  return keys
}

/** Two processes may begin at once: the file is made whole under another name by one of them only (O_EXCL). */
async function readOrCreate(path: string, create: boolean, make: () => string): Promise<string> {
  const read = () => readFile(path, 'utf8')
  const found = await read().catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw problem('platform.key-unreadable', { key: path }, error)
  })
  if (found !== undefined && found !== '') return found
  if (!create) throw problem('platform.key-missing', { key: path })
  const lock = `${path}.new`
  try {
    const file = await open(lock, 'wx', 0o600)
    await file.writeFile(make())
    await file.sync()
    await file.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  await link(lock, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error
  })
  await rm(lock, { force: true })
  return read()
}
