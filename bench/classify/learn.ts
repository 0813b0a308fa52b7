import type { SparseFeatures } from '../../src/inventory/classify/feature-space.ts'
import { featureSpace } from '../../src/inventory/classify/feature-space.ts'
import {
  classes,
  innerInputs,
  type Network,
  type Part,
  partsOf,
  type ShownTable,
  type Sizes,
} from '../../src/inventory/classify/network.ts'
import { specialCategories } from '../../src/inventory/data-map.ts'
import { goForward, type Judged } from './forward.ts'
import { type Random, randomOf } from './random.ts'

/** A table to learn from, with the place of what each column truly holds. */
export interface Lesson extends ShownTable {
  readonly truths: readonly number[]
}

export interface Settings extends Sizes {
  readonly epochs: number
  readonly rate: number
  /** The rate falls in a straight line to this part of itself. */
  readonly lowest: number
  /** So much of what is seen of a column is hidden, other things every time: no one word may stand for a kind. */
  readonly hides: number
  /** From this epoch on the weights are averaged: their mean is calmer than any of them. */
  readonly averagedFrom: number
}

const count = classes.length
const parts: readonly Part[] = [
  'embedding',
  'embeddingBias',
  'inner',
  'innerBias',
  'outer',
  'direct',
  'outerBias',
  'ruled',
]
/** So often an epoch the weights enter their mean. */
const timesAveraged = 4
/** AdaGrad begins with this, lest the first slopes leap. */
const firstSquare = 1e-3
const untouched = Math.fround(firstSquare)

/** A network that learns: its weights are numbers, not yet bytes. */
export type Learnt = Network<Float32Array>

/** Weights with their slopes and the sums of the slopes' squares. */
interface Learner {
  readonly weights: Learnt
  readonly slopes: Learnt
  readonly squares: Learnt
}

/** Learns by AdaGrad, a table at a time. The same lessons give the same weights: chance comes from a seed. */
export function learn(lessons: readonly Lesson[], settings: Settings, tell: (line: string) => void): Learnt {
  const { epochs, rate, lowest, averagedFrom } = settings
  const r = randomOf('network')
  const learner = {
    weights: beginning(settings, r),
    slopes: emptyNetwork(settings),
    squares: emptyNetwork(settings, firstSquare),
  }
  const mean = emptyNetwork(settings)
  let averaged = 0
  const importance = importances(lessons)
  const order = [...lessons]
  const every = Math.ceil(order.length / timesAveraged)
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, r)
    let loss = 0
    for (const [i, lesson] of order.entries()) {
      const done = (epoch + i / order.length) / epochs
      const shown = withHidden(lesson, settings.hides, r)
      const judged = goForward(learner.weights, shown)
      loss += stepBack(learner, shown, judged, lesson.truths, importance, rate * Math.max(lowest, 1 - done))
      if (epoch >= averagedFrom && (i + 1) % every === 0) {
        averaged++
        for (const part of parts) towards(mean[part], learner.weights[part], 1 / averaged)
      }
    }
    tell(`epoch ${epoch + 1}: loss ${(loss / order.length).toFixed(3)} a table`)
  }
  const learnt = averaged === 0 ? learner.weights : mean
  forgetUnseen(learnt, learner.squares)
  return learnt
}

/** What no lesson had says nothing: the chance it began with goes. */
function forgetUnseen({ embedding, width }: Learnt, { embedding: squares }: Learnt): void {
  for (let start = 0; start < embedding.length; start += width)
    if (squares.subarray(start, start + width).every((square) => square === untouched))
      embedding.fill(0, start, start + width)
}

function emptyNetwork(sizes: Sizes, amount = 0): Learnt {
  const lengths = partsOf(sizes, featureSpace)
  const made = (part: Part) => new Float32Array(lengths[part]).fill(amount)
  return {
    width: sizes.width,
    hidden: sizes.hidden,
    embedding: made('embedding'),
    scales: new Float32Array(featureSpace).fill(1),
    embeddingBias: made('embeddingBias'),
    inner: made('inner'),
    innerBias: made('innerBias'),
    outer: made('outer'),
    direct: made('direct'),
    outerBias: made('outerBias'),
    ruled: made('ruled'),
  }
}

