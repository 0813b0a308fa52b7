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
export const spotOf = (source: MapSource, path: Path): Spot => spotAt(source, placeOf(source.place, path).key)

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
    const { line } = spotAt(source, section.value)
    return {
      line,
      inside: true,
      text: entry.includes('\n') ? JSON.stringify({ [String(path[depth])]: wrapped }).slice(1, -1) : entry,
    }
  }
  const { line, indent } = endOf(source, section, parent.length === 0)
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

function spotAt(source: MapSource, offset: number): Spot {
  const { starts } = linesOf(source)
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
}

interface Lines {
  readonly lines: readonly string[]
  /** Offset of each line's first character. */
  readonly starts: readonly number[]
}

const known = new WeakMap<MapSource, Lines>()

/** A map of ten thousand fields is asked for as many lines: it is taken apart once. */
function linesOf(source: MapSource): Lines {
  const before = known.get(source)
  if (before) return before
  const lines = source.text.split('\n')
  let offset = 0
  const starts = lines.map((line) => {
    const start = offset
    offset += line.length + 1
    return start
  })
  known.set(source, { lines, starts })
  return { lines, starts }
}

/** The line after a section's last entry, and how far its entries are indented. */
function endOf(
  source: MapSource,
  section: Place,
  isRoot: boolean,
): { readonly line: number; readonly indent: number } {
  const { lines } = linesOf(source)
  const last = [...section.inside.values()].at(-1)
  const start = spotAt(source, last?.key ?? section.key)
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
