import { type Context, inTransaction } from '../platform/context.ts'
import type { Problem } from '../platform/problem.ts'
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

/**
 * Puts a map written by a person in force, whole: what it does not name is not mapped. Checked against the last scans,
 * so a system has to be scanned first. Throws `inventory.map-changed-meanwhile`.
 */
export async function importMap(ctx: Context, text: string): Promise<ImportedMap> {
  const [scans, standing] = await Promise.all([latestScansOf(ctx.db), latestMap(ctx.db)])
  const { map, problems: findings } = readMapFile(text, descriptionsOf(scans))
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

/** The Problem of a file that was not taken over, for faces that answer with one. */
export const mapInvalid = (findings: readonly MapFinding[]): Problem =>
  problem('inventory.map-invalid', { errors: findings.filter(({ severity }) => severity === 'error').length })
