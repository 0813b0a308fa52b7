import { type Path, type Place, placeOf } from './place.ts'
import type { MapSource } from './read-map-file.ts'
import { writeEntry } from './write-map-file.ts'

/** A position in a map's file, both from 1. */
export interface Spot {
  readonly line: number
  readonly column: number
}

/** What is to be written into a map's file so that it says one thing more. */
export interface Addition {
  /** The text becomes this line, and what stands there moves down; with `inside`, it goes into the braces of that line. */
  readonly line: number
  readonly inside: boolean
  /** Whole lines with their indentation, without the last line end. */
  readonly text: string
}

/** Where an entry stands, or what is nearest around it. */
export const spotOf = ({ place, text }: MapSource, path: Path): Spot => spotAt(text, placeOf(place, path).key)

/**
 * The lines that add an entry at a path of the map, sections that are still missing around it included, in the place
 * where a person would write them: after the last entry of the section that is there.
 */
export function additionOf(source: MapSource, path: Path, value: unknown): Addition {
  const depth = writtenDepth(source.place, path)
  const parent = path.slice(0, depth)
  const wrapped = path.slice(depth + 1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
  const entry = writeEntry(path.slice(0, depth + 1), wrapped)
  const section = placeOf(source.place, parent)
  if (isInBraces(source, parent)) {
    const { line } = spotAt(source.text, section.value)
    return {
      line,
      inside: true,
      text: entry.includes('\n') ? JSON.stringify({ [String(path[depth])]: wrapped }).slice(1, -1) : entry,
    }
  }
  const { line, indent } = endOf(source.text, section, parent.length === 0)
  return { line, inside: false, text: entry.replace(/^(?=.)/gm, ' '.repeat(indent)) }
}

/** How many steps of the path are written down; never the last, which is to be added. */
function writtenDepth(root: Place, path: Path): number {
  let place: Place | undefined = root
  for (let depth = 0; depth < path.length - 1; depth++) {
    place = place.inside.get(String(path[depth]))
    if (place === undefined) return depth
  }
  return path.length - 1
}

/** Inside braces line breaks mean nothing, so an entry cannot simply be put on a line of its own. */
const isInBraces = ({ place, text }: MapSource, path: Path): boolean =>
  Array.from({ length: path.length + 1 }, (_, depth) => placeOf(place, path.slice(0, depth))).some(
    ({ value }) => text[value] === '{' || text[value] === '[',
  )

function spotAt(text: string, offset: number): Spot {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') }
}

/** The line after a section's last entry, and how far its entries are indented. */
function endOf(
  text: string,
  section: Place,
  isRoot: boolean,
): { readonly line: number; readonly indent: number } {
  const lines = text.split('\n')
  const last = [...section.inside.values()].at(-1)
  const start = spotAt(text, last?.key ?? section.key)
  const indent = last ? start.column - 1 : isRoot ? 0 : start.column + 1
  let end = start.line
  for (let i = start.line; i < lines.length; i++) {
    const line = lines[i] ?? ''
    const depth = line.search(/\S/)
    if (depth < 0 || line[depth] === '#') continue
    // A list may stand as far left as its own key.
    if (depth < indent || (depth === indent && line[depth] !== '-')) break
    end = i + 1
  }
  return { line: end + 1, indent }
}
