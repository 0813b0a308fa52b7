import type { Box, CardLink } from './card.ts'
import type { Edge } from './columns.ts'
import { type Arrow, frame, type PlacedBand, type PlacedCard } from './layout.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

type Boxes = ReadonlyMap<string, Box>

/** A way from a link's line to the card it ends at, its last point still to be given a place on that side of the card. */
interface Way extends Omit<Arrow, 'points'> {
  readonly side: 'left' | 'right'
  readonly points: readonly Point[]
}

/** Arrows for all links both of whose ends are drawn. No arrow passes over a card; those that end at one side share it evenly. */
export function routeLinks(
  cards: readonly PlacedCard[],
  boxes: Boxes,
  bands: readonly PlacedBand[],
): readonly Arrow[] {
  const placed = new Map(cards.map((one) => [one.card.id, one]))
  const inside = bands.flatMap(({ band }) =>
    band.columns.edges.flatMap((edge) => insideWay(edge, placed, boxes) ?? []),
  )
  const bandOf = new Map(bands.map((one) => [one.band.name, one]))
  const others = cards.flatMap((from) =>
    from.card.links.flatMap(({ to, role }, link): readonly Crossing[] => {
      const target = placed.get(to)
      if (!target || target.card.system === from.card.system) return []
      return [{ from, link, role, target }]
    }),
  )
  const ways = [
    ...inside,
    ...cards.flatMap(loops),
    ...others.flatMap((one, lane) => acrossWay(one, lane, others.length, bandOf) ?? []),
  ]
  return ended(ways, placed)
}

/** Along the passages of its columns. */
function insideWay(
  { from, link, to, path }: Edge,
  placed: ReadonlyMap<string, PlacedCard>,
  boxes: Boxes,
): Way | null {
  const [child, parent] = [placed.get(from), placed.get(to)]
  const line = child?.card.links[link]
  if (!child || !parent || !line) return null
  if (path.length === 0) return aroundWay(child, link, line, parent)
  const leftwards = path[0] === to
  const y = child.y + line.y
  const steps = (leftwards ? path.toReversed() : path).slice(1, -1)
  const passages = steps.flatMap((id): readonly Point[] => {
    const box = boxes.get(id)
    if (!box) return []
    const middle = box.y + box.height / 2
    const ends = [
      { x: box.x, y: middle },
      { x: box.x + box.width, y: middle },
    ]
    return leftwards ? ends.toReversed() : ends
  })
  const start = { x: leftwards ? child.x : child.x + child.width, y }
  const end = { x: leftwards ? parent.x + parent.width : parent.x, y: parent.y }
  const side = leftwards ? 'right' : 'left'
  return { from, link, to, role: line.role, shape: 'curve', side, points: [start, ...passages, end] }
}

/** Out into the gutter on the right and back, to a card in the same column or, who recommended whom, to the same card. */
function aroundWay(from: PlacedCard, link: number, { role, y }: CardLink, to: PlacedCard): Way {
  const x = from.x + from.width
  const aside = x + loop + (link % 4) * 4
  const points = [
    { x, y: from.y + y },
    { x: aside, y: from.y + y },
    { x: aside, y: to.y },
    { x, y: to.y },
  ]
  return { from: from.card.id, link, to: to.card.id, role, shape: 'steps', side: 'right', points }
}

const loops = (one: PlacedCard): readonly Way[] =>
  one.card.links.flatMap((line, link) => (line.to === one.card.id ? [aroundWay(one, link, line, one)] : []))

const loop = 20

interface Crossing {
  readonly from: PlacedCard
  readonly link: number
  readonly role: Arrow['role']
  readonly target: PlacedCard
}

/** Out to the left, up between the columns, along the corridors above the shelves, and down to the other card's left side. */
function acrossWay(
  { from, link, role, target }: Crossing,
  lane: number,
  lanes: number,
  bands: ReadonlyMap<string, PlacedBand>,
): Way | null {
  const [here, there] = [bands.get(from.card.system), bands.get(target.card.system)]
  const line = from.card.links[link]
  if (!here || !there || !line) return null
  const aside = (index: number) => 12 + (index % 4) * frame.lane
  const corridor = (band: PlacedBand) => band.corridor + (lane - (lanes - 1) / 2) * frame.lane
  const margin = frame.margin / 2 + lane * frame.lane
  const y = from.y + line.y
  const [out, into] = [from.x - aside(lane), target.x - aside(lane)]
  const sameShelf = here.y === there.y
  const between = sameShelf
    ? [
        { x: out, y: corridor(here) },
        { x: into, y: corridor(here) },
      ]
    : [
        { x: out, y: corridor(here) },
        { x: margin, y: corridor(here) },
        { x: margin, y: corridor(there) },
        { x: into, y: corridor(there) },
      ]
  const points = [
    { x: from.x, y },
    { x: out, y },
    ...between,
    { x: into, y: target.y },
    { x: target.x, y: target.y },
  ]
  return { from: from.card.id, link, to: target.card.id, role, shape: 'steps', side: 'left', points }
}

const top = 19

/** Gives the ways that end at one side of a card places of their own there, in the order in which they come. */
function ended(ways: readonly Way[], placed: ReadonlyMap<string, PlacedCard>): readonly Arrow[] {
  const ends = Map.groupBy(ways, ({ to, side }) => `${side} ${to}`)
  const places = new Map<Way, number>()
  for (const group of ends.values()) {
    const card = placed.get(group[0]?.to ?? '')
    if (!card) continue
    const apart = Math.min(12, (card.height - 2 * top) / Math.max(1, group.length - 1))
    const inOrder = group.toSorted((a, b) => comesFrom(a) - comesFrom(b))
    for (const [i, way] of inOrder.entries()) places.set(way, card.y + top + i * apart)
  }
  return ways.map((way) => {
    const { side: _, points, ...arrow } = way
    const y = places.get(way) ?? 0
    // The last step before the card runs level with the place it ends at.
    const level = way.shape === 'steps' ? 2 : 1
    const moved = points.map((point, i) => (i >= points.length - level ? { ...point, y } : point))
    return { ...arrow, points: moved }
  })
}

const comesFrom = ({ points, shape }: Way): number => points.at(shape === 'steps' ? 0 : -2)?.y ?? 0
