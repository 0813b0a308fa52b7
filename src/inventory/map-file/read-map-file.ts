import type { DataMap } from '../data-map.ts'
import { checkMap } from './check-map.ts'
import { checkShape } from './check-shape.ts'
import { checkSystems, type Descriptions } from './check-systems.ts'
import type { MapFinding } from './finding.ts'
import { parseYaml } from './parse-yaml.ts'
import type { Place } from './place.ts'
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
  const { map, problems } = readMapSource(text, descriptions)
  return { map: problems.some(({ severity }) => severity === 'error') ? null : map, problems }
}

/** A map with the text it was read from. */
export interface MapSource {
  /** What of it can be understood, errors or not; null where nothing can. */
  readonly map: DataMap | null
  readonly problems: readonly MapFinding[]
  /** Where each entry stands in `text`. */
  readonly place: Place
  /** As it was read: without a byte order mark, lines ending in a line feed. */
  readonly text: string
}

/** `readMapFile` for those who point at lines of the file afterwards. */
export function readMapSource(text: string, descriptions?: Descriptions): MapSource {
  // Editors on Windows begin with a byte order mark; a lone CR was the end of a line on old Macs.
  const clean = text.length > largest ? '' : text.replace(/^\uFEFF/, '').replace(/\r(?!\n)/g, '\n')
  const report = startReport(clean)
  if (text.length > largest) report.add('map-too-big', 0, { size: text.length, limit: largest })
  const { map, place } = text.length > largest ? unread : readChecked(clean, descriptions, report)
  return { map, place, text: clean, problems: report.findings() }
}

type Read = Pick<MapSource, 'map' | 'place'>

const unread: Read = { map: null, place: { key: 0, value: 0, inside: new Map() } }

function readChecked(text: string, descriptions: Descriptions | undefined, report: Report): Read {
  const parsed = parseYaml(text, report)
  if (parsed.value === undefined) return unread
  const { map, whole } = checkShape(parsed, report)
  if (map === null) return { map, place: parsed.place }
  const checked = { map, whole, place: parsed.place, report }
  checkMap(checked)
  if (descriptions !== undefined) checkSystems(checked, descriptions)
  return { map, place: parsed.place }
}
