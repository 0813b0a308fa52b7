import type { Context } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { destructionDue, type Epoch } from './epoch.ts'
import { lockEpochs, markReturned, moveEpoch, readEpochs, wrapsAnything } from './epoch-queries.ts'
import { problem } from './problems.ts'
import { tellEpochs } from './tell-epochs.ts'

/**
 * Retires the epochs whose keys have moved on, where a backup that was verified knows them in their new place: from then on the
 * hold runs. `backedUpAt` is when the newest of those was begun. Returns their numbers.
 */
export async function retireEpochs(ctx: Context, backedUpAt: Date | undefined): Promise<readonly number[]> {
  await tellEpochs(ctx)
  const retired: number[] = []
  for (const epoch of await readEpochs(ctx.keys)) {
    const { state, rewrappedAt, version, provider } = epoch
    if (state !== 'rewrapped' || !rewrappedAt || !backedUpAt || backedUpAt <= rewrappedAt) continue
    await ctx.keyring.providerNamed(provider).retire(version)
    await moveEpoch(ctx.keys, epoch, 'retired', { retiredAt: ctx.now() })
    retired.push(epoch.epoch)
  }
  await tellEpochs(ctx)
  return retired
}

/**
 * Destroys every epoch key whose hold has ended, from the oldest, and again whichever its provider has back: an old copy of the
 * directory was put in its place, or the key service was restored. Returns their numbers.
 */
export async function destroyDueEpochs(ctx: Context): Promise<readonly number[]> {
  await noticeRisenEpochs(ctx)
  const destroyed: number[] = []
  for (const epoch of await readEpochs(ctx.keys)) {
    const isDue =
      epoch.state === 'destroying' ||
      (epoch.state === 'retired' && epoch.retiredAt !== null && dueOf(ctx, epoch.retiredAt) <= ctx.now())
    if (!isDue) continue
    await destroyEpoch(ctx, epoch.epoch)
    destroyed.push(epoch.epoch)
  }
  return destroyed
}

/**
 * Destroys an epoch key in its provider: what it wrapped opens nowhere any more, in no backup and no log. Never before its hold
 * has ended, nor while it wraps anything. That it will be gone is in evidence before it is. Cut off, it is repeated. Throws
 * `subjects.epoch-unknown`, `subjects.epoch-not-retired`, `subjects.epoch-held`, `subjects.epoch-in-use`.
 */
export async function destroyEpoch(ctx: Context, number: number): Promise<void> {
  await tellEpochs(ctx)
  const epoch = await ctx.keys.transaction(async (tx) => {
    const epochs = await lockEpochs(tx)
    const found = epochs.find((one) => one.epoch === number)
    if (!found) throw problem('subjects.epoch-unknown', { epoch: number })
    if (found.state === 'destroyed') return found
    refuseEarly(ctx, found, epochs)
    if (await wrapsAnything(tx, number)) throw problem('subjects.epoch-in-use', { epoch: number })
    await moveEpoch(tx, found, 'destroying')
    return found
  })
  if (epoch.state === 'destroyed') return
  await tellEpochs(ctx)
  const provider = ctx.keyring.providerNamed(epoch.provider)
  await provider.destroy(epoch.version)
  if ((await provider.list()).includes(epoch.version))
    throw new Error('subjects: a provider still has the epoch key it destroyed')
  await moveEpoch(ctx.keys, { epoch: number, state: 'destroying' }, 'destroyed', { destroyedAt: ctx.now() })
  await tellEpochs(ctx)
}

async function noticeRisenEpochs(ctx: Context): Promise<void> {
  const ended = (await readEpochs(ctx.keys)).filter(({ state }) => state === 'destroyed')
  for (const [name, epochs] of Map.groupBy(ended, ({ provider }) => provider)) {
    const existing = await listed(ctx, name)
    for (const epoch of epochs.filter(({ version }) => existing.includes(version))) {
      await markReturned(ctx.keys, epoch.epoch)
      await moveEpoch(ctx.keys, epoch, 'destroying')
    }
  }
}

/** A key service that was left for good is nobody's to ask. */
const listed = async (ctx: Context, provider: Epoch['provider']): Promise<readonly number[]> => {
  try {
    return await ctx.keyring.providerNamed(provider).list()
  } catch (error) {
    if (isProblem(error, 'platform.provider-missing')) return []
    throw error
  }
}

const isEnding = ({ state }: Epoch): boolean => state === 'destroying' || state === 'destroyed'

/** A provider destroys from the oldest on: what is older must be on its way out too. */
function refuseEarly(ctx: Context, epoch: Epoch, epochs: readonly Epoch[]): void {
  const olderAlive = epochs.find(
    (one) => one.provider === epoch.provider && one.version < epoch.version && !isEnding(one),
  )
  if (olderAlive)
    throw problem('subjects.epoch-not-retired', { epoch: olderAlive.epoch, state: olderAlive.state })
  if (epoch.state === 'destroying') return
  if (epoch.state !== 'retired' || !epoch.retiredAt)
    throw problem('subjects.epoch-not-retired', { epoch: epoch.epoch, state: epoch.state })
  const due = dueOf(ctx, epoch.retiredAt)
  if (due > ctx.now()) throw problem('subjects.epoch-held', { epoch: epoch.epoch, due: due.toISOString() })
}

const dueOf = (ctx: Context, retiredAt: Date): Date => destructionDue(retiredAt, ctx.keyHoldDays)
