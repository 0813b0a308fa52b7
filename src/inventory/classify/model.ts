import { type Category, categories, specialCategories } from '../data-map.ts'
import { bareName } from './collection-kind.ts'
import type { FieldFeatures } from './features.ts'
import { columnFeatures, featureSpace, type SparseFeatures } from './model-features.ts'
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
  for (const [i, place] of places.entries()) {
    const amount = amounts[i] ?? 0
    const start = place * count
    for (let c = 0; c < count; c++) logits[c] = (logits[c] ?? 0) + (bytes[start + c] ?? 0) * amount
  }
  for (let c = 0; c < count; c++) logits[c] = (logits[c] ?? 0) * (scales[c] ?? 0)
  return logits
}

export function softmax(logits: Float64Array, temperature = 1): Float64Array {
  const highest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY)
  const raised = logits.map((logit) => Math.exp((logit - highest) / temperature))
  const sum = raised.reduce((total, value) => total + value, 0)
  return raised.map((value) => value / sum)
}

/** Places of the second layer: the column's own first look, its neighbours', and the rules'. */
export const secondSpace = 1 + 5 * count

/** A share enters by its logarithm, from 0 for a thousandth to 1 for all: the second layer tells 0.9 from 0.99. */
const decades = 3
const smallestShare = 10 ** -decades
/** Weight of a class's own share at which the second layer says what the first said. */
export const ownWeight = decades * Math.LN10

/** Inputs of the second layer for every column of a table. */
export function togetherFeatures(
  looks: readonly Float64Array[],
  ruled: readonly (readonly Judgement[])[],
): readonly SparseFeatures[] {
  return looks.map((own, i) => {
    const places: number[] = [0]
    const amounts: number[] = [1]
    const add = (block: number, c: number, amount: number) => {
      if (amount < 0.01) return
      places.push(1 + block * count + c)
      amounts.push(amount)
    }
    for (let c = 0; c < count; c++) {
      add(0, c, 1 + Math.log10(Math.max(own[c] ?? 0, smallestShare)) / decades)
      add(
        1,
        c,
        looks.reduce((most, look, j) => (j === i ? most : Math.max(most, look[c] ?? 0)), 0),
      )
      add(2, c, looks[i - 1]?.[c] ?? 0)
      add(3, c, looks[i + 1]?.[c] ?? 0)
    }
    for (const { category, probability } of ruled[i] ?? []) add(4, classes.indexOf(category), probability)
    return { places, amounts }
  })
}

/** A first look at each column of a collection by itself: shares per class. */
export const looksAt = (features: readonly FieldFeatures[], collection: string): readonly Float64Array[] =>
  features.map((field) => softmax(logitsOf(first, columnFeatures(field, bareName(collection)))))

export interface Guess {
  /** The likeliest category that is not `none`, a special one where those together are likely. */
  readonly category: Exclude<Category, 'none'>
  /** 0 to 1, calibrated: of the guesses at 0.8, about eight in ten are right. */
  readonly probability: number
  /** How likely it is that the column holds something at all. */
  readonly personal: number
}

/** So likely, special data is worth a person's eye even where something else is likelier (Art. 9 GDPR). */
const worthALook = 0.3

/** What the model takes each column of a collection for, in their order. */
export function guess(
  features: readonly FieldFeatures[],
  collection: string,
  ruled: readonly (readonly Judgement[])[],
): readonly Guess[] {
  return togetherFeatures(looksAt(features, collection), ruled).map((inputs) => {
    const shares = softmax(logitsOf(second, inputs), weights.temperature)
    const held = classes.flatMap((category, c) =>
      category === 'none' ? [] : [{ category, probability: shares[c] ?? 0 }],
    )
    const likeliest = (list: typeof held) =>
      list.reduce((most, one) => (one.probability > most.probability ? one : most))
    const special = likeliest(held.filter(({ category }) => specialCategories.has(category)))
    const best = special.probability > worthALook ? special : likeliest(held)
    return { ...best, personal: sum(held) }
  })
}

const sum = (guesses: readonly { readonly probability: number }[]): number =>
  guesses.reduce((total, { probability }) => total + probability, 0)

export const firstSpace = featureSpace
