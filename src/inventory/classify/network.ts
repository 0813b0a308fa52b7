import { type Category, categories } from '../data-map.ts'
import type { SparseFeatures } from './model-features.ts'

/**
 * A small neural network over the columns of one table. Each column becomes a few numbers from what is seen of it; then
 * each is judged by its own numbers, by those of the columns around it, by the table's name and by what the rules say.
 */

export const classes: readonly Category[] = categories
const count = classes.length

export interface Sizes {
  /** Numbers that stand for a column. */
  readonly width: number
  readonly hidden: number
}

/** Row by row: `embedding` has a row of `width` for each feature, `inner` one of `hidden` for each input of the judging layer. */
export interface Network extends Sizes {
  readonly embedding: Float32Array | Int8Array
  /** What the weights of each feature are to be multiplied with: bytes take a quarter of the memory, and of the time to fetch them. */
  readonly scales: Float32Array
  readonly embeddingBias: Float32Array
  readonly inner: Float32Array
  readonly innerBias: Float32Array
  readonly outer: Float32Array
  /** From a column's own numbers to the classes, past the judging layer. */
  readonly direct: Float32Array
  readonly outerBias: Float32Array
  /** How far each class of the rules is believed. */
  readonly ruled: Float32Array
}

/** What the network is shown of a column. */
export interface ShownColumn {
  readonly features: SparseFeatures
  /** Class and probability of whatever the rules think of. */
  readonly rules: readonly (readonly [place: number, probability: number])[]
}

export interface ShownTable {
  readonly columns: readonly ShownColumn[]
  /** What is seen of its name. */
  readonly name: SparseFeatures
  readonly surroundings: number
}

export const surroundingKinds = 6
/** Own numbers, mean and highest of the others, before, after, the name: `width` each; then the rules and the surroundings. */
const blocks = 6
export const innerInputs = (width: number): number => blocks * width + count + surroundingKinds

export const partsOf = ({ width, hidden }: Sizes, featureSpace: number): Readonly<Record<Part, number>> => ({
  embedding: featureSpace * width,
  embeddingBias: width,
  inner: innerInputs(width) * hidden,
  innerBias: hidden,
  outer: hidden * count,
  direct: width * count,
  outerBias: count,
  ruled: count,
})
export type Part = Exclude<keyof Network, keyof Sizes | 'scales'>

/** So many weights of each part stand together: they share a scale where they are stored. */
export const rowsOf = ({ width, hidden }: Sizes): Readonly<Record<Part, number>> => ({
  embedding: width,
  embeddingBias: width,
  inner: hidden,
  innerBias: hidden,
  outer: count,
  direct: count,
  outerBias: count,
  ruled: count,
})

/** Per column the share of each class. What all columns of a table have in common is summed once for them together. */
export function judgeTable(network: Network, shown: ShownTable): readonly Float32Array[] {
  const { columns } = shown
  const own = columns.map(({ features }) => embed(network, features))
  const highest = highestOf(own, network.width)
  const common = ofAll(network, shown, own, highest)
  return columns.map((column, i) => {
    const judging = judgeColumn(network, column, own, i, highest, common)
    return sharesOf(network, column, own[i] ?? judging, judging)
  })
}

/** In which column each number is highest and second highest; -1 where it is nowhere above zero. */
interface Highest {
  readonly first: Int16Array
  readonly second: Int16Array
}

function highestOf(own: readonly Float32Array[], width: number): Highest {
  const [first, second] = [new Int16Array(width).fill(-1), new Int16Array(width).fill(-1)]
  const [most, next] = [new Float32Array(width), new Float32Array(width)]
  for (const [i, numbers] of own.entries())
    for (let d = 0; d < width; d++) {
      const number = numbers[d] ?? 0
      if (number > (most[d] ?? 0)) {
        second[d] = first[d] ?? -1
        next[d] = most[d] ?? 0
        first[d] = i
        most[d] = number
      } else if (number > (next[d] ?? 0)) {
        second[d] = i
        next[d] = number
      }
    }
  return { first, second }
}

/** Rows of a layer that are waiting to be added, and how much of each. */
const starts = new Int32Array(4096)
const amounts = new Float64Array(4096)
let waiting = 0

function addRow(start: number, amount: number): void {
  if (amount === 0) return
  starts[waiting] = start
  amounts[waiting++] = amount
}

/** Adds the waiting rows, four at a time: that quarters what is read and written of the sums. */
function takeRows(layer: Float32Array, sums: Float64Array): Float64Array {
  const { length } = sums
  while (waiting % 4 !== 0) {
    starts[waiting] = 0
    amounts[waiting++] = 0
  }
  for (let i = 0; i < waiting; i += 4) {
    const [a, b, c, e] = [starts[i] ?? 0, starts[i + 1] ?? 0, starts[i + 2] ?? 0, starts[i + 3] ?? 0]
    const [ofA, ofB, ofC, ofE] = [
      amounts[i] ?? 0,
      amounts[i + 1] ?? 0,
      amounts[i + 2] ?? 0,
      amounts[i + 3] ?? 0,
    ]
    for (let h = 0; h < length; h++)
      sums[h] =
        (sums[h] ?? 0) +
        (layer[a + h] ?? 0) * ofA +
        (layer[b + h] ?? 0) * ofB +
        (layer[c + h] ?? 0) * ofC +
        (layer[e + h] ?? 0) * ofE
  }
  waiting = 0
  return sums
}

