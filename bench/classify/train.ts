import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import {
  classes,
  firstSpace,
  ownWeight,
  secondSpace,
  settledLook,
  softmax,
  togetherFeatures,
} from '../../src/inventory/classify/model.ts'
import type { SparseFeatures } from '../../src/inventory/classify/model-features.ts'
import { specialCategories } from '../../src/inventory/data-map.ts'
import { examplesOf, strangersOf, type Table, tablesOf } from './examples.ts'
import { freshTaught } from './fresh.ts'
import { randomOf } from './random.ts'
import { seenSchemas } from './schema.ts'

/**
 * Trains the model from the seen part of the labelled set and writes its weights. The same set gives the same bytes:
 * chance comes from seeds, and sums run in one order. `node bench/classify/train.ts`, about four minutes of a processor.
 * `--without <part> --to <file>` leaves a part of the opened set's domains out, to be measured on it.
 */

const count = classes.length
const { values: flags, positionals } = parseArgs({
  options: { without: { type: 'string' }, to: { type: 'string' } },
  allowPositionals: true,
})
const rounds = Number(positionals[0] ?? 2)
const without = flags.without === undefined ? null : Number(flags.without)

interface Sample {
  readonly inputs: SparseFeatures
  readonly truth: number
}

interface Settings {
  readonly inputs: number
  readonly epochs: number
  readonly rate: number
  /** Pulls weights towards nothing: what few columns show is not believed. */
  readonly decay: number
  /** A class whose share is off by less learns nothing from a column: most do, and that is most of the time. */
  readonly least: number
  /** Where learning begins, and where decay pulls to; default: nothing. */
  readonly start?: (at: number) => number
}

const firstLayer: Settings = { inputs: firstSpace, epochs: 12, rate: 0.25, decay: 2e-5, least: 2e-4 }
/** Begins with the first layer's word, so that neighbours have to show why it should be another. */
const secondLayer: Settings = {
  inputs: secondSpace,
  epochs: 8,
  rate: 0.05,
  decay: 3e-3,
  least: 0,
  start: (at) => (Math.floor(at / count) - 1 === at % count ? 0.8 * ownWeight : 0),
}

/** Multinomial logistic regression by AdaGrad. Rare classes weigh more, so that they are learnt at all. */
function train(samples: readonly Sample[], settings: Settings): Float64Array {
  const { inputs, epochs, start = () => 0 } = settings
  const weights = new Float64Array(inputs * count).map((_, at) => start(at))
  const squares = new Float64Array(inputs * count).fill(1e-3)
  const frequency = new Float64Array(count)
  for (const { truth } of samples) frequency[truth] = (frequency[truth] ?? 0) + 1
  const mean = samples.length / count
  const importance = frequency.map((seen) => (mean / Math.max(seen, 1)) ** 0.3)
  // Art. 9 data taken for nothing is the worst mistake of all.
  for (const [c, category] of classes.entries())
    if (specialCategories.has(category)) importance[c] = 2 * (importance[c] ?? 1)
  const order = samples.map((_, i) => i)
  const r = randomOf('order')
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = r.int(0, i)
      const kept = order[i] ?? 0
      order[i] = order[j] ?? 0
      order[j] = kept
    }
    for (const place of order) {
      const sample = samples[place]
      if (sample !== undefined) step(weights, squares, sample, importance[sample.truth] ?? 1, settings)
    }
  }
  return weights
}

function step(
  weights: Float64Array,
  squares: Float64Array,
  { inputs, truth }: Sample,
  importance: number,
  { rate, decay, least, start = () => 0 }: Settings,
): void {
  const shares = softmax(logits(weights, inputs))
  shares[truth] = (shares[truth] ?? 0) - 1
  const learning = classes.flatMap((_, c) => (Math.abs(shares[c] ?? 0) >= least ? [c] : []))
  for (const [i, place] of inputs.places.entries()) {
    const amount = inputs.amounts[i] ?? 0
    for (const c of learning) {
      const at = place * count + c
      const slope = importance * (shares[c] ?? 0) * amount + decay * ((weights[at] ?? 0) - start(at))
      const square = (squares[at] ?? 0) + slope * slope
      squares[at] = square
      weights[at] = (weights[at] ?? 0) - (rate * slope) / Math.sqrt(square)
    }
  }
}

