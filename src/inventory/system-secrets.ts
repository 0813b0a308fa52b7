import type { Target } from '../connectors/public.ts'
import type { Context } from '../platform/context.ts'
import { seal, unseal } from '../platform/sealing.ts'
import type { StoredSystem } from './queries.ts'

/** Reading and erasing may have credentials of their own: what finds people need not be able to delete them. */
export type Use = 'read' | 'erase'

/** Bound to the system and the use: a secret moved to another row does not open. */
export const sealSecret = (ctx: Context, systemId: string, use: Use, secret: string): Buffer =>
  seal(ctx.keyring.connectors, secret, ['inventory.system', systemId, use])

/** How to connect for a use; erasing falls back on the read credentials where it has none of its own. */
export function targetOf(ctx: Context, system: StoredSystem, use: Use): Target {
  const [sealed, place] =
    use === 'erase' && system.sealedEraseSecret
      ? [system.sealedEraseSecret, 'erase' as const]
      : [system.sealedSecret, 'read' as const]
  const secret = unseal(ctx.keyring.connectors, sealed, ['inventory.system', system.id, place])
  return { scheme: system.scheme, secret: secret.toString('utf8') }
}
