import type { Context } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { readEpochs } from './epoch-queries.ts'
import { canaryKey } from './key-queries.ts'
import { isCommittedTo, wrappedAt } from './subject-key.ts'

/** Whether one key of each epoch that wraps any still opens, asked of its provider and of nothing remembered. The epochs that fail. */
export async function failingCanaries(ctx: Context): Promise<readonly number[]> {
  const failing: number[] = []
  for (const { epoch, provider, version } of await readEpochs(ctx.keys)) {
    const key = await canaryKey(ctx.keys, epoch)
    if (!key) continue
    const [plain] = await ctx.keyring
      .providerNamed(provider)
      .unwrap(version, [{ wrapped: key.wrapped, place: wrappedAt(key.subjectId, epoch) }])
      .catch((error: unknown) => {
        if (isProblem(error, 'platform.sealed-mismatch') || isProblem(error, 'platform.key-missing'))
          return []
        throw error
      })
    if (!plain || !isCommittedTo(plain, key.commitment)) failing.push(epoch)
  }
  return failing
}
