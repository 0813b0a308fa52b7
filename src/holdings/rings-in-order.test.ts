import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ringsInOrder } from './rings-in-order.ts'

const graph = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.array(fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { maxLength: 4 }), {
    minLength: count,
    maxLength: count,
  }),
)

/** All that a place needs, be it by others. */
function reachable(needs: readonly (readonly number[])[], from: number): ReadonlySet<number> {
  const found = new Set(needs[from])
  for (const one of found) for (const next of needs[one] ?? []) found.add(next)
  return found
}

describe('an order in which each comes after all it needs', () => {
  it('holds everybody once, and who need each other together', () => {
    fc.assert(
      fc.property(graph, (needs) => {
        const rings = ringsInOrder(needs.length, (place) => needs[place] ?? [])
        assert.deepEqual(
          rings.flat().toSorted((a, b) => a - b),
          needs.map((_, i) => i),
        )
        const ringOf = new Map(rings.flatMap((ring, i) => ring.map((one) => [one, i])))
        for (const one of needs.keys())
          for (const other of reachable(needs, one)) {
            const isMutual = reachable(needs, other).has(one)
            assert.equal(ringOf.get(one) === ringOf.get(other), isMutual)
            if (!isMutual) assert.ok((ringOf.get(other) ?? 0) < (ringOf.get(one) ?? 0))
          }
      }),
    )
  })

  it('is found for chains of any length', () => {
    const count = 200_000
    const rings = ringsInOrder(count, (place) => (place + 1 < count ? [place + 1] : []))
    assert.deepEqual([rings.length, rings[0], rings.at(-1)], [count, [count - 1], [0]])
  })
})
