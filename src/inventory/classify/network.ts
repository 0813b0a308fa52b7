import { type Category, categories } from '../data-map.ts'
import type { SparseFeatures } from './feature-space.ts'
import { lane, type VectorRoom, vectorRoom } from './vector-sums.ts'

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
export interface Network<Embedding = Int8Array> extends Sizes {
  readonly embedding: Embedding
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

/** Where each thing stands in the room, in floats from its beginning; `embedding` alone is in bytes. */
interface Places {
  readonly width: number
  readonly hidden: number
  readonly shares: number
  readonly embedding: number
  /** From one row of the embedding to the next, in bytes; behind each row stands its scale, so that one read brings both. */
  readonly stride: number
  readonly features: number
  readonly amounts: number
  readonly embeddingBias: number
  readonly inner: number
  readonly innerBias: number
  readonly outer: number
  readonly direct: number
  readonly outerBias: number
  /** Mean and highest of the other columns. */
  readonly others: number
  readonly ofTable: number
  readonly judging: number
  readonly ofClasses: number
  readonly one: number
  /** The columns of a table in numbers, one after the other, and behind the last its name. */
  readonly own: number
}

const floatBytes = 4
const padded = (length: number): number => Math.ceil(length / lane) * lane

function placesFor({ width: w, hidden: h, scales }: Network): Places {
  const [width, hidden, shares, space] = [padded(w), padded(h), padded(count), padded(scales.length)]
  const stride = width + lane
  let taken = 0
  const take = (floats: number) => {
    taken += floats
    return taken - floats
  }
  return {
    width,
    hidden,
    shares,
    embedding: take((space * stride) / floatBytes) * floatBytes,
    stride,
    features: take(space / 2),
    amounts: take(space),
    embeddingBias: take(width),
    inner: take(innerInputs(width) * hidden),
    innerBias: take(hidden),
    outer: take(hidden * shares),
    direct: take(width * shares),
    outerBias: take(shares),
    others: take(2 * width),
    ofTable: take(hidden),
    judging: take(hidden),
    ofClasses: take(shares),
    one: take(1),
    own: take(0),
  }
}

/** Rows of a layer, each filled up with zeros to its padded length. */
function lay(floats: Float32Array, at: number, weights: Float32Array, length: number, row = 0): void {
  for (let from = 0; from < weights.length; from += length)
    floats.set(weights.subarray(from, from + length), at + (row + from / length) * padded(length))
}

function roomOf(network: Network, places: Places): VectorRoom {
  const { width, hidden, embedding, scales } = network
  const room = vectorRoom(places.own * floatBytes)
  const { floats, bytes } = room.views()
  for (let row = 0; row < scales.length; row++) {
    const at = places.embedding + row * places.stride
    bytes.set(embedding.subarray(row * width, (row + 1) * width), at)
    floats[(at + places.width) / floatBytes] = scales[row] ?? 0
  }
  lay(floats, places.embeddingBias, network.embeddingBias, width)
  for (let block = 0; block <= blocks; block++) {
    const from = block * width * hidden
    const to = block === blocks ? network.inner.length : from + width * hidden
    lay(floats, places.inner, network.inner.subarray(from, to), hidden, block * places.width)
  }
  lay(floats, places.innerBias, network.innerBias, hidden)
  lay(floats, places.outer, network.outer, count)
  lay(floats, places.direct, network.direct, count)
  lay(floats, places.outerBias, network.outerBias, count)
  return room
}

/** Judges one table: per column the share of each class. */
export type JudgeTable = (shown: ShownTable) => readonly Float32Array[]

/** A network laid out for adding rows (`vector-sums.ts`). What the columns of a table have in common is summed once for all. */
export function tableJudge(network: Network): JudgeTable {
  const places = placesFor(network)
  const room = roomOf(network, places)
  const { ruled } = network
  return (shown) => {
    const { columns, name } = shown
    room.growTo((places.own + (columns.length + 1) * places.width) * floatBytes)
    const { floats, shorts } = room.views()
    const laid: Laid = { places, room, floats, shorts }
    for (const [i, { features }] of columns.entries()) embed(laid, features, i)
    embed(laid, name, columns.length)
    sumOfTable(laid, shown)
    const around = aroundOf(laid, columns.length)
    const shares = new Float32Array(columns.length * count)
    return columns.map(({ rules }, i) => {
      around(i)
      judgeColumn(laid, rules, i, columns.length)
      return sharesOf(laid, rules, ruled, i, shares.subarray(i * count, (i + 1) * count))
    })
  }
}

interface Laid {
  readonly places: Places
  readonly room: VectorRoom
  readonly floats: Float32Array
  readonly shorts: Uint16Array
}

const add = (
  { room }: Laid,
  inputs: number,
  rows: number,
  layer: number,
  length: number,
  sums: number,
): void => room.addRows(inputs * floatBytes, rows, layer * floatBytes, length, sums * floatBytes)

function positive(floats: Float32Array, at: number, length: number): void {
  for (let i = at; i < at + length; i++) if ((floats[i] ?? 0) < 0) floats[i] = 0
}

/** The numbers that stand for a column, or for the name behind the last one. */
function embed(laid: Laid, { places: seen, amounts }: SparseFeatures, i: number): void {
  const { places, room, floats, shorts } = laid
  const own = places.own + i * places.width
  floats.copyWithin(own, places.embeddingBias, places.embeddingBias + places.width)
  shorts.set(seen, places.features * 2)
  const scales = (places.embedding + places.width) / floatBytes
  const stride = places.stride / floatBytes
  for (let f = 0; f < seen.length; f++)
    floats[places.amounts + f] = (amounts[f] ?? 0) * (floats[scales + (seen[f] ?? 0) * stride] ?? 0)
  if (seen.length > 0)
    room.addPlaces(
      places.features * floatBytes,
      places.amounts * floatBytes,
      seen.length,
      places.embedding,
      places.stride,
      places.width,
      own * floatBytes,
    )
  positive(floats, own, places.width)
}

/** What the judging layer makes of what is the same for every column: the name and the surroundings. */
function sumOfTable(laid: Laid, { columns, surroundings }: ShownTable): void {
  const { places, floats } = laid
  const { width, hidden, inner, ofTable } = places
  floats.copyWithin(ofTable, places.innerBias, places.innerBias + hidden)
  add(laid, places.own + columns.length * width, width, inner + 5 * width * hidden, hidden, ofTable)
  floats[places.one] = 1
  add(laid, places.one, 1, inner + (blocks * width + count + surroundings) * hidden, hidden, ofTable)
}

const widest = 256
/** Of each number the sum over a table's columns, the column in which it is highest, and what is highest in the others. */
const sum = new Float64Array(widest)
const first = new Int32Array(widest)
const second = new Float32Array(widest)

/** Notes for a column the mean and the highest of each number of the others. */
function aroundOf({ places, floats }: Laid, columns: number): (i: number) => void {
  const { own, others, width } = places
  for (let d = 0; d < width; d++) {
    let [all, most, next, mostAt] = [0, 0, 0, -1]
    for (let i = 0; i < columns; i++) {
      const number = floats[own + i * width + d] ?? 0
      all += number
      if (number > most) {
        next = most
        most = number
        mostAt = i
      } else if (number > next) next = number
    }
    sum[d] = all
    first[d] = mostAt
    second[d] = next
  }
  const share = columns > 1 ? 1 / (columns - 1) : 0
  return (i) => {
    for (let d = 0; d < width; d++) {
      const at = first[d] ?? -1
      floats[others + d] = ((sum[d] ?? 0) - (floats[own + i * width + d] ?? 0)) * share
      floats[others + width + d] =
        at < 0 ? 0 : at === i ? (second[d] ?? 0) : (floats[own + at * width + d] ?? 0)
    }
  }
}

/** The judging layer for one column: what all have, then its own numbers, the others', those before and after it, and the rules. */
function judgeColumn(laid: Laid, rules: ShownColumn['rules'], i: number, columns: number): void {
  const { places, floats } = laid
  const { width, hidden, inner, judging } = places
  const own = places.own + i * width
  floats.copyWithin(judging, places.ofTable, places.ofTable + hidden)
  add(laid, own, width, inner, hidden, judging)
  add(laid, places.others, 2 * width, inner + width * hidden, hidden, judging)
  if (i > 0) add(laid, own - width, width, inner + 3 * width * hidden, hidden, judging)
  if (i < columns - 1) add(laid, own + width, width, inner + 4 * width * hidden, hidden, judging)
  for (const [place, probability] of rules) {
    floats[places.one] = probability
    add(laid, places.one, 1, inner + (blocks * width + place) * hidden, hidden, judging)
  }
  positive(floats, judging, hidden)
}

function sharesOf(
  laid: Laid,
  rules: ShownColumn['rules'],
  ruled: Float32Array,
  i: number,
  into: Float32Array,
): Float32Array {
  const { places, floats } = laid
  const { width, hidden, shares, ofClasses } = places
  floats.copyWithin(ofClasses, places.outerBias, places.outerBias + shares)
  add(laid, places.judging, hidden, places.outer, shares, ofClasses)
  add(laid, places.own + i * width, width, places.direct, shares, ofClasses)
  for (let c = 0; c < count; c++) into[c] = floats[ofClasses + c] ?? 0
  for (const [place, probability] of rules)
    into[place] = (into[place] ?? 0) + (ruled[place] ?? 0) * probability
  return softmax(into)
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
