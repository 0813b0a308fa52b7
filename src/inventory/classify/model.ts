import { inflateRawSync } from 'node:zlib'
import { type Category, specialCategories } from '../data-map.ts'
import { bareName } from './collection-kind.ts'
import type { Surroundings } from './context.ts'
import type { FieldFeatures } from './features.ts'
import { columnFeatures, nameFeatures, tableFeatures } from './model-features.ts'
import weights from './model-weights.json' with { type: 'json' }
import { classes, type Network, type Part, rowsOf, type ShownTable, tableJudge } from './network.ts'
import type { Judgement } from './score.ts'

/** The network as `bench/classify/train.ts` wrote it, and what it is shown of a collection. */

interface StoredNetwork {
  readonly width: number
  readonly hidden: number
  /** Of each part a scale for every row of weights and a byte for each: a weight is its byte times the scale of its row. */
  readonly parts: Readonly<Record<Part, string>>
}

/** Numbers of four bytes begin at multiples of four in memory: a copy does. */
const unpacked = (packed: string): ArrayBuffer =>
  Uint8Array.from(inflateRawSync(Buffer.from(packed, 'base64'))).buffer

function readNetwork({ width, hidden, parts }: StoredNetwork): Network {
  const rows = rowsOf({ width, hidden })
  const unpack = (part: Part) => {
    const [scales = '', bytes = ''] = parts[part].split(' ')
    return { scales: new Float32Array(unpacked(scales)), bytes: new Int8Array(unpacked(bytes)) }
  }
  const read = (part: Part): Float32Array => {
    const { scales, bytes } = unpack(part)
    const numbers = new Float32Array(bytes.length)
    for (let at = 0; at < bytes.length; at++)
      numbers[at] = (bytes[at] ?? 0) * (scales[Math.floor(at / rows[part])] ?? 0)
    return numbers
  }
  const embedding = unpack('embedding')
  return {
    width,
    hidden,
    embedding: embedding.bytes,
    scales: embedding.scales,
    embeddingBias: read('embeddingBias'),
    inner: read('inner'),
    innerBias: read('innerBias'),
    outer: read('outer'),
    direct: read('direct'),
    outerBias: read('outerBias'),
    ruled: read('ruled'),
  }
}

const judgeTable = tableJudge(readNetwork(weights))

/** In the order the weights know. */
const surroundingKinds: readonly Surroundings[] = [
  'people',
  'transaction',
  'message',
  'reach',
  'alone',
  'thing',
]
const placeOfClass = new Map(classes.map((category, c) => [category, c]))

/** A collection as the network sees it; `grams`: pieces of the values too. */
export function shownTable(
  fields: readonly FieldFeatures[],
  judgements: readonly (readonly Judgement[])[],
  collection: string,
  surroundings: Surroundings,
  grams = true,
): ShownTable {
  const table = tableFeatures(bareName(collection))
  return {
    columns: fields.map((field, i) => ({
      features: columnFeatures(field, table, grams),
      rules: (judgements[i] ?? []).map(({ category, probability }) => [
        placeOfClass.get(category) ?? 0,
        probability,
      ]),
    })),
    name: nameFeatures(bareName(collection)),
    surroundings: surroundingKinds.indexOf(surroundings),
  }
}

export interface Guess {
  /** The likeliest category that is not `none`, a special one where those together are likely. */
  readonly category: Exclude<Category, 'none'>
  /** 0 to 1: of the guesses at 0.8, about eight in ten are right. */
  readonly probability: number
  /** How likely it is that the column holds something at all. */
  readonly personal: number
  /** How likely it is that it holds data of Art. 9 or 10 GDPR. */
  readonly special: number
  /** The guess where it cannot be special. */
  readonly plain: Omit<Guess, 'plain'>
}

/** So likely, special data is worth a person's eye even where something else is likelier (Art. 9 GDPR). */
export const worthALook = { spokenFor: 0.08, suspected: 0.14 }

/** What the model takes each column of a collection for, in their order. */
export const guess = (
  fields: readonly FieldFeatures[],
  judgements: readonly (readonly Judgement[])[],
  collection: string,
  surroundings: Surroundings,
): readonly Guess[] =>
  judgeTable(shownTable(fields, judgements, collection, surroundings)).map((shares, i) =>
    guessOf(shares, judgements[i] ?? []),
  )

function guessOf(shares: Float32Array, judgements: readonly Judgement[]): Guess {
  const likeliest = (places: readonly number[]) =>
    places.reduce((most, place) => ((shares[place] ?? 0) > (shares[most] ?? 0) ? place : most))
  const special = placesOfSpecial.reduce((sum, place) => sum + (shares[place] ?? 0), 0)
  const plain = likeliest(placesOfPlain)
  const likely = likeliest(placesOfSpecial)
  const isSpokenFor = judgements.some(({ category }) => category === classes[likely])
  const best = special > (isSpokenFor ? worthALook.spokenFor : worthALook.suspected) ? likely : plain
  const none = shares[classes.indexOf('none')] ?? 0
  const rest = Math.max(1 - special, Number.EPSILON)
  const named = (place: number, whole: number, mass: number) => ({
    category: classes[place] as Guess['category'],
    probability: (shares[place] ?? 0) / whole,
    personal: 1 - none / whole,
    special: mass,
  })
  return { ...named(best, 1, special), plain: named(plain, rest, 0) }
}

const placesOfHeld = classes.flatMap((category, c) => (category === 'none' ? [] : [c]))
const placesOfSpecial = placesOfHeld.filter((c) => specialCategories.has(classes[c] ?? 'none'))
const placesOfPlain = placesOfHeld.filter((c) => !specialCategories.has(classes[c] ?? 'none'))
