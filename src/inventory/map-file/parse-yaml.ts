import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
} from 'yaml'
import type { MapFindingName } from './finding.ts'
import type { Place } from './place.ts'
import type { Report } from './report.ts'

export interface ParsedYaml {
  /** Plain records, lists, texts, numbers, booleans and nulls; undefined where nothing could be read. */
  readonly value: unknown
  readonly place: Place
}

const deepest = 24

/**
 * Reads YAML 1.2 without tags, anchors and aliases, which a map has no use for and an attacker has. Reports all that is
 * wrong; where that leaves its structure in doubt, the value is undefined.
 */
export function parseYaml(text: string, report: Report): ParsedYaml {
  // YAML knows no other control characters; the first one says enough about a binary file.
  const control = /[\0-\x08\x0b\x0c\x0e-\x1f]/.exec(text)
  if (control) {
    const number = text.charCodeAt(control.index).toString(16).padStart(4, '0')
    report.add('map-control-character', control.index, { character: `U+${number.toUpperCase()}` })
    return nothing
  }
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: 'core',
    stringKeys: true,
    // `readMap` looks for them without comparing every key with every other.
    uniqueKeys: false,
    prettyErrors: false,
    // At 'silent' a second document would replace the first without a word.
    logLevel: 'error',
  })
  reportSyntax(document.errors, lines, report)
  if (document.errors.length > 0) return nothing
  if (document.contents === null) {
    report.add('map-empty', 0)
    return nothing
  }
  const flaws: Flaw[] = []
  const read = readNode(document.contents, null, 0, flaws)
  for (const { name, at, key } of flaws) report.add(name, at, { key })
  return flaws.every(({ name }) => name === 'map-duplicate-key' || name === 'map-reserved-name')
    ? read
    : nothing
}

const nothing: ParsedYaml = { value: undefined, place: { key: 0, value: 0, inside: new Map() } }

/** What follows the first error of a line is mostly its echo. */
function reportSyntax(errors: readonly YAMLError[], lines: LineCounter, report: Report): void {
  const told = new Set<number>()
  for (const error of errors) {
    const { line } = lines.linePos(error.pos[0])
    if (!told.has(line)) report.add(nameOf(error), error.pos[0])
    told.add(line)
  }
}

function nameOf(error: YAMLError): MapFindingName {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'map-tab'
    case 'BAD_INDENT':
      return 'map-indent'
    case 'MISSING_CHAR':
      return 'map-unclosed'
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return 'map-colon'
    case 'MULTIPLE_DOCS':
      return 'map-many-documents'
    case 'RESOURCE_EXHAUSTION':
      return 'map-too-deep'
    default:
      return 'map-syntax'
  }
}

interface Flaw {
  readonly name: MapFindingName
  readonly at: number
  readonly key: string
}

function readNode(node: Node | null, keyAt: number | null, depth: number, flaws: Flaw[]): ParsedYaml {
  const at = node?.range?.[0] ?? keyAt ?? 0
  const place = { key: keyAt ?? at, value: at }
  const name = node === null ? null : flawOf(node, depth)
  if (name !== null) flaws.push({ name, at, key: '' })
  if (name === null && isMap(node)) return readMap(node.items, place, depth, flaws)
  if (name === null && isSeq(node)) return readList(node.items, place, depth, flaws)
  return { value: isScalar(node) ? node.value : null, place: { ...place, inside: new Map() } }
}

function flawOf(node: Node, depth: number): MapFindingName | null {
  if (isAlias(node) || ('anchor' in node && node.anchor)) return 'map-alias'
  if (node.tag !== undefined) return 'map-tag'
  return depth > deepest ? 'map-too-deep' : null
}

type Position = Omit<Place, 'inside'>

function readMap(pairs: readonly Pair[], position: Position, depth: number, flaws: Flaw[]): ParsedYaml {
  const value: Record<string, unknown> = {}
  const inside = new Map<string, Place>()
  for (const pair of pairs) {
    const key = isScalar(pair.key) ? String(pair.key.value ?? '') : ''
    const at = (isScalar(pair.key) && pair.key.range?.[0]) || position.value
    const entry = readNode(isNode(pair.value) ? pair.value : null, at, depth + 1, flaws)
    // Set by assignment, it would replace the object's prototype and vanish from the map.
    if (key === '__proto__') flaws.push({ name: 'map-reserved-name', at, key })
    else if (inside.has(key)) flaws.push({ name: 'map-duplicate-key', at, key })
    else {
      value[key] = entry.value
      inside.set(key, entry.place)
    }
  }
  return { value, place: { ...position, inside } }
}

function readList(items: readonly unknown[], position: Position, depth: number, flaws: Flaw[]): ParsedYaml {
  const entries = items.map((item) => readNode(isNode(item) ? item : null, null, depth + 1, flaws))
  const inside = new Map(entries.map((entry, i) => [String(i), entry.place]))
  return { value: entries.map((entry) => entry.value), place: { ...position, inside } }
}
