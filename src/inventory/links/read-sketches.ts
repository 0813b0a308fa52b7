import type { Cell, CollectionDescription, ReadSession } from '../../connectors/public.ts'
import { isProblem } from '../../platform/problem.ts'
import { compositePairs } from './composite-links.ts'
import { constraintsOf } from './link-keys.ts'
import { type Sketches, sketchName } from './link-proposal.ts'
import { linkWords } from './link-words.ts'
import { type Sketch, type SketchMaker, startSketch } from './sketch.ts'

/** What a scan has sampled of a system: cells field by field in the description's order, null where unreadable. */
export type Samples = ReadonlyMap<string, readonly (readonly Cell[] | null)[]>

export interface ReadSketches {
  readonly collections: readonly CollectionDescription[]
  readonly samples: Samples
  /** Rows asked for per sample: a sample of fewer is the whole collection. */
  readonly sample: number
  /** Secret of this scan; see `startSketch`. */
  readonly key: string
  /** Fields besides keys that are compared with others, such as e-mail addresses, by collection. */
  readonly also: ReadonlyMap<string, readonly string[]>
}

/** Load on a system: rows of one collection, and of all together; narrow rows of keys, read once. */
const mostRows = 20_000
const mostRowsOfAll = 1_000_000
const leastRows = 500

/**
 * Sketches of all sampled fields, and of keys from more rows than the sample: the first ones of a stream that is left
 * early. Values are hashed as they arrive and never kept. A collection that cannot be read is left to its sample.
 */
export async function readSketches(
  session: ReadSession,
  { collections, samples, sample, key, also }: ReadSketches,
): Promise<Sketches> {
  const tuples = tuplesOf(collections)
  const sketches = new Map<string, ReadonlyMap<string, Sketch>>()
  const most = Math.max(
    leastRows,
    Math.min(mostRows, Math.floor(mostRowsOfAll / Math.max(collections.length, 1))),
  )
  for (const collection of collections) {
    const columns = samples.get(collection.name)
    if (columns === undefined || collection.unreadable !== null) continue
    const mine = tuples.get(collection.name) ?? []
    const sampled = sampleSketches(collection, columns, mine, sample, key)
    const whole = [...sampled.values()].some(({ complete }) => complete)
    const sets = whole || collection.kind === 'view' ? [] : setsToStream(collection, mine, also)
    const streamed = sets.length === 0 ? [] : await streamSketches(session, collection.name, sets, most, key)
    sketches.set(collection.name, new Map([...sampled, ...streamed]))
  }
  return sketches
}

/** Sets of several fields that may be one end of a link, by collection. */
function tuplesOf(
  collections: readonly CollectionDescription[],
): ReadonlyMap<string, readonly (readonly string[])[]> {
  const tuples = new Map<string, (readonly string[])[]>()
  const note = (name: string, fields: readonly string[]) => {
    const known = tuples.get(name) ?? []
    tuples.set(name, known)
    if (!known.some((one) => sketchName(one) === sketchName(fields))) known.push(fields)
  }
  for (const { from, fields, to, toFields } of compositePairs(collections, linkWords(collections))) {
    note(from, fields)
    note(to, toFields)
  }
  return tuples
}

function setsToStream(
  collection: CollectionDescription,
  tuples: readonly (readonly string[])[],
  also: ReadSketches['also'],
): readonly (readonly string[])[] {
  const keys = constraintsOf(collection).filter((fields) => fields.length === 1)
  const compared = (also.get(collection.name) ?? []).map((field) => [field])
  const own = constraintsOf(collection).map(sketchName)
  const sets = [...keys, ...compared, ...tuples.filter((fields) => own.includes(sketchName(fields)))]
  return [...new Map(sets.map((fields) => [sketchName(fields), fields])).values()]
}

function sampleSketches(
  { fields }: CollectionDescription,
  columns: readonly (readonly Cell[] | null)[],
  tuples: readonly (readonly string[])[],
  sample: number,
  key: string,
): ReadonlyMap<string, Sketch> {
  const place = new Map(fields.map(({ name }, i) => [name, i]))
  const sets = [...fields.map(({ name }) => [name]), ...tuples]
  return new Map(
    sets.flatMap((set): readonly [string, Sketch][] => {
      const cells = set.map((name) => columns[place.get(name) ?? -1] ?? null)
      const [first] = cells
      if (first === undefined || first === null || cells.includes(null)) return []
      const maker = startSketch(key)
      for (let row = 0; row < first.length; row++) maker.add(cells.map((column) => column?.[row] ?? null))
      return [[sketchName(set), maker.finish(first.length < sample)]]
    }),
  )
}

async function streamSketches(
  session: ReadSession,
  collection: string,
  sets: readonly (readonly string[])[],
  most: number,
  key: string,
): Promise<readonly (readonly [string, Sketch])[]> {
  const fields = [...new Set(sets.flat())]
  const makers = sets.map((set): readonly [readonly string[], readonly number[], SketchMaker] => [
    set,
    set.map((name) => fields.indexOf(name)),
    startSketch(key),
  ])
  let rows = 0
  let complete = true
  try {
    for await (const { cells } of session.stream(collection, fields)) {
      if (rows === most) {
        complete = false
        break
      }
      rows += 1
      for (const [, places, maker] of makers) maker.add(places.map((i) => cells[i] ?? null))
    }
  } catch (error) {
    if (isProblem(error) && leavesSessionGood.has(error.code)) return []
    throw error
  }
  return makers.map(([set, , maker]) => [sketchName(set), maker.finish(complete)] as const)
}

/** What concerns one collection; its sample must do then. */
const leavesSessionGood: ReadonlySet<string> = new Set([
  'connectors.refused',
  'connectors.timeout',
  'connectors.locked',
  'connectors.corrupt',
  'connectors.target-error',
])
