import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { featureSpace } from './model-features.ts'
import { classes, judgeTable, type Network, partsOf, surroundingKinds } from './network.ts'

const sizes = { width: 3, hidden: 4 }
/** Weights that are neither all alike nor zero. */
const weights = (part: keyof ReturnType<typeof partsOf>) =>
  Float32Array.from({ length: partsOf(sizes, featureSpace)[part] }, (_, i) => Math.sin(i * 1.7 + part.length))
const network: Network = {
  ...sizes,
  embedding: weights('embedding'),
  scales: new Float32Array(featureSpace).fill(1),
  embeddingBias: weights('embeddingBias'),
  inner: weights('inner'),
  innerBias: weights('innerBias'),
  outer: weights('outer'),
  direct: weights('direct'),
  outerBias: weights('outerBias'),
  ruled: weights('ruled'),
}

const features = fc
  .array(fc.tuple(fc.nat(featureSpace - 1), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 12 })
  .map((list) => ({
    places: Uint16Array.from(list, ([place]) => place),
    amounts: Float64Array.from(list, ([, amount]) => amount),
  }))
const column = fc.record({
  features,
  rules: fc.array(fc.tuple(fc.nat(classes.length - 1), fc.double({ min: 0, max: 1, noNaN: true })), {
    maxLength: 3,
  }),
})
const table = fc.record({
  columns: fc.array(column, { maxLength: 6 }),
  name: features,
  surroundings: fc.nat(surroundingKinds - 1),
})

describe('the network that looks at a table', () => {
  it('gives every column shares of all categories that add up to one, also where it stands alone', () => {
    fc.assert(
      fc.property(table, (shown) => {
        const { shares } = judgeTable(network, shown)
        assert.equal(shares.length, shown.columns.length)
        for (const of of shares) {
          assert.equal(of.length, classes.length)
          assert.ok(Math.abs(of.reduce((sum, share) => sum + share, 0) - 1) < 1e-4)
        }
      }),
      { numRuns: 50 },
    )
  })
  it('takes columns that are alike for the same when nothing but the others’ order tells them apart', () => {
    fc.assert(
      fc.property(column, features, (same, name) => {
        const shown = { columns: [same, same, same, same], name, surroundings: 0 }
        const { shares } = judgeTable(network, shown)
        assert.deepEqual(shares[1], shares[2])
      }),
      { numRuns: 50 },
    )
  })
})
