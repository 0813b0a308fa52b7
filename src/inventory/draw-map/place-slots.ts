import { type Columns, gap, type Slot } from './columns.ts'
import { type Ties, tiesOf } from './order-slots.ts'

const rounds = 8

/** The top of each slot: as near to those it is tied to as the order and the gaps in its column allow. The highest is 0. */
export function placeSlots({ columns, edges }: Columns): ReadonlyMap<string, number> {
  const ties = tiesOf(edges)
  const middle = new Map<string, number>()
  for (const slots of columns) stack(slots).forEach((y, i) => void middle.set(slots[i]?.id ?? '', y))
  for (let round = 0; round < rounds; round++)
    for (const slots of round % 2 === 0 ? columns : columns.toReversed()) settle(slots, ties, middle)
  const tops = new Map(
    columns.flat().map(({ id, height }) => [id, (middle.get(id) ?? 0) - height / 2] as const),
  )
  const highest = Math.min(...tops.values())
  return new Map([...tops].map(([id, top]) => [id, Math.round(top - highest)]))
}

/** Middles of slots put one under the other from 0. */
function stack(slots: readonly Slot[]): readonly number[] {
  let y = 0
  return slots.map(({ height }) => {
    const middle = y + height / 2
    y += height + gap
    return middle
  })
}

/** Least squares under the order (isotonic regression, by pooling neighbours that would overlap). */
function settle(slots: readonly Slot[], ties: Ties, middle: Map<string, number>): void {
  const offsets = stack(slots)
  const pools: { sum: number; weight: number; count: number }[] = []
  for (const [i, { id, card }] of slots.entries()) {
    const tied = [...(ties.left.get(id) ?? []), ...(ties.right.get(id) ?? [])].flatMap(
      (one) => middle.get(one) ?? [],
    )
    const wish =
      tied.length === 0 ? (middle.get(id) ?? 0) : tied.reduce((sum, one) => sum + one, 0) / tied.length
    // A long link should run straight rather than follow the cards it passes.
    const weight = card === null ? 3 : tied.length === 0 ? 0.2 : 1
    let pool = { sum: (wish - (offsets[i] ?? 0)) * weight, weight, count: 1 }
    for (
      let last = pools.at(-1);
      last && last.sum / last.weight > pool.sum / pool.weight;
      last = pools.at(-1)
    ) {
      pools.pop()
      pool = { sum: last.sum + pool.sum, weight: last.weight + pool.weight, count: last.count + pool.count }
    }
    pools.push(pool)
  }
  let i = 0
  for (const { sum, weight, count } of pools)
    for (const end = i + count; i < end; i++) middle.set(slots[i]?.id ?? '', sum / weight + (offsets[i] ?? 0))
}
