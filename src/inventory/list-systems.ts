import type { Context } from '../platform/context.ts'
import { allSystems, latestMap, type StoredSystem, scanTimes } from './queries.ts'
import type { System } from './system.ts'

export interface ListedSystem extends System {
  readonly scannedAt: Date | null
  /** Whether the map in force says what it holds. */
  readonly mapped: boolean
}

/** Every system Dossier knows, by name; no secrets. */
export async function listSystems(ctx: Context): Promise<readonly ListedSystem[]> {
  const [systems, scans, version] = await Promise.all([
    allSystems(ctx.db),
    scanTimes(ctx.db),
    latestMap(ctx.db),
  ])
  return systems.map((system) => ({
    ...withoutSecrets(system),
    scannedAt: scans.find(({ systemId }) => systemId === system.id)?.at ?? null,
    mapped: version !== undefined && Object.hasOwn(version.map.systems, system.name),
  }))
}

export function withoutSecrets(stored: StoredSystem): System {
  const { sealedSecret: _, sealedEraseSecret: __, ...system } = stored
  return system
}
