import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { deflateRawSync } from 'node:zlib'
import { featureSpace } from '../../src/inventory/classify/feature-space.ts'
import { type Part, partsOf, rowsOf } from '../../src/inventory/classify/network.ts'
import { strangersOf, tablesOf, writtenBy } from './examples.ts'
import { hands } from './hands.ts'
import { learn } from './learn.ts'
import { seenSchemas } from './schema.ts'

/**
 * Trains the model and writes its weights: from schemas filled by generators, from tables put together of what strangers'
 * registers ask for, and from the tables of all hands. The same sets give the same bytes: chance comes from seeds, and sums
 * run in one order. `node bench/classify/train.ts`, about two minutes of a processor.
 * `--without-hand <name>` (more than one, if wanted) leaves a hand out, to be measured on it; `--to <file>`.
 */

const { values: flags } = parseArgs({
  options: {
    'without-hand': { type: 'string', multiple: true, default: [] },
    to: { type: 'string' },
    epochs: { type: 'string', default: '6' },
  },
})
const without = flags['without-hand']
for (const hand of without)
  if (!hands.includes(hand)) throw new Error(`no hand ${hand} in bench/classify/hands`)

const settings = {
  width: 48,
  hidden: 64,
  rate: 0.05,
  lowest: 0.3,
  hides: 0.55,
  averagedFrom: 2,
  epochs: Number(flags.epochs),
}
/** Tables of strangers of each half of their words, and copies of each about nobody. */
const [ofPeople, ofNobody] = [1200, 8]
/** Of each table of a hand. */
const copies = 8

const started = performance.now()
const lessons = [
  ...tablesOf(seenSchemas(), 'seen', 1),
  ...strangersOf('taught-0', ofPeople, ofNobody),
  ...strangersOf('taught-1', ofPeople, ofNobody),
  ...writtenBy(
    hands.filter((hand) => !without.includes(hand)),
    copies,
  ),
].filter(({ columns }) => columns.length > 0)
const columns = lessons.reduce((sum, { truths }) => sum + truths.length, 0)
console.log(`${lessons.length} tables, ${columns} columns; without ${without.join(', ') || 'nobody'}`)
const network = learn(lessons, settings, console.log)

/** Scales and bytes, one scale a row, deflated: much of the embedding was never seen, and is nothing. */
function stored(weights: Float32Array, row: number) {
  const scales = Float32Array.from({ length: weights.length / row }, (_, i) => {
    const most = weights
      .subarray(i * row, (i + 1) * row)
      .reduce((high, weight) => Math.max(high, Math.abs(weight)), 0)
    return Math.max(most, 1e-6) / 127
  })
  const bytes = Int8Array.from(weights, (weight, at) =>
    Math.round(weight / (scales[Math.floor(at / row)] ?? 1)),
  )
  const packed = (buffer: ArrayBufferLike) => deflateRawSync(new Uint8Array(buffer)).toString('base64')
  return `${packed(scales.buffer)} ${packed(bytes.buffer)}`
}

const { width, hidden } = settings
const document = {
  about: 'Written by bench/classify/train.ts; never edited by hand',
  width,
  hidden,
  parts: Object.fromEntries(
    Object.keys(partsOf(settings, featureSpace)).map((part) => [
      part,
      stored(network[part as Part], rowsOf(settings)[part as Part]),
    ]),
  ),
}
const file = flags.to ?? new URL('../../src/inventory/classify/model-weights.json', import.meta.url)
const text = `${JSON.stringify(document, null, 2)}\n`
writeFileSync(file, text)
const seconds = Math.round((performance.now() - started) / 1000)
console.log(`${Math.round(text.length / 1000)} KB in ${seconds} s`)
