import type { Context } from '../platform/context.ts'
import { ensureEpoch, numberFor } from './current-epoch.ts'
import type { Epoch } from './epoch.ts'
import { insertEpoch, lockEpochs, moveEpoch } from './epoch-queries.ts'
import { tellEpochs } from './tell-epochs.ts'

/**
 * Begins a new epoch: from now on every process wraps new keys by it. Nothing happens while live keys of the last rotation are
 * still moving. Cut off after the provider made the key, the next try takes that one. Returns the current epoch's number.
 */
export async function beginEpoch(ctx: Context): Promise<number> {
  await ensureEpoch(ctx)
  await tellEpochs(ctx)
  const { provider } = ctx.keyring
  const epoch = await ctx.keys.transaction(async (tx) => {
    const epochs = await lockEpochs(tx)
    const current = epochs.find(({ state }) => state === 'current')
    if (!current) throw new Error('subjects: no epoch is current')
    if (epochs.some(({ state }) => state === 'rewrapping')) return current.epoch
    const before = Math.max(...epochs.map((one) => one.epoch))
    const version = await provider.create(
      provider.name === 'file' ? before : newestVersion(epochs, provider.name),
    )
    const next = numberFor(provider, version, before)
    await moveEpoch(tx, current, 'rewrapping')
    const isMade = await insertEpoch(tx, {
      epoch: next,
      provider: provider.name,
      version,
      createdAt: ctx.now(),
    })
    if (isMade === 0) throw new Error('subjects: a provider gave a key twice')
    return next
  })
  await tellEpochs(ctx)
  return epoch
}

const newestVersion = (epochs: readonly Epoch[], provider: Epoch['provider']): number =>
  Math.max(0, ...epochs.filter((one) => one.provider === provider).map(({ version }) => version))
