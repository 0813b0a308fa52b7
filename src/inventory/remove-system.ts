import { recordEvidence } from '../evidence/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { storeMap } from './map-version.ts'
import { knownSystem } from './open-system.ts'
import { problem } from './problems.ts'
import { deleteSystem, latestMap } from './queries.ts'
import { withoutSystem } from './without-system.ts'

export interface RemovedSystem {
  readonly name: string
  /** The version of the map that no longer names it; null when the map never did. */
  readonly mapVersion: number | null
}

/**
 * Forgets a system: its credentials and its scans. Nothing is changed in the system itself. While the map in force names
 * it this needs `force`, and the map loses it in the same act: a map that names what nobody can reach would leave every
 * later request open. Throws `inventory.unknown-system` and `inventory.system-in-map`.
 */
export async function removeSystem(
  ctx: Context,
  name: string,
  options: { readonly force?: boolean } = {},
): Promise<RemovedSystem> {
  return inTransaction(ctx, async (tx) => {
    const system = await knownSystem(tx, name)
    const version = await latestMap(tx.db)
    const isMapped = version !== undefined && Object.hasOwn(version.map.systems, name)
    if (isMapped && !options.force)
      throw problem('inventory.system-in-map', { system: name, version: version.number })
    await deleteSystem(tx.db, system.id)
    const facts = { systemId: system.id, system: name, scheme: system.scheme, fromMap: isMapped }
    await recordEvidence(tx, { kind: 'inventory.system-removed', facts })
    if (!isMapped) return { name, mapVersion: null }
    const map = withoutSystem(version.map, name)
    const stored = await storeMap(tx, { map, origin: 'system-removed', after: version.number })
    return { name, mapVersion: stored.number }
  })
}
