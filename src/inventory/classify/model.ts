import { type Category, categories, specialCategories } from '../data-map.ts'
import { bareName } from './collection-kind.ts'
import type { Surroundings } from './context.ts'
import type { FieldFeatures } from './features.ts'
import {
  columnFeatures,
  featureSpace,
  isBlankHeader,
  type SparseFeatures,
  type TableFeatures,
  tableFeatures,
} from './model-features.ts'
import weights from './model-weights.json' with { type: 'json' }
import type { Judgement } from './score.ts'

/**
 * Two layers of multinomial logistic regression. The first looks at each column by itself; the second at what the first
 * says of the column and of those beside it, and at what the rules say. Trained by `bench/classify/train.ts`.
 */

export const classes: readonly Category[] = categories
const count = classes.length

/** Weights as bytes, one scale per class: a class's logit is the sum of `bytes × scale × amount`. */
interface Layer {
  readonly inputs: number
  readonly scales: Float64Array
  readonly bytes: Int8Array
}

interface StoredLayer {
  readonly inputs: number
  /** Comma-separated, so that no formatter folds them. */
  readonly scales: string
  readonly bytes: string
}

export function readLayer({ inputs, scales, bytes }: StoredLayer): Layer {
  const buffer = Buffer.from(bytes, 'base64')
  return {
    inputs,
    scales: Float64Array.from(scales.split(','), Number),
    bytes: new Int8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength),
  }
}

const first = readLayer(weights.first)
const second = readLayer(weights.second)

/** Logits of a layer for sparse inputs. */
export function logitsOf({ scales, bytes }: Layer, { places, amounts }: SparseFeatures): Float64Array {
  const logits = new Float64Array(count)
  let i = 0
  // Four places at a time, in the same order: that halves what is read and written of the sums.
  for (; i + 3 < places.length; i += 4) {
    const [a, b] = [(places[i] ?? 0) * count, (places[i + 1] ?? 0) * count]
    const [d, e] = [(places[i + 2] ?? 0) * count, (places[i + 3] ?? 0) * count]
    const [ofA, ofB] = [amounts[i] ?? 0, amounts[i + 1] ?? 0]
    const [ofD, ofE] = [amounts[i + 2] ?? 0, amounts[i + 3] ?? 0]
    for (let c = 0; c < count; c++)
      logits[c] =
        (logits[c] ?? 0) +
        (bytes[a + c] ?? 0) * ofA +
        (bytes[b + c] ?? 0) * ofB +
        (bytes[d + c] ?? 0) * ofD +
        (bytes[e + c] ?? 0) * ofE
  }
  for (; i < places.length; i++) {
    const start = (places[i] ?? 0) * count
    for (let c = 0; c < count; c++) logits[c] = (logits[c] ?? 0) + (bytes[start + c] ?? 0) * (amounts[i] ?? 0)
  }
  for (let c = 0; c < count; c++) logits[c] = (logits[c] ?? 0) * (scales[c] ?? 0)
  return logits
}

export function softmax(logits: Float64Array, temperature = 1): Float64Array {
  let highest = Number.NEGATIVE_INFINITY
  for (const logit of logits) highest = Math.max(highest, logit)
  const shares = new Float64Array(logits.length)
  let sum = 0
  for (let c = 0; c < shares.length; c++) {
    const raised = Math.exp(((logits[c] ?? 0) - highest) / temperature)
    shares[c] = raised
    sum += raised
  }
  for (let c = 0; c < shares.length; c++) shares[c] = (shares[c] ?? 0) / sum
  return shares
}

/** In the order the weights know. */
const surroundingKinds: readonly Surroundings[] = [
  'people',
  'transaction',
  'message',
  'reach',
  'alone',
  'thing',
]

/**
 * Places of the second layer: the column's own first look, its neighbours', the rules', the first look once more where nothing
 * leads to a person (there it is worth less), and what surrounds it.
 */
const blocks = 6
export const secondSpace = 1 + blocks * count + surroundingKinds.length

/** A share enters by its logarithm, from 0 for a thousandth to 1 for all: the second layer tells 0.9 from 0.99. */
const decades = 3
const smallestShare = 10 ** -decades
/** Weight of a class's own share at which the second layer says what the first said. */
export const ownWeight = decades * Math.LN10

/** A column of a collection, as the model is shown it. */
export interface Looked {
  readonly field: FieldFeatures
  /** What the rules say, of every category that anything speaks for. */
  readonly judgements: readonly Judgement[]
  /** The rules' word where it stands: then it is what the others see of it, and nothing is asked. */
  readonly settled: Judgement | null
  /** Many values are words of a special category: what they say counts without the header too. */
  readonly speaks: boolean
}

const placeOfClass = new Map(classes.map((category, c) => [category, c]))

