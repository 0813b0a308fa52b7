import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import type { DataMap } from '../data-map.ts'
import type { Path } from './place.ts'
import { keysAt } from './schema.ts'

export interface MapFileOptions {
  /** Address of the JSON Schema, for editors: a URL, or a path as seen from the file. */
  readonly schema?: string
}

/**
 * The map as its file: names in alphabetical order, keys in the order of the documentation, a line for every field. Equal
 * maps give equal texts, and `readMapFile` gives the map back.
 */
export function writeMapFile(map: DataMap, { schema }: MapFileOptions = {}): string {
  const document = new Document(null)
  document.contents = nodeOf(map, [])
  document.commentBefore = [
    ...(schema === undefined ? [] : [` yaml-language-server: $schema=${schema}`]),
    ...heading,
  ].join('\n')
  return document.toString(layout)
}

/** One entry as `writeMapFile` would write it at that path of the map, from its key on, without the last line end. */
export function writeEntry(path: Path, value: unknown): string {
  const [parent, key] = [path.slice(0, -1), String(path.at(-1))]
  const section = new YAMLMap<Node, Node>()
  section.flow = false
  section.items = [new Pair<Node, Node>(scalarOf(key), nodeOf(value, [...parent, key]))]
  const document = new Document(null)
  document.contents = section
  return document.toString(layout).trimEnd()
}

const layout = {
  lineWidth: 0,
  flowCollectionPadding: false,
  blockQuote: false,
  doubleQuotedAsJSON: true,
} as const

const heading = [
  ' The data map: what every system holds of a person, how it is found, and what erasing it means.',
  ' docs/data-map.md explains every key. To use a changed file: npx dossier map import <file>',
]

const comments: Readonly<Record<string, string>> = {
  systems: ' A line for each field that holds personal data.',
  rules: ' Why and for how long something is kept although its person asked for erasure.',
  purposes: ' What the data is used for, and on which legal basis.',
}

function nodeOf(value: unknown, path: Path): Node {
  if (Array.isArray(value)) {
    const list = new YAMLSeq()
    list.flow = !isBlock(value, path)
    list.items = value.map((item, i) => nodeOf(item, [...path, i]))
    return list
  }
  if (typeof value !== 'object' || value === null) return scalarOf(value)
  const section = new YAMLMap<Node, Node>()
  section.flow = !isBlock(value, path)
  section.items = entriesOf(value, path).map(([name, entry]) => {
    const key = scalarOf(name)
    const comment = path.length === 0 ? comments[name] : undefined
    if (comment !== undefined) Object.assign(key, { commentBefore: comment, spaceBefore: true })
    return new Pair<Node, Node>(key, nodeOf(entry, [...path, name]))
  })
  return section
}

function scalarOf(value: unknown): Scalar {
  const scalar = new Scalar(value)
  // Any other style would spread the text over lines of its own.
  if (typeof value === 'string' && value.includes('\n')) scalar.type = Scalar.QUOTE_DOUBLE
  return scalar
}

/** Down to a field, a link, a rule everything has its own lines; from there on it is one line in braces, if it fits. */
function isBlock(value: object, path: Path): boolean {
  const line = path[0] === 'systems' ? 6 : 2
  if (path.length > line || path[4] === 'purposes') return false
  return path.length < line || JSON.stringify(value).length > widest
}

const widest = 130

/** Sections with keys of their own in the order of the schema, sections of names by name; nothing that says nothing. */
function entriesOf(section: object, path: Path): readonly (readonly [string, unknown])[] {
  const entries = new Map<string, unknown>(Object.entries(section).filter(([, value]) => value !== undefined))
  const known = keysAt(path)
  const names = known.length > 0 ? known.filter((key) => entries.has(key)) : [...entries.keys()].sort()
  return names
    .map((name) => [name, entries.get(name)] as const)
    .filter(([name, value]) => !isDefault(name, value, path))
}

/** `rules` and `fields` may be left out; an empty `purposes` says that there are none. */
const isDefault = (name: string, value: unknown, path: Path): boolean =>
  (name === 'rules' ? path.length === 0 : name === 'fields' && path.length === 4) &&
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === 0
