import { type Context, inTransaction } from '../platform/context.ts'
import type { Problem } from '../platform/problem.ts'
import { type ReadFides, readFides } from './import-fides.ts'
import { looksLikeFides } from './map-file/fides-map.ts'
import type { MapFinding } from './map-file/finding.ts'
import { readMapFile } from './map-file/read-map-file.ts'
import { countsOf, descriptionsOf, hashOf, type MapCounts, storeMap } from './map-version.ts'
import { problem } from './problems.ts'
import { latestMap, latestScansOf } from './queries.ts'

/** A finding about the file; all errors come at once, and with one of them nothing is stored. */
export type ImportedMap =
  | {
      readonly imported: true
      readonly version: number
      readonly sha256: string
      /** False when the map in force says exactly this; then no version was stored. */
      readonly changed: boolean
      readonly counts: MapCounts
      readonly findings: readonly MapFinding[]
    }
  | { readonly imported: false; readonly findings: readonly MapFinding[] }

export interface ImportMap {
  /** For a Fides dataset: the system it is about, where its `fides_key` does not say so. */
  readonly system?: string
}

/**
 * Puts a map written by a person in force, whole: what it does not name is not mapped. Checked against the last scans,
 * so a system has to be scanned first. Datasets of Fides are put beside the map in force instead of replacing it.
 * Throws `inventory.map-changed-meanwhile` and `inventory.system-not-for-maps`.
 */
export async function importMap(ctx: Context, text: string, options: ImportMap = {}): Promise<ImportedMap> {
  const standing = await latestMap(ctx.db)
  const { map, findings } = await readAny(ctx, text, options)
  if (map === null) return { imported: false, findings }
  const counts = countsOf(map)
  if (standing && standing.sha256 === hashOf(map))
    return {
      imported: true,
      version: standing.number,
      sha256: standing.sha256,
      changed: false,
      counts,
      findings,
    }
  const after = standing?.number ?? 0
  const { number, sha256 } = await inTransaction(ctx, (tx) =>
    storeMap(tx, { map, origin: 'imported', after }),
  )
  return { imported: true, version: number, sha256, changed: true, counts, findings }
}

async function readAny(ctx: Context, text: string, { system }: ImportMap): Promise<ReadFides> {
  if (looksLikeFides(text)) return readFides(ctx, text, system)
  if (system !== undefined) throw problem('inventory.system-not-for-maps', { system })
  const { map, problems: findings } = readMapFile(text, descriptionsOf(await latestScansOf(ctx.db)))
  return { map, findings }
}

/** The Problem of a file that was not taken over, for faces that answer with one. */
export const mapInvalid = (findings: readonly MapFinding[]): Problem =>
  problem('inventory.map-invalid', { errors: findings.filter(({ severity }) => severity === 'error').length })
