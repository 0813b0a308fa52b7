import type { Cell, CollectionDescription } from '../../connectors/public.ts'
import { inferLinks } from './infer-links.ts'
import type { LinkProposal, Sketches } from './link-proposal.ts'
import { sketchName } from './link-proposal.ts'
import { type Sketch, startSketch } from './sketch.ts'

/** A table with its rows, all of them seen. */
export interface SeenTable {
  readonly description: CollectionDescription
  readonly columns: Readonly<Record<string, readonly Cell[]>>
  /** Sets of several fields that are to be sketched as well. */
  readonly tuples?: readonly (readonly string[])[]
}

export const key = 'a test'

export function sketchOf(columns: readonly (readonly Cell[])[], complete = true, secret = key): Sketch {
  const maker = startSketch(secret)
  for (const [row] of (columns[0] ?? []).entries()) maker.add(columns.map((column) => column[row] ?? null))
  return maker.finish(complete)
}

export function sketchesOf(tables: readonly SeenTable[]): Sketches {
  return new Map(
    tables.map(({ description, columns, tuples = [] }) => {
      const sets = [...Object.keys(columns).map((name) => [name]), ...tuples]
      const sketches = sets.map((set) => [sketchName(set), sketchOf(set.map((name) => columns[name] ?? []))])
      return [description.name, new Map(sketches as [string, Sketch][])]
    }),
  )
}

export const inferred = (...tables: readonly SeenTable[]): readonly LinkProposal[] =>
  inferLinks({ collections: tables.map(({ description }) => description), sketches: sketchesOf(tables) })

/** `order.customer_id → customer.id`, those that are sure enough. */
export const ways = (proposals: readonly LinkProposal[], threshold = 0.8): readonly string[] =>
  proposals
    .filter(({ confidence }) => confidence >= threshold)
    .map(({ from, fields, to, toFields }) => `${from}.${fields.join('+')} → ${to}.${toFields.join('+')}`)

/** 1, 2, 3 … as cells. */
export const counted = (count: number, from = 1): readonly string[] =>
  Array.from({ length: count }, (_, i) => String(i + from))

/** Some of the values over and over, spread over all of them. */
export const drawn = (values: readonly string[], count: number, step = 7): readonly string[] =>
  Array.from({ length: count }, (_, i) => values[(i * step) % values.length] ?? '')

/** Identifiers that look random and are the same at every run. */
export const uuids = (count: number, seed: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => {
    const hex = (part: number) =>
      (Math.imul(i * 4 + part + seed * 7_919, 2_654_435_761) >>> 0).toString(16).padStart(8, '0')
    const all = hex(0) + hex(1) + hex(2) + hex(3)
    return [all.slice(0, 8), all.slice(8, 12), all.slice(12, 16), all.slice(16, 20), all.slice(20)].join('-')
  })
