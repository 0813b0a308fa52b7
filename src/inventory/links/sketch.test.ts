import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { inclusionOf, wilson } from './inclusion.ts'
import { canonical } from './sketch.ts'
import { counted, key, sketchOf, uuids } from './sketched.fixture.ts'

describe('a sketch of values', () => {
  it('holds hashes that mean nothing under another scan’s key', () => {
    const [one, other] = [sketchOf([uuids(50, 1)]), sketchOf([uuids(50, 1)], true, `${key} later`)]
    assert.equal(inclusionOf(one, one).hits, 50)
    assert.equal(inclusionOf(one, other).hits, 0)
  })
  it('reads one value in several spellings', () => {
    assert.equal(canonical('00042'), canonical('42'))
    assert.equal(canonical('42.00'), canonical('42'))
    assert.equal(
      canonical('{0F8FAD5B-D9CB-469F-A165-70867728950E}'),
      canonical('0f8fad5bd9cb469fa16570867728950e'),
    )
    assert.equal(
      canonical('\\x0f8fad5bd9cb469fa16570867728950e'),
      canonical('0f8fad5bd9cb469fa16570867728950e'),
    )
    assert.equal(canonical('KD-1042'), canonical(' kd 1042'))
    assert.equal(canonical('+33 6 39 98 12 34'), canonical('0639981234'))
    assert.notEqual(canonical('-42'), canonical('42'))
  })
  it('stays small for many values, and still tells how many there are and how many two have in common', () => {
    const all = sketchOf([counted(60_000)])
    const half = sketchOf([counted(60_000, 30_001)])
    assert.ok(all.hashes.size <= 16_384)
    assert.ok(Math.abs(all.distinct - 60_000) < 1_800, `${all.distinct}`)
    const { share, least, most } = inclusionOf(all, half)
    assert.ok(least <= 0.5 && most >= 0.5 && Math.abs(share - 0.5) < 0.03, `${share}`)
  })
  it('is not misled by one invented number among thousands', () => {
    const { numbers } = sketchOf([[...counted(500), '999999999']])
    assert.equal(numbers?.gap, 1)
    assert.ok((numbers?.high ?? 0) <= 500)
  })
  it('finds every value of a part in the whole, whatever the values', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 60 }), (values) => {
        const part = sketchOf([values.filter((_, i) => i % 2 === 0)])
        const { tried, hits, share } = inclusionOf(part, sketchOf([values]))
        assert.equal(hits, tried)
        assert.ok(tried === 0 || share === 1)
      }),
    )
  })
  it('gives a share an interval that is never empty and holds what was seen', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (a, b) => {
        const [hits, tried] = [Math.min(a, b), Math.max(a, b)]
        const { least, most } = wilson(hits, tried)
        assert.ok(least >= 0 && most <= 1 && least < most)
        if (tried > 0) assert.ok(least <= hits / tried + 1e-9 && most >= hits / tried - 1e-9)
      }),
    )
  })
})
