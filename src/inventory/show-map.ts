import type { Context } from '../platform/context.ts'
import type { DataMap } from './data-map.ts'
import { countsOf, currentMap, type MapCounts, type MapVersion } from './map-version.ts'

export interface ShownMap extends Pick<MapVersion, 'number' | 'sha256' | 'origin' | 'at'> {
  readonly counts: MapCounts
  readonly map: DataMap
}

/** The map in force and where it came from. Throws `inventory.no-map`. */
export async function showMap(ctx: Context): Promise<ShownMap> {
  const version = await currentMap(ctx)
  return { ...version, counts: countsOf(version.map) }
}
