import type { SystemDescription } from '../connectors/public.ts'
import { recordEvidence } from '../evidence/public.ts'
import { canonicalJson, type Json, sha256 } from '../platform/bytes.ts'
import type { Context } from '../platform/context.ts'
import type { DataMap } from './data-map.ts'
import { problem } from './problems.ts'
import { insertMap, latestMap, type MapOrigin, type StoredMap, type StoredScan } from './queries.ts'

/** The map in force. */
export interface MapVersion {
  readonly number: number
  readonly map: DataMap
  /** Hex, of the map's canonical JSON: two versions with the same hash say the same. */
  readonly sha256: string
  readonly origin: MapOrigin
  readonly at: Date
}

/** Throws `inventory.no-map` when none was accepted or imported yet. */
export async function currentMap(ctx: Context): Promise<MapVersion> {
  const version = await newestMap(ctx)
  if (!version) throw problem('inventory.no-map')
  return version
}

/** `currentMap` for callers that can do without. */
export async function newestMap(ctx: Context): Promise<MapVersion | undefined> {
  const stored = await latestMap(ctx.db)
  if (!stored) return undefined
  const { number, map, sha256: hash, origin, at } = stored
  return { number, map, sha256: hash, origin, at }
}

export const descriptionsOf = (scans: readonly StoredScan[]): Readonly<Record<string, SystemDescription>> =>
  Object.fromEntries(scans.map(({ system, description }) => [system, description]))

export interface NewMap {
  readonly map: DataMap
  readonly origin: MapOrigin
  /** The version this one was made from; 0 when there was none. */
  readonly after: number
}

/** Stores the next version with its evidence, in the caller's transaction. Throws `inventory.map-changed-meanwhile`. */
export async function storeMap(tx: Context, { map, origin, after }: NewMap): Promise<StoredMap> {
  const version = {
    number: after + 1,
    sha256: hashOf(map),
    map,
    origin,
    at: tx.now(),
    actorKind: tx.actor.kind,
    actorId: tx.actor.id,
  }
  if (!(await insertMap(tx.db, version))) throw problem('inventory.map-changed-meanwhile')
  const facts = { version: version.number, sha256: version.sha256, ...countsOf(map) }
  await recordEvidence(tx, { kind: `inventory.map-${origin}`, facts })
  return version
}

/** Through JSON first, so that a map just made and the same one read back hash alike. */
export const hashOf = (map: DataMap): string =>
  sha256(canonicalJson(JSON.parse(JSON.stringify(map)) as Json)).toString('hex')

export interface MapCounts {
  readonly systems: number
  readonly collections: number
  readonly fields: number
  readonly rules: number
}

export function countsOf(map: DataMap): MapCounts {
  const systems = Object.values(map.systems)
  const collections = systems.flatMap((system) => Object.values(system.collections))
  return {
    systems: systems.length,
    collections: collections.length,
    fields: collections.reduce((sum, collection) => sum + Object.keys(collection.fields).length, 0),
    rules: Object.keys(map.rules).length,
  }
}
