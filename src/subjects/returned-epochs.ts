import { entriesOfKind } from '../evidence/public.ts'
import type { Context } from '../platform/context.ts'
import { beginEpoch } from './begin-epoch.ts'
import { markReturned, readEpochs } from './epoch-queries.ts'

const page = 10_000
const beforeAll = '00000000-0000-0000-0000-000000000000'

/**
 * Epoch keys that the log tells were destroyed and that a restored backup brought back. They are noted, and where one of them is
 * what new keys are wrapped by, the next epoch begins: it then goes the way of every epoch. Returns how many came back.
 */
export async function endReturnedEpochs(ctx: Context): Promise<number> {
  const ended = new Set<string>()
  for (let after = beforeAll; ; ) {
    const entries = await entriesOfKind(ctx, 'subjects.epoch-destroyed', after, page)
    for (const { facts } of entries) ended.add(`${facts['provider']} ${facts['version']}`)
    after = entries.at(-1)?.id ?? after
    if (entries.length < page) break
  }
  const returned = (await readEpochs(ctx.keys)).filter(
    ({ provider, version, state }) => state !== 'destroyed' && ended.has(`${provider} ${version}`),
  )
  for (const { epoch } of returned) await markReturned(ctx.keys, epoch)
  if (returned.some(({ state }) => state === 'current')) await beginEpoch(ctx)
  return returned.length
}