/** Small numbers by chance, so that no two places of a layer learn the same. */
function beginning(sizes: Sizes, r: Random): Learnt {
  const network = emptyNetwork(sizes)
  const spread = (part: Part, size: number) => {
    const weights = network[part]
    for (let i = 0; i < weights.length; i++)
      weights[i] = (r.next() + r.next() + r.next() + r.next() - 2) * 1.7 * size
  }
  spread('embedding', 0.05)
  spread('inner', 1 / Math.sqrt(4 * sizes.width))
  spread('outer', 1 / Math.sqrt(sizes.hidden))
  spread('direct', 1 / Math.sqrt(sizes.width))
  return network
}

/** Rare classes weigh more, so that they are learnt at all; Art. 9 data taken for nothing is the worst mistake. */
function importances(lessons: readonly Lesson[]): Float64Array {
  const seen = new Float64Array(count)
  let columns = 0
  for (const { truths } of lessons)
    for (const truth of truths) {
      seen[truth] = (seen[truth] ?? 0) + 1
      columns++
    }
  return seen.map(
    (times, c) =>
      (columns / count / Math.max(times, 1)) ** 0.3 * (specialCategories.has(classes[c] ?? 'none') ? 2 : 1),
  )
}

function shuffle<T>(list: T[], r: Random): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = r.int(0, i)
    const [a, b] = [list[i], list[j]]
    if (a === undefined || b === undefined) continue
    list[i] = b
    list[j] = a
  }
}

/** A part of what is seen of each column is hidden, and the rest counts for more; sometimes the table has no name. */
function withHidden(lesson: Lesson, hides: number, r: Random): ShownTable {
  return {
    columns: lesson.columns.map(({ features, rules }) => ({ features: thinned(features, hides, r), rules })),
    name: r.chance(nameless) ? nothing : lesson.name,
    surroundings: lesson.surroundings,
  }
}
const nameless = 0.15
const nothing: SparseFeatures = { places: new Uint16Array(0), amounts: new Float64Array(0) }

function thinned({ places, amounts }: SparseFeatures, hides: number, r: Random): SparseFeatures {
  const kept = new Uint16Array(places.length)
  const left = new Float64Array(places.length)
  let used = 0
  for (let i = 0; i < places.length; i++) {
    if (r.next() < hides) continue
    kept[used] = places[i] ?? 0
    left[used++] = (amounts[i] ?? 0) / (1 - hides)
  }
  return { places: kept.subarray(0, used), amounts: left.subarray(0, used) }
}

/** One step against the slope of the loss of a table; tells that loss. */
function stepBack(
  learner: Learner,
  shown: ShownTable,
  judged: Judged,
  truths: readonly number[],
  importance: Float64Array,
  rate: number,
): number {
  const { weights, slopes } = learner
  const taught: Taught = {
    own: judged.own.map(() => new Float32Array(weights.width)),
    all: new Float32Array(weights.width),
    name: new Float32Array(weights.width),
  }
  let loss = 0
  for (const [i, truth] of truths.entries()) {
    const shares = judged.shares[i]
    const own = judged.own[i]
    const inner = judged.inner[i]
    const ownSlope = taught.own[i]
    if (shares === undefined || own === undefined || inner === undefined || ownSlope === undefined) continue
    loss -= Math.log(Math.max(shares[truth] ?? 0, 1e-9))
    const slope = shares.map((share, c) => (share - (c === truth ? 1 : 0)) * (importance[truth] ?? 1))
    addTo(slopes.outerBias, slope)
    for (const [place, probability] of shown.columns[i]?.rules ?? [])
      slopes.ruled[place] = (slopes.ruled[place] ?? 0) + (slope[place] ?? 0) * probability
    const innerSlope = back(weights.outer, slopes.outer, inner, slope)
    addTo(ownSlope, back(weights.direct, slopes.direct, own, slope))
    addTo(slopes.innerBias, innerSlope)
    const input = judged.inputs[i] ?? new Float32Array(innerInputs(weights.width))
    handBack(judged, i, back(weights.inner, slopes.inner, input, innerSlope), taught)
  }
  for (const part of parts) if (part !== 'embedding') descend(learner, part, rate)
  for (const [i, { features }] of shown.columns.entries()) {
    const own = taught.own[i] ?? taught.all
    addTo(own, taught.all)
    learnEmbedding(learner, features, judged.own[i], own, rate)
  }
  learnEmbedding(learner, shown.name, judged.name, taught.name, rate)
  return loss
}

