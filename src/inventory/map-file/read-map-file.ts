import type { DataMap } from '../data-map.ts'
import { checkMap } from './check-map.ts'
import { checkShape } from './check-shape.ts'
import { checkSystems, type Descriptions } from './check-systems.ts'
import type { MapFinding } from './finding.ts'
import { parseYaml } from './parse-yaml.ts'
import { type Report, startReport } from './report.ts'

export interface MapReading {
  /** Null where anything is wrong: half a map would erase half a person. */
  readonly map: DataMap | null
  /** Everything that is wrong, and what deserves a second look, in the order of the file. */
  readonly problems: readonly MapFinding[]
}

/** In UTF-16 units. 60,000 fields take 4 MB; the parser needs about a hundred times its input. */
const largest = 10_000_000

/**
 * Reads a data map from its file (YAML 1.2, at most 10 MB). With `descriptions`, what scans saw by system name, every
 * system, collection and field it names must exist there and be able to take what the map would write. Throws nothing:
 * all that is wrong comes back, each with its line and the code of its sentence.
 */
export function readMapFile(text: string, descriptions?: Descriptions): MapReading {
  // Editors on Windows begin with a byte order mark; a lone CR was the end of a line on old Macs.
  const clean = text.length > largest ? '' : text.replace(/^\uFEFF/, '').replace(/\r(?!\n)/g, '\n')
  const report = startReport(clean)
  if (text.length > largest) report.add('map-too-big', 0, { size: text.length, limit: largest })
  const map = text.length > largest ? null : readChecked(clean, descriptions, report)
  const problems = report.findings()
  return { map: problems.some(({ severity }) => severity === 'error') ? null : map, problems }
}

function readChecked(text: string, descriptions: Descriptions | undefined, report: Report): DataMap | null {
  const parsed = parseYaml(text, report)
  if (parsed.value === undefined) return null
  const { map, whole } = checkShape(parsed, report)
  if (map === null) return null
  const checked = { map, whole, place: parsed.place, report }
  checkMap(checked)
  if (descriptions !== undefined) checkSystems(checked, descriptions)
  return map
}
