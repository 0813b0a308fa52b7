import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { CollectionMap, DataMap } from '../data-map.ts'
import type { Box } from './card.ts'
import { largeMap } from './large-map.fixture.ts'
import { type Arrow, type Layout, layOut } from './layout.ts'
import type { Point } from './route-links.ts'

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

const contains = (outer: Box, inner: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height

/** Points along an arrow as it is drawn: curves are level at both ends. */
function along({ shape, points }: Arrow): readonly Point[] {
  return points.slice(1).flatMap((to, i) => {
    const from = points[i] ?? to
    return Array.from({ length: 21 }, (_, n) => {
      const t = n / 20
      if (shape === 'steps') return { x: from.x + (to.x - from.x) * t, y: from.y + (to.y - from.y) * t }
      const middle = (from.x + to.x) / 2
      const bend = 3 * t * (1 - t)
      return {
        x: from.x * (1 - t) ** 3 + middle * bend + to.x * t ** 3,
        y: from.y * ((1 - t) ** 3 + 3 * t * (1 - t) ** 2) + to.y * (t ** 3 + 3 * t ** 2 * (1 - t)),
      }
    })
  })
}

function check(layout: Layout): void {
  const { cards, systems, arrows, width, height } = layout
  for (const [i, one] of cards.entries()) {
    for (const other of cards.slice(i + 1))
      assert.ok(!overlap(one, other), `${one.card.id} × ${other.card.id}`)
    const system = systems.find(({ name }) => name === one.card.system)
    assert.ok(system && contains(system, one), `${one.card.id} stands in its system`)
    for (const each of one.card.chips) {
      assert.ok(each.x >= 0 && each.x + each.width <= one.width, `${each.text} fits its card`)
      assert.ok(each.y + each.height <= one.height)
    }
  }
  for (const [i, one] of systems.entries()) {
    for (const other of systems.slice(i + 1)) assert.ok(!overlap(one, other), `${one.name} × ${other.name}`)
    assert.ok(contains({ x: 0, y: 0, width, height }, one), `${one.name} is on the page`)
  }
  const placed = new Map(cards.map((one) => [one.card.id, one]))
  for (const arrow of arrows) {
    const [from, to] = [placed.get(arrow.from), placed.get(arrow.to)]
    const [start, end] = [arrow.points[0], arrow.points.at(-1)]
    assert.ok(from && to && start && end)
    assert.ok(start.x === from.x || start.x === from.x + from.width, `${arrow.from} begins at its card`)
    assert.equal(start.y, from.y + (from.card.links[arrow.link]?.y ?? -1), 'at the line that tells of it')
    assert.ok(end.x === to.x || end.x === to.x + to.width, `${arrow.to} is met at its edge`)
    assert.ok(end.y > to.y && end.y < to.y + to.height, `${arrow.to} is met between its corners`)
    for (const point of along(arrow))
      for (const card of cards) {
        const inside = { x: card.x + 1, y: card.y + 1, width: card.width - 2, height: card.height - 2 }
        const hit = overlap({ ...point, width: 0.01, height: 0.01 }, inside)
        assert.ok(!hit, `${arrow.from} → ${arrow.to} passes over ${card.card.id}`)
      }
  }
}

describe('the layout of a data map', () => {
  it('keeps sixty collections in five systems apart, and leads every arrow around them to its end', () => {
    const layout = layOut(largeMap(60))
    assert.equal(layout.cards.length, 60)
    check(layout)
  })

  it('does so for any map', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 45 }), fc.integer({ min: 1, max: 100_000 }), (count, seed) =>
        check(layOut(largeMap(count, seed))),
      ),
      { numRuns: 60 },
    )
  })

  it('draws an arrow for every link between collections that are there, to the right one', () => {
    const map = largeMap(40)
    const ids = Object.entries(map.systems).flatMap(([system, { collections }]) =>
      Object.entries(collections).flatMap(([name, { links = [] }]) =>
        links.map(({ to }) => `${system}/${name} → ${to.includes('/') ? to : `${system}/${to}`}`),
      ),
    )
    const drawn = layOut(map).arrows.map(({ from, to }) => `${from} → ${to}`)
    assert.deepEqual(drawn.toSorted(), ids.toSorted())
  })

  it('puts people on the left of what is theirs, cycle or not', () => {
    const linked = (to: string): CollectionMap => ({
      rows: 'clear',
      fields: {},
      links: [{ to, on: { a: 'b' }, role: 'owner' }],
    })
    const person: CollectionMap = {
      ...linked('address'),
      fields: { email: { category: 'email', identifier: 'email' } },
    }
    const collections = { item: linked('order'), address: linked('person'), order: linked('person'), person }
    const map: DataMap = { version: 1, rules: {}, systems: { shop: { collections } } }
    const x = new Map(layOut(map).cards.map((one) => [one.card.name, one.x]))
    const order = [...x].toSorted(([, a], [, b]) => a - b).map(([name]) => name)
    assert.deepEqual([order[0], order.at(-1)], ['person', 'item'])
  })
})
