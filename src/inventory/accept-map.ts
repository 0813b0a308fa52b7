import { type Context, inTransaction } from '../platform/context.ts'
import type { DataMap } from './data-map.ts'
import { whatIsGone, withoutGone } from './gone.ts'
import { countsOf, descriptionsOf, hashOf, type MapCounts, storeMap } from './map-version.ts'
import { type MapNote, type MergedMap, mergeMaps } from './merge-maps.ts'
import { problem } from './problems.ts'
import { allSystems, latestMap, latestScansOf } from './queries.ts'

export interface AcceptMap {
  /** Proposals below this are listed and left out. Default 0.8. */
  readonly minConfidence?: number
  /** ISO 3166-1 alpha-2; default what the map in force says. Decides the starter rules. */
  readonly country?: string
  /** Takes collections and fields that a scan no longer sees out of the map; by default they are only listed. */
  readonly dropGone?: boolean
}

export interface AcceptedMap {
  readonly version: number
  readonly sha256: string
  /** False when the map in force says all of this already; then no version was stored. */
  readonly changed: boolean
  readonly counts: MapCounts
  readonly added: MergedMap['added']
  /** What was left out, is gone, or differs from what a person confirmed before. */
  readonly notes: readonly MapNote[]
}

/**
 * Makes a map of what the last scans propose, beside what was confirmed before, and puts it in force.
 * Throws `inventory.nothing-scanned` and `inventory.map-changed-meanwhile`.
 */
export async function acceptMap(ctx: Context, input: AcceptMap = {}): Promise<AcceptedMap> {
  const [scans, systems, standing] = await Promise.all([
    latestScansOf(ctx.db),
    allSystems(ctx.db),
    latestMap(ctx.db),
  ])
  if (scans.length === 0) throw problem('inventory.nothing-scanned')
  const descriptions = descriptionsOf(scans)
  const confirmed = standing?.map ?? { version: 1, systems: {}, rules: {} }
  const country = input.country ?? confirmed.country
  const { proposeMap } = await import('./propose-map.ts')
  const proposal = proposeMap({
    systems: scans.map(({ system, description, proposals, links }) => ({
      name: system,
      description,
      fields: proposals,
      links,
    })),
    country,
    minConfidence: input.minConfidence ?? 0.8,
  })
  const controllers = new Map(systems.map(({ name, controller }) => [name, controller]))
  const merged = mergeMaps(confirmed, withControllers(proposal.map, controllers))
  const gone = whatIsGone(merged.map, descriptions)
  const map = input.dropGone ? withoutGone(merged.map, descriptions) : merged.map
  const result = {
    counts: countsOf(map),
    added: merged.added,
    notes: [...proposal.notes, ...merged.notes, ...gone],
  }
  if (standing && standing.sha256 === hashOf(map))
    return { ...result, version: standing.number, sha256: standing.sha256, changed: false }
  const version = await inTransaction(ctx, (tx) =>
    storeMap(tx, { map, origin: 'accepted', after: standing?.number ?? 0 }),
  )
  return { ...result, version: version.number, sha256: version.sha256, changed: true }
}

function withControllers(map: DataMap, controllers: ReadonlyMap<string, string | null>): DataMap {
  const systems = Object.entries(map.systems).map(([name, system]) => {
    const controller = controllers.get(name)
    return [name, controller ? { controller, ...system } : system] as const
  })
  return { ...map, systems: Object.fromEntries(systems) }
}
