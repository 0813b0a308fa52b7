import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { featureSpace } from './feature-space.ts'
import {
  classes,
  innerInputs,
  type Network,
  partsOf,
  type ShownTable,
  softmax,
  surroundingKinds,
  tableJudge,
} from './network.ts'

const sizes = { width: 3, hidden: 4 }
/** Weights that are neither all alike nor zero. */
const weights = (part: keyof ReturnType<typeof partsOf>) =>
  Float32Array.from({ length: partsOf(sizes, featureSpace)[part] }, (_, i) => Math.sin(i * 1.7 + part.length))
const network: Network = {
  ...sizes,
  embedding: Int8Array.from(weights('embedding'), (weight) => Math.round(100 * weight)),
  scales: Float32Array.from({ length: featureSpace }, (_, place) => 0.01 + 0.001 * Math.sin(place)),
  embeddingBias: weights('embeddingBias'),
  inner: weights('inner'),
  innerBias: weights('innerBias'),
  outer: weights('outer'),
  direct: weights('direct'),
  outerBias: weights('outerBias'),
  ruled: weights('ruled'),
}
const judgeTable = tableJudge(network)

const features = fc
  .array(fc.tuple(fc.nat(featureSpace - 1), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 12 })
  .map((list) => ({
    places: Uint16Array.from(list, ([place]) => place),
    amounts: Float64Array.from(list, ([, amount]) => amount),
  }))
const column = fc.record({
  features,
  rules: fc.uniqueArray(fc.tuple(fc.nat(classes.length - 1), fc.double({ min: 0, max: 1, noNaN: true })), {
    maxLength: 3,
    selector: ([place]) => place,
  }),
})
const table = fc.record({
  columns: fc.array(column, { maxLength: 6 }),
  name: features,
  surroundings: fc.nat(surroundingKinds - 1),
})

/** What the network is meant to be, one input after another: nothing is summed for several columns at once. */
function plainly(shown: ShownTable): readonly Float32Array[] {
  const { width, hidden } = sizes
  const add = (layer: Float32Array, input: readonly number[], sums: readonly number[]) =>
    sums.map((sum, h) =>
      input.reduce((all, amount, k) => all + amount * (layer[k * sums.length + h] ?? 0), sum),
    )
  const scaled = (place: number, d: number) =>
    (network.embedding[place * width + d] ?? 0) * (network.scales[place] ?? 0)
  const positive = (numbers: readonly number[]) => numbers.map((number) => Math.max(0, number))
  const embed = ({ places, amounts }: ShownTable['name']) =>
    positive(
      [...network.embeddingBias].map((bias, d) =>
        places.reduce((sum, place, i) => sum + (amounts[i] ?? 0) * scaled(place, d), bias),
      ),
    )
  const own = shown.columns.map(({ features }) => embed(features))
  const nothing = new Array<number>(width).fill(0)
  return shown.columns.map(({ rules }, i) => {
    const others = own.filter((_, other) => other !== i)
    const each = (of: (numbers: readonly number[]) => number) =>
      nothing.map((_, d) => of(others.map((numbers) => numbers[d] ?? 0)))
    const input = [
      ...(own[i] ?? nothing),
      ...each((numbers) => numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, others.length)),
      ...each((numbers) => Math.max(0, ...numbers)),
      ...(own[i - 1] ?? nothing),
      ...(own[i + 1] ?? nothing),
      ...embed(shown.name),
      ...new Array<number>(innerInputs(width) - 6 * width).fill(0),
    ]
    for (const [place, probability] of rules) input[6 * width + place] = probability
    input[6 * width + classes.length + shown.surroundings] = 1
    const judging = positive(add(network.inner, input, [...network.innerBias]))
    assert.equal(judging.length, hidden)
    const sums = add(network.direct, own[i] ?? nothing, add(network.outer, judging, [...network.outerBias]))
    for (const [place, probability] of rules)
      sums[place] = (sums[place] ?? 0) + (network.ruled[place] ?? 0) * probability
    return softmax(Float32Array.from(sums))
  })
}

describe('the network that looks at a table', () => {
  it('judges a table of more columns than it has had room for, and small ones afterwards as before', () => {
    const same = (columns: number): ShownTable => ({
      columns: Array.from({ length: columns }, () => ({
        features: { places: Uint16Array.of(7, 900), amounts: Float64Array.of(1, 0.5) },
        rules: [],
      })),
      name: { places: Uint16Array.of(5), amounts: Float64Array.of(1) },
      surroundings: 0,
    })
    const before = judgeTable(same(3))
    const wide = judgeTable(same(3_000))
    assert.equal(wide.length, 3_000)
    for (const shares of wide.slice(1, -1)) assert.deepEqual(shares, wide[1])
    assert.deepEqual(judgeTable(same(3)), before)
  })
  it('gives every column shares of all categories that add up to one, also where it stands alone', () => {
    fc.assert(
      fc.property(table, (shown) => {
        const shares = judgeTable(shown)
        assert.equal(shares.length, shown.columns.length)
        for (const of of shares) {
          assert.equal(of.length, classes.length)
          assert.ok(Math.abs(of.reduce((sum, share) => sum + share, 0) - 1) < 1e-4)
        }
      }),
      { numRuns: 50 },
    )
  })
  it('says of a table what every column by itself comes to', () => {
    fc.assert(
      fc.property(table, (shown) => {
        const expected = plainly(shown)
        for (const [i, shares] of judgeTable(shown).entries())
          for (const [c, share] of shares.entries())
            assert.ok(Math.abs(share - (expected[i]?.[c] ?? 0)) < 1e-3, `${share} of ${expected[i]?.[c]}`)
      }),
      { numRuns: 100 },
    )
  })
  it('takes columns that are alike for the same when nothing but the others’ order tells them apart', () => {
    fc.assert(
      fc.property(column, features, (same, name) => {
        const shown = { columns: [same, same, same, same], name, surroundings: 0 }
        const shares = judgeTable(shown)
        assert.deepEqual(shares[1], shares[2])
      }),
      { numRuns: 50 },
    )
  })
})