/** Inputs of the second layer for each column of a table that is not settled; null for the others. */
export function togetherFeatures(
  looks: readonly Float64Array[],
  columns: readonly Pick<Looked, 'judgements' | 'settled'>[],
  surroundings: Surroundings,
): readonly (SparseFeatures | null)[] {
  const beside = besideOf(looks)
  const isNobodys = surroundings === 'alone' || surroundings === 'thing'
  const places = new Uint16Array(secondSpace)
  const amounts = new Float64Array(secondSpace)
  return columns.map(({ judgements, settled }, i) => {
    if (settled !== null) return null
    places[0] = 0
    places[1] = 1 + blocks * count + surroundingKinds.indexOf(surroundings)
    amounts[0] = amounts[1] = 1
    let used = 2
    const add = (block: number, c: number, amount: number) => {
      if (amount < 0.01) return
      places[used] = 1 + block * count + c
      amounts[used++] = amount
    }
    const [look, before, after] = [looks[i], looks[i - 1], looks[i + 1]]
    for (let c = 0; c < count; c++) {
      const own = look?.[c] ?? 0
      const weight = own > smallestShare ? 1 + Math.log10(own) / decades : 0
      add(0, c, weight)
      if (isNobodys) add(5, c, weight)
      add(1, c, beside(c, own))
      add(2, c, before?.[c] ?? 0)
      add(3, c, after?.[c] ?? 0)
    }
    for (const { category, probability } of judgements) add(4, placeOfClass.get(category) ?? 0, probability)
    return { places: places.slice(0, used), amounts: amounts.slice(0, used) }
  })
}

/** The highest share of a class among the other columns, from the two highest of all. */
function besideOf(looks: readonly Float64Array[]): (c: number, own: number) => number {
  const highest = new Float64Array(count)
  const second = new Float64Array(count)
  for (const look of looks)
    for (let c = 0; c < count; c++) {
      const share = look[c] ?? 0
      if (share > (highest[c] ?? 0)) {
        second[c] = highest[c] ?? 0
        highest[c] = share
      } else if (share > (second[c] ?? 0)) second[c] = share
    }
  return (c, own) => (own === highest[c] ? second[c] : highest[c]) ?? 0
}

/** What the rules settled, as a look: the rest of their certainty is that it holds nothing. */
export function settledLook({ category, probability }: Judgement): Float64Array {
  const look = new Float64Array(count)
  look[classes.indexOf('none')] = 1 - probability
  look[classes.indexOf(category)] = probability
  return look
}

export interface Guess {
  /** The likeliest category that is not `none`, a special one where those together are likely. */
  readonly category: Exclude<Category, 'none'>
  /** 0 to 1, calibrated: of the guesses at 0.8, about eight in ten are right. */
  readonly probability: number
  /** How likely it is that the column holds something at all. */
  readonly personal: number
  /** The guess where it cannot be special. */
  readonly plain: Omit<Guess, 'plain'>
}

/**
 * So likely, special data is worth a person's eye even where something else is likelier (Art. 9 GDPR): sooner where a word
 * of the header or the values speaks for it. What the model alone suspects is often wrong.
 */
const worthALook = { spokenFor: 0.25, suspected: 0.35 }

/** So sure of special data, a second look would change nothing. */
const certain = 0.95

/** What the model takes each column of a collection for, in their order; null for what the rules settled. */
export function guess(
  columns: readonly Looked[],
  collection: string,
  surroundings: Surroundings,
): readonly (Guess | null)[] {
  if (columns.every(({ settled }) => settled !== null)) return columns.map(() => null)
  const table = tableFeatures(bareName(collection))
  const looks = columns.map(({ field, settled, speaks }) => {
    if (settled !== null) return settledLook(settled)
    const look = lookAt(field, table)
    if (!speaks || isBlankHeader(field.field.name) || specialMass(look) > certain) return look
    const blind = lookAt({ ...field, field: { ...field.field, name: '' } }, table)
    return specialMass(blind) > specialMass(look) ? blind : look
  })
  return togetherFeatures(looks, columns, surroundings).map((inputs, i) => {
    const column = columns[i]
    return inputs === null || column === undefined
      ? null
      : guessOf(softmax(logitsOf(second, inputs), weights.temperature), column)
  })
}

const lookAt = (field: FieldFeatures, table: TableFeatures): Float64Array =>
  softmax(logitsOf(first, columnFeatures(field, table)))

const specialMass = (look: Float64Array): number =>
  placesOfSpecial.reduce((sum, place) => sum + (look[place] ?? 0), 0)

function guessOf(shares: Float64Array, { judgements }: Looked): Guess {
  const likeliest = (places: readonly number[]) =>
    places.reduce((most, place) => ((shares[place] ?? 0) > (shares[most] ?? 0) ? place : most))
  const special = likeliest(placesOfSpecial)
  const isSpokenFor = judgements.some(({ category }) => category === classes[special])
  const enough = isSpokenFor ? worthALook.spokenFor : worthALook.suspected
  const plain = likeliest(placesOfPlain)
  const best = (shares[special] ?? 0) > enough ? special : isSpokenFor ? likeliest(placesOfHeld) : plain
  const none = shares[classes.indexOf('none')] ?? 0
  const rest = Math.max(1 - specialMass(shares), Number.EPSILON)
  const named = (place: number, whole: number) => ({
    category: classes[place] as Guess['category'],
    probability: (shares[place] ?? 0) / whole,
    personal: 1 - none / whole,
  })
  return { ...named(best, 1), plain: named(plain, rest) }
}

const placesOfHeld = classes.flatMap((category, c) => (category === 'none' ? [] : [c]))
const placesOfSpecial = placesOfHeld.filter((c) => specialCategories.has(classes[c] ?? 'none'))
const placesOfPlain = placesOfHeld.filter((c) => !specialCategories.has(classes[c] ?? 'none'))

export const firstSpace = featureSpace
