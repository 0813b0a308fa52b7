import { hash } from 'node:crypto'
import type { Cell } from '../../connectors/public.ts'

/** What the values of a field, or the tuples of several, look like together. */
export type ValueShape = 'integer' | 'uuid' | 'text' | 'tuple'

/**
 * The distinct values of a field as keyed hashes: the smallest ones of all that were seen (bottom-k), so that two
 * sketches can be compared below the lower of their limits. Holds no value but the ends of a range of numbers.
 */
export interface Sketch {
  readonly shape: ValueShape
  /** Every row of the collection was seen. */
  readonly complete: boolean
  /** Rows seen, and those among them with a value. */
  readonly rows: number
  readonly filled: number
  /** Distinct values among the rows seen; an estimate where `limit` is finite. */
  readonly distinct: number
  /** Hashes from here on were dropped. */
  readonly limit: number
  /** Each with the number of rows it was seen in. */
  readonly hashes: ReadonlyMap<number, number>
  /** Where the shape is `integer`. */
  readonly numbers: NumberSpread | null
  /** Mean length of a value in characters. */
  readonly length: number
}

/** How whole numbers lie. Quantiles and not ends: one lost or invented number must not stretch the range. */
export interface NumberSpread {
  readonly low: number
  readonly high: number
  /** Median distance between neighbours: 1 where numbers are counted. */
  readonly gap: number
}

export interface SketchMaker {
  add(cells: readonly Cell[]): void
  /** `complete`: the maker was given every row of the collection. */
  finish(complete: boolean): Sketch
}

/** Hashes are whole numbers below this, so that they stay exact. */
const hashRange = 2 ** 48
/** Shares estimated from so many hashes err by two percent or less. */
const keptHashes = 16_384
/** A slip of the pen among numbers does not make them text. */
const mostStrays = 0.02

/** Collects a sketch under a key that lives as long as one scan, so that hashes mean nothing afterwards. */
export function startSketch(key: string): SketchMaker {
  let hashes = new Map<number, number>()
  let limit = hashRange
  let rows = 0
  let filled = 0
  let characters = 0
  const counted = { integer: 0, uuid: 0, tuple: 0 }
  const numbers: number[] = []
  return {
    add(cells) {
      rows += 1
      const values = cells.map((cell) => (cell === null ? '' : canonical(cell)))
      if (values.includes('')) return
      filled += 1
      const [value = ''] = values
      const whole = cells.length === 1 ? value : JSON.stringify(values)
      characters += whole.length
      const shape = cells.length === 1 ? shapeOf(value) : 'tuple'
      if (shape !== 'text') counted[shape] += 1
      if (shape === 'integer') numbers.push(Number(value))
      const hashed = hashOf(key, whole)
      if (hashed >= limit) return
      hashes.set(hashed, (hashes.get(hashed) ?? 0) + 1)
      // Trimmed at twice the size, so that each value is sorted about once.
      if (hashes.size >= 2 * keptHashes) ({ hashes, limit } = smallest(hashes))
    },
    finish(complete) {
      if (hashes.size > keptHashes) ({ hashes, limit } = smallest(hashes))
      const shape = shapeOfMost(counted, filled)
      return {
        shape,
        complete,
        rows,
        filled,
        distinct: Math.min(filled, Math.round((hashes.size * hashRange) / limit)),
        limit,
        hashes,
        numbers: shape === 'integer' ? spreadOf(numbers) : null,
        length: filled === 0 ? 0 : characters / filled,
      }
    },
  }
}

const tail = 0.1

function spreadOf(numbers: readonly number[]): NumberSpread | null {
  const sorted = Float64Array.from(new Set(numbers)).sort()
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
  if (sorted.length === 0) return null
  const gaps = sorted
    .subarray(1)
    .map((number, i) => number - (sorted[i] ?? number))
    .sort()
  return { low: at(tail), high: at(1 - tail), gap: gaps[gaps.length >> 1] ?? 1 }
}

function smallest(hashes: ReadonlyMap<number, number>): {
  readonly hashes: Map<number, number>
  readonly limit: number
} {
  const sorted = Float64Array.from(hashes.keys()).sort()
  const limit = sorted[keptHashes] ?? hashRange
  return { hashes: new Map([...hashes].filter(([hashed]) => hashed < limit)), limit }
}

function shapeOfMost(
  counted: Readonly<Record<'integer' | 'uuid' | 'tuple', number>>,
  filled: number,
): ValueShape {
  const most = (['integer', 'uuid', 'tuple'] as const).find(
    (shape) => filled > 0 && counted[shape] >= filled * (1 - mostStrays),
  )
  return most ?? 'text'
}

const shapeOf = (value: string): Exclude<ValueShape, 'tuple'> => {
  if (/^-?\d{1,15}$/.test(value)) return 'integer'
  return /^[\da-f]{32}$/.test(value) ? 'uuid' : 'text'
}

const hashOf = (key: string, value: string): number =>
  Number.parseInt(hash('sha256', key + value, 'hex').slice(0, 12), 16)

/**
 * One form for values that differ in kind and spelling alone: text `0042` and number 42, a UUID in upper case, between
 * braces or as sixteen bytes, `KD-17` and `kd 17`, a telephone number with and without its country.
 */
export function canonical(cell: string): string {
  const text = cell.trim().toLowerCase()
  if (/^-?\d+(?:\.0+)?$/.test(text)) return text.replace(/\.0+$/, '').replace(/^(-?)0+(?=\d)/, '$1')
  const hex = text.replace(/^\\x|^\{|\}$|-/g, '')
  if (/^[\da-f]{32}$/.test(hex)) return hex
  // A telephone number by its last nine digits, national or international.
  if (/^[+(\d][\d\s()./-]{8,}$/.test(text))
    return text
      .replace(/\D/g, '')
      .slice(-9)
      .replace(/^0+(?=\d)/, '')
  return /\p{L}/u.test(text) ? text.replace(/[\s-]/g, '') : text
}
