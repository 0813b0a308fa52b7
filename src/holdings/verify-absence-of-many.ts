import type { Context } from '../platform/context.ts'
import type { ReadProgress } from './holdings.ts'
import { type SystemVerification, type VerifyInput, verifySystem } from './verify-absence.ts'

/**
 * What `verifyAbsence` says of each of many people, in their order. Each system is opened once, and each of its collections
 * read once for all whom it concerns; one that is out of reach is so for all of them.
 */
export async function verifyAbsenceOfMany(
  ctx: Context,
  inputs: readonly VerifyInput[],
  onProgress?: ReadProgress,
): Promise<readonly (readonly SystemVerification[])[]> {
  const found = inputs.map(() => new Map<string, SystemVerification>())
  for (const name of new Set(inputs.flatMap(({ systems }) => systems))) {
    const places = [...inputs.keys()].filter((i) => inputs[i]?.systems.includes(name))
    const verifications = await verifySystem(
      ctx,
      name,
      inputs.filter(({ systems }) => systems.includes(name)),
      onProgress,
    )
    for (const [i, one] of verifications.entries()) found[places[i] ?? -1]?.set(name, one)
  }
  return inputs.map(({ systems }, i) => systems.map((name) => seenIn(found[i], name)))
}

/** Nobody is passed over: a system that was not looked at must not be taken for one that holds nothing. */
function seenIn(
  found: ReadonlyMap<string, SystemVerification> | undefined,
  name: string,
): SystemVerification {
  const one = found?.get(name)
  if (!one) throw new Error('the second reader left somebody out')
  return one
}
