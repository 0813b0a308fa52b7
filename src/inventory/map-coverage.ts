import type { Context } from '../platform/context.ts'
import { coverage, type FieldCoverage } from './coverage.ts'
import { currentMap, descriptionsOf } from './map-version.ts'
import { allSystems, latestScansOf } from './queries.ts'

export interface MapCoverage {
  readonly version: number
  /** Of every system that is mapped or was scanned: what nobody mapped shows as well. */
  readonly fields: readonly FieldCoverage[]
  /** Systems nobody looked into yet: what they hold is unknown. */
  readonly unscanned: readonly string[]
}

/** For every field: in copies? how erased? kept by which rule? Throws `inventory.no-map`. */
export async function mapCoverage(ctx: Context): Promise<MapCoverage> {
  const { number, map } = await currentMap(ctx)
  const [systems, scans] = await Promise.all([allSystems(ctx.db), latestScansOf(ctx.db)])
  const descriptions = descriptionsOf(scans)
  const unscanned = systems.flatMap(({ name }) => (Object.hasOwn(descriptions, name) ? [] : [name]))
  return { version: number, fields: coverage(map, descriptions), unscanned }
}
