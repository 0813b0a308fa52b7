import type { Context } from '../platform/context.ts'
import type { DataMap } from './data-map.ts'
import { checkMap } from './map-file/check-map.ts'
import { checkSystems } from './map-file/check-systems.ts'
import { fidesMap, placesOf } from './map-file/fides-map.ts'
import type { MapFinding } from './map-file/finding.ts'
import { parseYaml } from './map-file/parse-yaml.ts'
import { type Report, startReport } from './map-file/report.ts'
import { descriptionsOf } from './map-version.ts'
import { mergeMaps } from './merge-maps.ts'
import { latestMap, latestScansOf } from './queries.ts'

/** What a Fides file adds to the map in force; null where it cannot be taken over. */
export interface ReadFides {
  readonly map: DataMap | null
  readonly findings: readonly MapFinding[]
}

/**
 * The map in force with what Fides datasets say put beside it: what stands wins. All that was not taken over comes back
 * with its line of the file.
 */
export async function readFides(ctx: Context, text: string, system: string | undefined): Promise<ReadFides> {
  const [scans, standing] = await Promise.all([latestScansOf(ctx.db), latestMap(ctx.db)])
  return mergeFides(
    text,
    system,
    descriptionsOf(scans),
    standing?.map ?? { version: 1, systems: {}, rules: {} },
  )
}

/** What was wrong with the map in force before is not this file's fault, and stands on none of its lines. */
const onlyHere = (report: Report): Report => ({
  ...report,
  add: (name, at, params) => (at < 0 ? undefined : report.add(name, at, params)),
  unknown: (code, at, ...rest) => (at < 0 ? undefined : report.unknown(code, at, ...rest)),
})

/** `readFides` without a database. Pure. */
export function mergeFides(
  text: string,
  system: string | undefined,
  descriptions: ReturnType<typeof descriptionsOf>,
  standing: DataMap,
): ReadFides {
  const clean = text.replace(/^\uFEFF/, '').replace(/\r(?!\n)/g, '\n')
  const report = startReport(clean)
  const parsed = parseYaml(clean, report)
  if (parsed.value === undefined) return { map: null, findings: report.findings() }
  const proposed = fidesMap(parsed, descriptions, system, report)
  const { map } = mergeMaps(standing, proposed.map)
  const checked = { map, whole: true, place: placesOf(map, proposed.origins), report: onlyHere(report) }
  checkMap(checked)
  checkSystems(checked, descriptions)
  const findings = report.findings()
  return { map: findings.some(({ severity }) => severity === 'error') ? null : map, findings }
}