/** The numbers that stand for a column or a name. Summed in doubles: floats would be rounded at every step. */
function embed({ embedding, scales, embeddingBias, width }: Network, features: SparseFeatures): Float32Array {
  const { places, amounts: seen } = features
  const sums = Float64Array.from(embeddingBias)
  let i = 0
  for (; i + 3 < places.length; i += 4) {
    const [a, b, c, e] = [places[i] ?? 0, places[i + 1] ?? 0, places[i + 2] ?? 0, places[i + 3] ?? 0]
    const ofA = (seen[i] ?? 0) * (scales[a] ?? 0)
    const ofB = (seen[i + 1] ?? 0) * (scales[b] ?? 0)
    const ofC = (seen[i + 2] ?? 0) * (scales[c] ?? 0)
    const ofE = (seen[i + 3] ?? 0) * (scales[e] ?? 0)
    const [startA, startB, startC, startE] = [a * width, b * width, c * width, e * width]
    for (let d = 0; d < width; d++)
      sums[d] =
        (sums[d] ?? 0) +
        (embedding[startA + d] ?? 0) * ofA +
        (embedding[startB + d] ?? 0) * ofB +
        (embedding[startC + d] ?? 0) * ofC +
        (embedding[startE + d] ?? 0) * ofE
  }
  for (; i < places.length; i++) {
    const place = places[i] ?? 0
    const amount = (seen[i] ?? 0) * (scales[place] ?? 0)
    const start = place * width
    for (let d = 0; d < width; d++) sums[d] = (sums[d] ?? 0) + (embedding[start + d] ?? 0) * amount
  }
  positive(sums)
  return Float32Array.from(sums)
}

/** What the judging layer makes of what is the same for every column: the name, the surroundings, the sum and the highest of all. */
function ofAll(
  network: Network,
  { name, surroundings }: ShownTable,
  own: readonly Float32Array[],
  { first }: Highest,
): Float64Array {
  const { inner, innerBias, width, hidden } = network
  const ofName = embed(network, name)
  const others = own.length - 1
  for (let d = 0; d < width; d++) {
    addRow((5 * width + d) * hidden, ofName[d] ?? 0)
    addRow((2 * width + d) * hidden, own[first[d] ?? -1]?.[d] ?? 0)
    const sum = own.reduce((all, numbers) => all + (numbers[d] ?? 0), 0)
    if (others > 0) addRow((width + d) * hidden, sum / others)
  }
  addRow((blocks * width + count + surroundings) * hidden, 1)
  return takeRows(inner, Float64Array.from(innerBias))
}

/** The judging layer for one column: what is its own, on top of what all have; where it is in that itself, it is taken out. */
function judgeColumn(
  { inner, width, hidden }: Network,
  { rules }: ShownColumn,
  own: readonly Float32Array[],
  i: number,
  { first, second }: Highest,
  common: Float64Array,
): Float64Array {
  const [mine, before, after] = [own[i], own[i - 1], own[i + 1]]
  const others = own.length - 1
  for (let d = 0; d < width; d++) {
    const number = mine?.[d] ?? 0
    if (number !== 0) {
      addRow(d * hidden, number)
      if (others > 0) addRow((width + d) * hidden, -number / others)
      if (first[d] === i) addRow((2 * width + d) * hidden, (own[second[d] ?? -1]?.[d] ?? 0) - number)
    }
    if (before !== undefined) addRow((3 * width + d) * hidden, before[d] ?? 0)
    if (after !== undefined) addRow((4 * width + d) * hidden, after[d] ?? 0)
  }
  for (const [place, probability] of rules) addRow((blocks * width + place) * hidden, probability)
  const sums = takeRows(inner, Float64Array.from(common))
  positive(sums)
  return sums
}

function sharesOf(
  { outer, direct, outerBias, ruled, hidden, width }: Network,
  { rules }: ShownColumn,
  mine: Float32Array | Float64Array,
  judging: Float64Array,
): Float32Array {
  const sums = Float64Array.from(outerBias)
  for (let h = 0; h < hidden; h++) addRow(h * count, judging[h] ?? 0)
  takeRows(outer, sums)
  for (let d = 0; d < width; d++) addRow(d * count, mine[d] ?? 0)
  takeRows(direct, sums)
  for (const [place, probability] of rules)
    sums[place] = (sums[place] ?? 0) + (ruled[place] ?? 0) * probability
  return softmax(Float32Array.from(sums))
}

function positive(numbers: Float64Array): void {
  for (let i = 0; i < numbers.length; i++) if ((numbers[i] ?? 0) < 0) numbers[i] = 0
}

/** Shares that add up to one; a temperature over one makes them less sure. */
export function softmax(sums: Float32Array): Float32Array {
  let most = Number.NEGATIVE_INFINITY
  for (const sum of sums) most = Math.max(most, sum)
  let total = 0
  for (let c = 0; c < sums.length; c++) {
    const raised = Math.exp((sums[c] ?? 0) - most)
    sums[c] = raised
    total += raised
  }
  for (let c = 0; c < sums.length; c++) sums[c] = (sums[c] ?? 0) / total
  return sums
}
