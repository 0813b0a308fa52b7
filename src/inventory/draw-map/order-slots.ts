import type { Columns, Edge, Slot } from './columns.ts'

const sweeps = 12

/** The columns in an order in which few links cross: each slot near the middle of those it is tied to, back and forth. */
export function orderSlots({ columns, edges }: Columns): Columns['columns'] {
  const ties = tiesOf(edges)
  let current = columns
  let best = { columns, crossings: crossingsIn(columns, edges) }
  for (let sweep = 0; sweep < sweeps && best.crossings > 0; sweep++) {
    current = sorted(current, ties, sweep % 2 === 0 ? 'left' : 'right')
    const crossings = crossingsIn(current, edges)
    if (crossings < best.crossings) best = { columns: current, crossings }
  }
  return best.columns
}

/** For each slot those it is tied to in the columns beside it. */
export interface Ties {
  readonly left: ReadonlyMap<string, readonly string[]>
  readonly right: ReadonlyMap<string, readonly string[]>
}

export function tiesOf(edges: readonly Edge[]): Ties {
  const [left, right] = [new Map<string, string[]>(), new Map<string, string[]>()]
  for (const [a, b] of segmentsOf(edges)) {
    right.set(a, [...(right.get(a) ?? []), b])
    left.set(b, [...(left.get(b) ?? []), a])
  }
  return { left, right }
}

const segmentsOf = (edges: readonly Edge[]): readonly (readonly [string, string])[] =>
  edges.flatMap(({ path }) => path.slice(1).map((id, i) => [path[i] ?? '', id] as const))

function sorted(columns: Columns['columns'], ties: Ties, side: keyof Ties): Columns['columns'] {
  const rank = new Map<string, number>()
  const inOrder = side === 'left' ? columns : columns.toReversed()
  const done = inOrder.map((slots) => {
    const wished = new Map(
      slots.map((slot, i) => [slot.id, meanOf(ties[side].get(slot.id), rank) ?? i / slots.length]),
    )
    const column = slots.toSorted((a, b) => (wished.get(a.id) ?? 0) - (wished.get(b.id) ?? 0))
    for (const [i, { id }] of column.entries()) rank.set(id, (i + 0.5) / column.length)
    return column
  })
  return side === 'left' ? done : done.toReversed()
}

function meanOf(ids: readonly string[] | undefined, rank: ReadonlyMap<string, number>): number | undefined {
  const known = ids?.flatMap((id) => rank.get(id) ?? []) ?? []
  return known.length === 0 ? undefined : known.reduce((sum, one) => sum + one, 0) / known.length
}

/** How often links cross between neighbouring columns. */
export function crossingsIn(columns: readonly (readonly Slot[])[], edges: readonly Edge[]): number {
  const place = new Map(columns.flatMap((slots, x) => slots.map(({ id }, y) => [id, { x, y }] as const)))
  const gutters = new Map<number, (readonly [number, number])[]>()
  for (const [a, b] of segmentsOf(edges)) {
    const [left, right] = [place.get(a), place.get(b)]
    if (left && right) gutters.set(left.x, [...(gutters.get(left.x) ?? []), [left.y, right.y]])
  }
  return [...gutters.values()].reduce((sum, lines) => sum + inversions(lines), 0)
}

/** Pairs that start in one order and end in the other, counted while the ends are sorted in: n log n, not n squared. */
function inversions(lines: readonly (readonly [number, number])[]): number {
  const ends = lines.toSorted(([a, b], [c, d]) => a - c || b - d).map(([, end]) => end)
  // A Fenwick tree of how many ends were seen up to each height.
  const seen = new Uint32Array(Math.max(0, ...ends) + 2)
  let [crossings, count] = [0, 0]
  for (const end of ends) {
    let lower = 0
    for (let i = end + 1; i > 0; i -= i & -i) lower += seen[i] ?? 0
    crossings += count - lower
    count += 1
    for (let i = end + 1; i < seen.length; i += i & -i) seen[i] = (seen[i] ?? 0) + 1
  }
  return crossings
}
