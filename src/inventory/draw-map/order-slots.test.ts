import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Edge, Slot } from './columns.ts'
import { crossingsIn, orderSlots } from './order-slots.ts'

const slots = (side: string, count: number): readonly Slot[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${side}${i}`, height: 10, card: null }))

const edge = (a: number, b: number): Edge => ({
  from: `r${b}`,
  link: 0,
  to: `l${a}`,
  path: [`l${a}`, `r${b}`],
})

test('crossings are counted as one would count them by looking at every pair', () => {
  const pairs = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 30 })
  fc.assert(
    fc.property(pairs, (lines) => {
      const looked = lines.flatMap(([a, b], i) =>
        lines.slice(i + 1).filter(([c, d]) => (a - c) * (b - d) < 0),
      ).length
      const edges = lines.map(([a, b]) => edge(a, b))
      assert.equal(crossingsIn([slots('l', 8), slots('r', 8)], edges), looked)
    }),
  )
})

test('an order never has more crossings than the one it was given, and a tangle that can be undone is undone', () => {
  const tangle = {
    columns: [slots('l', 5), slots('r', 5)],
    edges: [0, 1, 2, 3, 4].map((i) => edge(i, 4 - i)),
  }
  assert.equal(crossingsIn(tangle.columns, tangle.edges), 10)
  assert.equal(crossingsIn(orderSlots(tangle), tangle.edges), 0)
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 30 }), (lines) => {
      const given = { columns: [slots('l', 8), slots('r', 8)], edges: lines.map(([a, b]) => edge(a, b)) }
      const ordered = orderSlots(given)
      assert.ok(crossingsIn(ordered, given.edges) <= crossingsIn(given.columns, given.edges))
      assert.deepEqual(
        ordered.map((one) => one.map(({ id }) => id).toSorted()),
        given.columns.map((one) => one.map(({ id }) => id)),
      )
    }),
  )
})
