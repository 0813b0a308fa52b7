import {
  createPrivateKey,
  createSecretKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { EpochKeys } from './config.ts'
import { destroyedIn, fileProvider } from './file-provider.ts'
import type { KeyProvider, ProviderName } from './key-provider.ts'
import { problem } from './problems.ts'
import { makeSecretFile, readSecretFile } from './secret-file.ts'
import { transitProvider } from './transit-provider.ts'

/**
 * Keys that live outside PostgreSQL, in a directory: losing them loses every sealed value, so they are backed up apart.
 * `index` and `tombstone` are roots of blind indexes, never joinable with each other; epoch keys wrap subjects' keys.
 */
export interface Keyring {
  readonly directory: string
  /** A key for one use, derived by HKDF-SHA-256 from a root. */
  derived(root: Root, use: string): KeyObject
  readonly connectors: KeyObject
  /** Ed25519. */
  readonly signing: KeyObject
  /** Where new epoch keys are made. */
  readonly provider: KeyProvider
  /** Where those of an earlier provider still are. Throws `platform.provider-missing`. */
  providerNamed(name: ProviderName): KeyProvider
}

export const roots = ['index', 'tombstone'] as const
export type Root = (typeof roots)[number]

/** Where epoch keys lie while the file provider keeps them. */
export const epochsIn = (directory: string): string => join(directory, 'epochs')

/** Opens the keyring. Only a new installation may create keys: a missing one elsewhere is a loss, not a beginning. */
export async function openKeyring(
  directory: string,
  options: { readonly create: boolean; readonly epochKeys: EpochKeys },
): Promise<Keyring> {
  await mkdir(epochsIn(directory), { recursive: true, mode: 0o700 })
  await chmod(directory, 0o700)
  const secret = (name: string) => secretKey(join(directory, name), options.create)
  const [index, tombstone, connectors] = [
    await secret('index.key'),
    await secret('tombstone.key'),
    await secret('connectors.key'),
  ]
  const signing = await signingKey(join(directory, 'log-signing.pem'), options.create)
  const providers = await openProviders(directory, options)
  const rootKeys: Readonly<Record<Root, KeyObject>> = { index, tombstone }
  const derivedKeys = new Map<string, KeyObject>()
  return {
    directory,
    connectors,
    signing,
    ...providers,
    derived(root, use) {
      const label = `${root} ${use}`
      const known = derivedKeys.get(label)
      if (known) return known
      const bytes = Buffer.from(hkdfSync('sha256', rootKeys[root].export(), '', `dossier ${label} v1`, 32))
      const key = createSecretKey(bytes)
      derivedKeys.set(label, key)
      return key
    },
  }
}

/** The directory is always one of them: what was wrapped before a key service came stays there until it is re-wrapped. */
async function openProviders(
  directory: string,
  { create, epochKeys }: { readonly create: boolean; readonly epochKeys: EpochKeys },
): Promise<Pick<Keyring, 'provider' | 'providerNamed'>> {
  const epochs = epochsIn(directory)
  const file = fileProvider(epochs)
  if (epochKeys.kind === 'transit') {
    const transit = transitProvider(epochKeys)
    return { provider: transit, providerNamed: (name) => (name === 'file' ? file : transit) }
  }
  if ((await file.list()).length === 0 && (await destroyedIn(epochs)).length === 0) {
    if (!create) throw problem('platform.key-missing', { key: join(epochs, '1.key') })
    await file.create(0)
  }
  return {
    provider: file,
    providerNamed(name) {
      if (name !== 'file') throw problem('platform.provider-missing', { provider: name })
      return file
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

async function readOrCreate(path: string, create: boolean, make: () => string): Promise<string> {
  const found = await readSecretFile(path).catch((error: unknown) => {
    throw problem('platform.key-unreadable', { key: path }, error)
  })
  if (found !== undefined) return found
  if (!create) throw problem('platform.key-missing', { key: path })
  return makeSecretFile(path, make)
}