function logits(weights: Float64Array, { places, amounts }: SparseFeatures): Float64Array {
  const sums = new Float64Array(count)
  for (const [i, place] of places.entries()) {
    const amount = amounts[i] ?? 0
    for (let c = 0; c < count; c++) sums[c] = (sums[c] ?? 0) + (weights[place * count + c] ?? 0) * amount
  }
  return sums
}

const samplesOf = (tables: readonly Table[]): readonly Sample[] =>
  tables.flatMap((table) =>
    table.map(({ features, truth }) => ({ inputs: features, truth: classes.indexOf(truth) })),
  )

const togetherOf = (tables: readonly Table[], first: Float64Array): readonly Sample[] =>
  tables.flatMap((table) => {
    const looks = table.map(({ features, settled }) =>
      settled === null ? softmax(logits(first, features)) : settledLook(settled),
    )
    return togetherFeatures(looks, table, table[0]?.surroundings ?? 'alone').flatMap((inputs, i) =>
      inputs === null ? [] : [{ inputs, truth: classes.indexOf(table[i]?.truth ?? 'none') }],
    )
  })

/** The temperature at which the shares are as often right as they say. */
function calibrate(samples: readonly Sample[], weights: Float64Array): number {
  const sums = samples.map(({ inputs, truth }) => ({ logit: logits(weights, inputs), truth }))
  let best = { temperature: 1, loss: Number.POSITIVE_INFINITY }
  for (let temperature = 0.6; temperature < 3; temperature += 0.05) {
    const loss = sums.reduce(
      (sum, { logit, truth }) => sum - Math.log(Math.max(softmax(logit, temperature)[truth] ?? 0, 1e-9)),
      0,
    )
    if (loss < best.loss) best = { temperature: Math.round(temperature * 100) / 100, loss }
  }
  return best.temperature
}

function stored(weights: Float64Array, inputs: number) {
  const scales = Array.from({ length: count }, (_, c) => {
    let most = 0
    for (let place = 0; place < inputs; place++)
      most = Math.max(most, Math.abs(weights[place * count + c] ?? 0))
    return Number((Math.max(most, 1e-6) / 127).toPrecision(6))
  })
  const bytes = Int8Array.from(weights, (weight, at) => Math.round(weight / (scales[at % count] ?? 1)))
  return { inputs, scales: scales.join(','), bytes: Buffer.from(bytes.buffer).toString('base64') }
}

const right = (samples: readonly Sample[], weights: Float64Array): string => {
  const hits = samples.filter(({ inputs, truth }) => {
    const sums = logits(weights, inputs)
    return sums.indexOf(Math.max(...sums)) === truth
  }).length
  return `${((100 * hits) / samples.length).toFixed(1)} % of ${samples.length}`
}

const schemas = seenSchemas()
/** Tables of strangers: of people, and copies of each about nobody. */
const [ofPeople, copies] = [900 * rounds, 8 * rounds]
/** Of each table of the opened set. */
const freshCopies = 6 * rounds
const halves = [0, 1].map((half) => [
  ...tablesOf(
    schemas.filter((_, i) => i % 2 === half),
    half === 0 ? 'seen-0' : 'seen-1',
    rounds,
  ),
  ...strangersOf(half === 0 ? 'taught-0' : 'taught-1', ofPeople, copies),
  ...examplesOf(freshTaught(half, without, freshCopies)),
])
const [a = [], b = []] = halves
const learntFromA = train(samplesOf(a), firstLayer)
const learntFromB = train(samplesOf(b), firstLayer)
console.log(`first layer, words and schemas not shown: ${right(samplesOf(b), learntFromA)}`)
// The second layer learns from looks at columns the first was not shown: it must know how far to trust it.
const [togetherA, togetherB] = [togetherOf(a, learntFromB), togetherOf(b, learntFromA)]
const trial = train(togetherA, secondLayer)
console.log(`second layer, schemas not shown: ${right(togetherB, trial)}`)
const temperature = calibrate(togetherB, trial)
const first = train(samplesOf([...a, ...b, ...tablesOf(schemas, 'seen', 1)]), firstLayer)
const second = train([...togetherA, ...togetherB], secondLayer)
const document = {
  about: 'Written by bench/classify/train.ts; never edited by hand',
  temperature,
  first: stored(first, firstSpace),
  second: stored(second, secondSpace),
}
const file = flags.to ?? new URL('../../src/inventory/classify/model-weights.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`)
console.log(`temperature ${temperature}, ${Math.round(JSON.stringify(document).length / 1000)} KB`)
