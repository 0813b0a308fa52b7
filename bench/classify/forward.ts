import type { SparseFeatures } from '../../src/inventory/classify/feature-space.ts'
import {
  classes,
  innerInputs,
  type Network,
  type ShownTable,
  softmax,
} from '../../src/inventory/classify/network.ts'

const count = classes.length
const blocks = 6

/** Everything on the way to the shares: training goes the same way back. The product sums less, and comes to the same. */
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

/** The network column by column; every sum in one order, so that the same lessons give the same weights. */
export function goForward(
  network: Network<Float32Array>,
  { columns, name, surroundings }: ShownTable,
): Judged {
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

function embed(
  { embedding, scales, embeddingBias, width }: Network<Float32Array>,
  features: SparseFeatures,
): Float32Array {
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
