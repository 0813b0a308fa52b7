import type { Context } from '../platform/context.ts'
import type { KeyProvider, Unwrapped } from '../platform/key-provider.ts'
import type { Keyring } from '../platform/keyring.ts'
import { insertEpoch, type Reserved, readEpochs, reserveWraps } from './epoch-queries.ts'
import { problem } from './problems.ts'

/** The current epoch, ready to wrap. */
export interface Wrapping {
  readonly epoch: number
  wrap(pieces: readonly Unwrapped[]): Promise<readonly Buffer[]>
  /** It is not the current one any more: look again. */
  forget(): void
}

/** Counted in the database so many at a time; what is not used of them makes the count too high, never too low. */
const reservedAtOnce = 4_096

interface Known extends Reserved {
  left: number
}

const known = new WeakMap<Keyring, Known>()

/**
 * The epoch that new keys are wrapped by, with this many wraps counted. Another process may end it at any moment: keeping a
 * wrapped key asks the database whether it is still the current one. Throws `subjects.epoch-exhausted`.
 */
export async function wrappingWith({ keyring, keys, now }: Context, count: number): Promise<Wrapping> {
  const found = known.get(keyring)
  const usable =
    found !== undefined && found.left >= count ? found : await reserve({ keyring, keys, now }, count)
  usable.left -= count
  const { epoch, version, provider } = usable
  return {
    epoch,
    wrap: (pieces) => keyring.providerNamed(provider).wrap(version, pieces),
    forget: () => {
      known.delete(keyring)
    },
  }
}

type Keeper = Pick<Context, 'keyring' | 'keys' | 'now'>

async function reserve(ctx: Keeper, count: number): Promise<Known> {
  const wanted = Math.max(count, reservedAtOnce)
  const reserved = (await reserveWraps(ctx.keys, wanted)) ?? (await reserveInFirst(ctx, wanted))
  const fresh = { ...reserved, left: wanted }
  known.set(ctx.keyring, fresh)
  return fresh
}

async function reserveInFirst(ctx: Keeper, count: number): Promise<Reserved> {
  await ensureEpoch(ctx)
  const reserved = await reserveWraps(ctx.keys, count)
  if (!reserved) throw problem('subjects.epoch-exhausted')
  return reserved
}

/** An installation without subjects has no epoch yet: the newest key of its provider becomes the first. */
export async function ensureEpoch({ keyring, keys, now }: Keeper): Promise<void> {
  if ((await readEpochs(keys)).length > 0) return
  const { provider } = keyring
  const version = (await provider.list()).at(-1) ?? (await provider.create(0))
  const epoch = numberFor(provider, version, 0)
  await insertEpoch(keys, { epoch, provider: provider.name, version, createdAt: now() })
}

/** A file is named after its epoch; a key service counts by itself. */
export const numberFor = ({ name }: KeyProvider, version: number, before: number): number =>
  name === 'file' ? version : before + 1