/** The slopes of a layer's weights and inputs; an input of zero teaches nothing and is taught nothing. */
function back(
  layer: Float32Array,
  slopes: Float32Array,
  input: Float32Array,
  slope: Float32Array,
): Float32Array {
  const { length } = slope
  const given = new Float32Array(input.length)
  for (let k = 0; k < input.length; k++) {
    const amount = input[k] ?? 0
    if (amount === 0) continue
    const start = k * length
    let sum = 0
    for (let h = 0; h < length; h++) {
      const own = slope[h] ?? 0
      sum += (layer[start + h] ?? 0) * own
      slopes[start + h] = (slopes[start + h] ?? 0) + amount * own
    }
    given[k] = sum
  }
  return given
}

/** What columns and the name are taught; `all`: what every column is, for the mean of the others. */
interface Taught {
  readonly own: readonly Float32Array[]
  readonly all: Float32Array
  readonly name: Float32Array
}

/** What a column's inputs are taught goes to the columns they came from. */
function handBack({ own, highest, second }: Judged, i: number, slope: Float32Array, taught: Taught): void {
  const width = taught.name.length
  const others = own.length - 1
  const mine = taught.own[i]
  for (let d = 0; d < width; d++) {
    give(mine, d, slope[d] ?? 0)
    if (others > 0) {
      const shared = (slope[width + d] ?? 0) / others
      give(taught.all, d, shared)
      give(mine, d, -shared)
    }
    const most = highest[d] === i ? second[d] : highest[d]
    give(taught.own[most ?? -1], d, slope[2 * width + d] ?? 0)
    give(taught.own[i - 1], d, slope[3 * width + d] ?? 0)
    give(taught.own[i + 1], d, slope[4 * width + d] ?? 0)
    give(taught.name, d, slope[5 * width + d] ?? 0)
  }
}

function give(to: Float32Array | undefined, d: number, amount: number): void {
  if (to !== undefined) to[d] = (to[d] ?? 0) + amount
}

function addTo(sums: Float32Array, added: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + (added[i] ?? 0)
}

function descend({ weights, slopes, squares }: Learner, part: Part, rate: number): void {
  const [weight, slope, square] = [weights[part], slopes[part], squares[part]]
  for (let i = 0; i < weight.length; i++) {
    const own = slope[i] ?? 0
    if (own === 0) continue
    const sum = (square[i] ?? 0) + own * own
    square[i] = sum
    weight[i] = (weight[i] ?? 0) - (rate * own) / Math.sqrt(sum)
    slope[i] = 0
  }
}

/** Only the rows of what was seen learn: most of the embedding rests. */
function learnEmbedding(
  { weights, squares, slopes }: Learner,
  { places, amounts }: SparseFeatures,
  numbers: Float32Array | undefined,
  slope: Float32Array | undefined,
  rate: number,
): void {
  if (numbers === undefined || slope === undefined) return
  const { width, embedding } = weights
  const taught = slope.map((own, d) => ((numbers[d] ?? 0) > 0 ? own : 0))
  addTo(slopes.embeddingBias, taught)
  for (let i = 0; i < places.length; i++) {
    const start = (places[i] ?? 0) * width
    const amount = amounts[i] ?? 0
    for (let d = 0; d < width; d++) {
      const own = (taught[d] ?? 0) * amount
      if (own === 0) continue
      const sum = (squares.embedding[start + d] ?? 0) + own * own
      squares.embedding[start + d] = sum
      embedding[start + d] = (embedding[start + d] ?? 0) - (rate * own) / Math.sqrt(sum)
    }
  }
}

/** Moves a mean towards a new value by its part. */
function towards(mean: Float32Array, value: Float32Array, part: number): void {
  for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] ?? 0) + ((value[i] ?? 0) - (mean[i] ?? 0)) * part
}
