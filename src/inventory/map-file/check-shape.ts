import type { z } from 'zod'
import type { DataMap } from '../data-map.ts'
import { own } from '../own.ts'
import { isMapFindingName, type MapFindingName } from './finding.ts'
import { nearest } from './nearest.ts'
import type { ParsedYaml } from './parse-yaml.ts'
import { type Path, placeOf } from './place.ts'
import type { Report } from './report.ts'
import { keysAt, mapSchema } from './schema.ts'

type Issue = z.core.$ZodIssue

/** What could be read as a map. Where it is not whole, wrong entries were left out so that the rest can be checked. */
export interface Shaped {
  readonly map: DataMap | null
  readonly whole: boolean
}

/** Checks keys and kinds of values against the schema, and reports every one that does not fit. */
export function checkShape(parsed: ParsedYaml, report: Report): Shaped {
  const result = mapSchema.safeParse(parsed.value)
  if (result.success) return { map: result.data, whole: true }
  for (const issue of result.error.issues) describe(issue, [], parsed, report)
  return { map: salvage(parsed.value, result.error.issues), whole: false }
}

function describe(issue: Issue, base: Path, parsed: ParsedYaml, report: Report): void {
  const path = [...base, ...issue.path]
  const key = String(path.at(-1) ?? '')
  const place = placeOf(parsed.place, path)
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(path)
    for (const unknown of issue.keys)
      report.unknown('map-unknown-key', placeOf(parsed.place, [...path, unknown]).key, unknown, known, {
        known: known.join(', '),
      })
  } else if (issue.code === 'invalid_union' && isRecord(valueAt(parsed.value, path))) {
    for (const inner of issue.errors.at(-1) ?? []) describe(inner, path, parsed, report)
  } else if (issue.code === 'invalid_key') {
    report.add(nameIn(issue.issues[0]?.message), place.key, { key })
  } else if (valueAt(parsed.value, path) === undefined) {
    report.add('map-missing-key', place.key, { key })
  } else if (issue.code === 'invalid_value' || issue.code === 'invalid_union') {
    notAllowed(issue, path, parsed, report)
  } else if (issue.code === 'invalid_type') {
    const wrong = path.length === 0 ? 'map-not-a-map' : wrongKind(issue, valueAt(parsed.value, path))
    report.add(wrong, place.value, { key })
  } else {
    report.add(nameIn(issue.message), place.value, { key })
  }
}

/** The schema's messages are names of findings. */
const nameIn = (message = ''): MapFindingName => (isMapFindingName(message) ? message : 'map-not-text')

function notAllowed(
  issue: Issue & { code: 'invalid_value' | 'invalid_union' },
  path: Path,
  parsed: ParsedYaml,
  report: Report,
): void {
  const allowed =
    issue.code === 'invalid_value' ? issue.values.map(String) : ['clear', 'keep', 'redact', '{replace: "…"}']
  const near = nearest(String(valueAt(parsed.value, path)), allowed)
  const params = { key: String(path.at(-1)), allowed: allowed.join(', ') }
  const at = placeOf(parsed.place, path).value
  if (near === undefined) report.add('map-not-allowed', at, params)
  else report.add('map-not-allowed-near', at, { ...params, near })
}

function wrongKind(issue: Issue & { code: 'invalid_type' }, value: unknown): MapFindingName {
  switch (issue.expected) {
    case 'object':
    case 'record':
      return 'map-not-section'
    case 'array':
      return 'map-not-list'
    case 'int':
    case 'number':
      return 'map-not-number'
    case 'boolean':
      return 'map-not-flag'
    default:
      return typeof value === 'number' || typeof value === 'boolean' ? 'map-not-quoted' : 'map-not-text'
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)]
    else value = isRecord(value) ? own(value, String(step)) : undefined
  }
  return value
}

/** What is left when everything that does not fit is taken out, or null. Ends: each round takes something out. */
function salvage(value: unknown, issues: readonly Issue[]): DataMap | null {
  const rest = structuredClone(value)
  for (let wrong = issues; ; ) {
    for (const issue of wrong) if (!remove(rest, issue)) return null
    const again = mapSchema.safeParse(rest)
    if (again.success) return again.data
    wrong = again.error.issues
  }
}

/** Takes out keys, a value, what lacks one, or the whole list around it: places count a list's items. */
function remove(root: unknown, issue: Issue): boolean {
  if (issue.code === 'unrecognized_keys') {
    const holder = valueAt(root, issue.path)
    if (isRecord(holder)) for (const key of issue.keys) delete holder[key]
    return true
  }
  const alreadyGone = valueAt(root, issue.path.slice(0, -1)) === undefined
  if (alreadyGone) return true
  for (let path: Path = issue.path; path.length > 0; path = path.slice(0, -1)) {
    const holder = valueAt(root, path.slice(0, -1))
    const key = String(path.at(-1))
    if (isRecord(holder) && Object.hasOwn(holder, key)) return delete holder[key]
  }
  return false
}
