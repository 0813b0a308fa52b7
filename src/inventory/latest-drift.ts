import type { Context } from '../platform/context.ts'
import { type Drift, driftFromMap, driftSince } from './drift.ts'
import { lastTwoScans, latestMap } from './queries.ts'

/** What the last scan of each system showed that the one before, or the map in force, did not say. */
export async function latestDrift(ctx: Context): Promise<readonly Drift[]> {
  const [scans, version] = await Promise.all([lastTwoScans(ctx.db), latestMap(ctx.db)])
  return [...Map.groupBy(scans, ({ system }) => system)].flatMap(([system, [last, before]]) => {
    if (!last) return []
    return [
      ...(before ? driftSince(system, before, last) : []),
      ...(version ? driftFromMap(system, version.map, last) : []),
    ]
  })
}
