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
  const { columns, name } = shown
  const { width } = network
  const own = roomFor((columns.length + 1) * width)
  for (const [i, { features }] of columns.entries()) embed(network, features, own, i * width)
  const table: Embedded = {
    own,
    columns: columns.length,
    width,
    highest: highestOf(own, columns.length, width),
  }
  embed(network, name, own, columns.length * width)
  sumOfAll(network, shown, table)
  const shares = new Float32Array(columns.length * count)
  return columns.map((column, i) => {
    judgeColumn(network, column, table, i)
    return sharesOf(network, column, table, i, shares.subarray(i * count, (i + 1) * count))
  })
}

/** The columns of a table in numbers, one after the other, and behind the last its name. */
interface Embedded {
  readonly own: Float64Array
  readonly columns: number
  readonly width: number
  readonly highest: Highest
}

/** Written over by the next table: an array of numbers of one's own costs two microseconds, and a column would need seven. */
let room = new Float64Array(4096)
function roomFor(numbers: number): Float64Array {
  if (room.length < numbers) room = new Float64Array(2 * numbers)
  return room
}
const widest = 256
/** What is summed for a column or a name, for all columns, by the judging layer, and for the classes. */
const [ofOne, ofAll, judging, ofClasses] = Array.from({ length: 4 }, () => new Float64Array(widest)) as [
  Float64Array,
  Float64Array,
  Float64Array,
  Float64Array,
]

/** In which column each number is highest and second highest; -1 where it is nowhere above zero. */
interface Highest {
  readonly first: Int16Array
  readonly second: Int16Array
}

const highest: Highest = { first: new Int16Array(widest), second: new Int16Array(widest) }

function highestOf(own: Float64Array, columns: number, width: number): Highest {
  const { first, second } = highest
  for (let d = 0; d < width; d++) {
    let [most, next, mostAt, nextAt] = [0, 0, -1, -1]
    for (let i = 0; i < columns; i++) {
      const number = own[i * width + d] ?? 0
      if (number > most) {
        ;[next, nextAt] = [most, mostAt]
        ;[most, mostAt] = [number, i]
      } else if (number > next) [next, nextAt] = [number, i]
    }
    first[d] = mostAt
    second[d] = nextAt
  }
  return highest
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
function takeRows(layer: Float32Array, sums: Float64Array, length: number): void {
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
}

/** The numbers that stand for a column or a name. Summed in doubles: floats would be rounded at every step. */
function embed(
  { embedding, scales, embeddingBias, width }: Network,
  { places, amounts: seen }: SparseFeatures,
  own: Float64Array,
  at: number,
): void {
  ofOne.set(embeddingBias)
  let i = 0
  for (; i + 3 < places.length; i += 4) {
    const [a, b, c, e] = [places[i] ?? 0, places[i + 1] ?? 0, places[i + 2] ?? 0, places[i + 3] ?? 0]
    const ofA = (seen[i] ?? 0) * (scales[a] ?? 0)
    const ofB = (seen[i + 1] ?? 0) * (scales[b] ?? 0)
    const ofC = (seen[i + 2] ?? 0) * (scales[c] ?? 0)
    const ofE = (seen[i + 3] ?? 0) * (scales[e] ?? 0)
    const [startA, startB, startC, startE] = [a * width, b * width, c * width, e * width]
    for (let d = 0; d < width; d++)
      ofOne[d] =
        (ofOne[d] ?? 0) +
        (embedding[startA + d] ?? 0) * ofA +
        (embedding[startB + d] ?? 0) * ofB +
        (embedding[startC + d] ?? 0) * ofC +
        (embedding[startE + d] ?? 0) * ofE
  }
  for (; i < places.length; i++) {
    const place = places[i] ?? 0
    const amount = (seen[i] ?? 0) * (scales[place] ?? 0)
    const start = place * width
    for (let d = 0; d < width; d++) ofOne[d] = (ofOne[d] ?? 0) + (embedding[start + d] ?? 0) * amount
  }
  for (let d = 0; d < width; d++) own[at + d] = Math.fround(Math.max(0, ofOne[d] ?? 0))
}

/** What the judging layer makes of what is the same for every column: the name, the surroundings, the sum and the highest of all. */
function sumOfAll(
  { inner, innerBias, hidden }: Network,
  { surroundings }: ShownTable,
  { own, columns, width, highest: { first } }: Embedded,
): void {
  const others = columns - 1
  for (let d = 0; d < width; d++) {
    addRow((5 * width + d) * hidden, own[columns * width + d] ?? 0)
    const most = first[d] ?? -1
    if (most >= 0) addRow((2 * width + d) * hidden, own[most * width + d] ?? 0)
    let sum = 0
    for (let i = 0; i < columns; i++) sum += own[i * width + d] ?? 0
    if (others > 0) addRow((width + d) * hidden, sum / others)
  }
  addRow((blocks * width + count + surroundings) * hidden, 1)
  ofAll.set(innerBias)
  takeRows(inner, ofAll, hidden)
}

/** The judging layer for one column: what is its own, on top of what all have; where it is in that itself, it is taken out. */
function judgeColumn(
  { inner, hidden }: Network,
  { rules }: ShownColumn,
  { own, columns, width, highest: { first, second } }: Embedded,
  i: number,
): void {
  const others = columns - 1
  const [at, before, after] = [i * width, (i - 1) * width, (i + 1) * width]
  for (let d = 0; d < width; d++) {
    const number = own[at + d] ?? 0
    if (number !== 0) {
      addRow(d * hidden, number)
      if (others > 0) addRow((width + d) * hidden, -number / others)
      if (first[d] === i) {
        const next = second[d] ?? -1
        addRow((2 * width + d) * hidden, (next < 0 ? 0 : (own[next * width + d] ?? 0)) - number)
      }
    }
    if (i > 0) addRow((3 * width + d) * hidden, own[before + d] ?? 0)
    if (i < others) addRow((4 * width + d) * hidden, own[after + d] ?? 0)
  }
  for (const [place, probability] of rules) addRow((blocks * width + place) * hidden, probability)
  judging.set(ofAll)
  takeRows(inner, judging, hidden)
}

function sharesOf(
  { outer, direct, outerBias, ruled, hidden }: Network,
  { rules }: ShownColumn,
  { own, width }: Embedded,
  i: number,
  shares: Float32Array,
): Float32Array {
  ofClasses.set(outerBias)
  for (let h = 0; h < hidden; h++) addRow(h * count, Math.max(0, judging[h] ?? 0))
  takeRows(outer, ofClasses, count)
  for (let d = 0; d < width; d++) addRow(d * count, own[i * width + d] ?? 0)
  takeRows(direct, ofClasses, count)
  for (let c = 0; c < count; c++) shares[c] = ofClasses[c] ?? 0
  for (const [place, probability] of rules)
    shares[place] = (ofClasses[place] ?? 0) + (ruled[place] ?? 0) * probability
  return softmax(shares)
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
