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

/** Everything on the way to the shares; training goes the same way back. */
export interface Judged {
  readonly own: readonly Float32Array[]
  readonly name: Float32Array
  /** For each number the columns in which it is highest and second highest; -1 where it is zero. */
  readonly highest: Int16Array
  readonly second: Int16Array
  readonly inputs: readonly Float32Array[]
  readonly inner: readonly Float32Array[]
  /** Per column the share of each class. */
  readonly shares: readonly Float32Array[]
}

export function judgeTable(network: Network, { columns, name, surroundings }: ShownTable): Judged {
  const { width } = network
  const own = columns.map(({ features }) => embed(network, features))
  const ofName = embed(network, name)
  const { sum, highest, second } = together(own, width)
  const inputs: Float32Array[] = []
  const inner: Float32Array[] = []
  const shares: Float32Array[] = []
  for (const [i, { rules }] of columns.entries()) {
    const mine = own[i] ?? ofName
    const input = new Float32Array(innerInputs(width))
    input.set(mine)
    for (let d = 0; d < width; d++) {
      if (columns.length > 1) input[width + d] = ((sum[d] ?? 0) - (mine[d] ?? 0)) / (columns.length - 1)
      const most = highest[d] === i ? second[d] : highest[d]
      input[2 * width + d] = own[most ?? -1]?.[d] ?? 0
    }
    const [before, after] = [own[i - 1], own[i + 1]]
    if (before !== undefined) input.set(before, 3 * width)
    if (after !== undefined) input.set(after, 4 * width)
    input.set(ofName, 5 * width)
    for (const [place, probability] of rules) input[blocks * width + place] = probability
    input[blocks * width + count + surroundings] = 1
    const judging = through(network.inner, input, Float32Array.from(network.innerBias))
    positive(judging)
    const sums = through(network.outer, judging, Float32Array.from(network.outerBias))
    through(network.direct, mine, sums)
    for (const [place, probability] of rules)
      sums[place] = (sums[place] ?? 0) + (network.ruled[place] ?? 0) * probability
    inputs.push(input)
    inner.push(judging)
    shares.push(softmax(sums))
  }
  return { own, name: ofName, highest, second, inputs, inner, shares }
}

/** Sums in doubles: as floats they would be rounded at every step, which takes longer than the adding. */
const scratch = new Float64Array(256)

function embed({ embedding, scales, embeddingBias, width }: Network, features: SparseFeatures): Float32Array {
  const { places, amounts } = features
  scratch.set(embeddingBias)
  let i = 0
  // Four features at a time: that quarters what is read and written of the sums.
  for (; i + 3 < places.length; i += 4) {
    const [a, b, c, e] = [places[i] ?? 0, places[i + 1] ?? 0, places[i + 2] ?? 0, places[i + 3] ?? 0]
    const ofA = (amounts[i] ?? 0) * (scales[a] ?? 0)
    const ofB = (amounts[i + 1] ?? 0) * (scales[b] ?? 0)
    const ofC = (amounts[i + 2] ?? 0) * (scales[c] ?? 0)
    const ofE = (amounts[i + 3] ?? 0) * (scales[e] ?? 0)
    const [startA, startB, startC, startE] = [a * width, b * width, c * width, e * width]
    for (let d = 0; d < width; d++)
      scratch[d] =
        (scratch[d] ?? 0) +
        (embedding[startA + d] ?? 0) * ofA +
        (embedding[startB + d] ?? 0) * ofB +
        (embedding[startC + d] ?? 0) * ofC +
        (embedding[startE + d] ?? 0) * ofE
  }
  for (; i < places.length; i++) {
    const place = places[i] ?? 0
    const amount = (amounts[i] ?? 0) * (scales[place] ?? 0)
    const start = place * width
    for (let d = 0; d < width; d++) scratch[d] = (scratch[d] ?? 0) + (embedding[start + d] ?? 0) * amount
  }
  const numbers = Float32Array.from(scratch.subarray(0, width))
  positive(numbers)
  return numbers
}

/** Of each number the sum over all columns, and where it is highest. */
function together(own: readonly Float32Array[], width: number) {
  const sum = new Float32Array(width)
  const highest = new Int16Array(width).fill(-1)
  const second = new Int16Array(width).fill(-1)
  for (const [i, numbers] of own.entries())
    for (let d = 0; d < width; d++) {
      const number = numbers[d] ?? 0
      sum[d] = (sum[d] ?? 0) + number
      if (number > (own[highest[d] ?? -1]?.[d] ?? 0)) {
        second[d] = highest[d] ?? -1
        highest[d] = i
      } else if (number > (own[second[d] ?? -1]?.[d] ?? 0)) second[d] = i
    }
  return { sum, highest, second }
}

const used = new Int32Array(4096)

/** Adds what a layer makes of its inputs; most of those are zero, and cost nothing. */
function through(layer: Float32Array, input: Float32Array, sums: Float32Array): Float32Array {
  const { length } = sums
  let found = 0
  for (let k = 0; k < input.length; k++) if (input[k] !== 0) used[found++] = k
  scratch.set(sums)
  let i = 0
  for (; i + 3 < found; i += 4) {
    const [a, b, c, d] = [used[i] ?? 0, used[i + 1] ?? 0, used[i + 2] ?? 0, used[i + 3] ?? 0]
    const [ofA, ofB, ofC, ofD] = [input[a] ?? 0, input[b] ?? 0, input[c] ?? 0, input[d] ?? 0]
    const [startA, startB, startC, startD] = [a * length, b * length, c * length, d * length]
    for (let h = 0; h < length; h++)
      scratch[h] =
        (scratch[h] ?? 0) +
        (layer[startA + h] ?? 0) * ofA +
        (layer[startB + h] ?? 0) * ofB +
        (layer[startC + h] ?? 0) * ofC +
        (layer[startD + h] ?? 0) * ofD
  }
  for (; i < found; i++) {
    const k = used[i] ?? 0
    const amount = input[k] ?? 0
    const start = k * length
    for (let h = 0; h < length; h++) scratch[h] = (scratch[h] ?? 0) + (layer[start + h] ?? 0) * amount
  }
  for (let h = 0; h < length; h++) sums[h] = scratch[h] ?? 0
  return sums
}

function positive(numbers: Float32Array): void {
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
