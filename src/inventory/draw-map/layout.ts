import type { DataMap } from '../data-map.ts'
import { type Box, type Card, card, cardsOf } from './card.ts'
import { type Columns, columnsOf, gap } from './columns.ts'
import { orderSlots } from './order-slots.ts'
import { placeSlots } from './place-slots.ts'
import { type Point, routeLinks } from './route-links.ts'

/** A data map with a place for everything, in pixels. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly systems: readonly PlacedSystem[]
  readonly cards: readonly PlacedCard[]
  readonly arrows: readonly Arrow[]
}

export interface PlacedSystem extends Box {
  readonly name: string
  readonly controller: string | null
}

export interface PlacedCard extends Box {
  readonly card: Card
}

/** From the card whose link it is to the card its rows belong to. */
export interface Arrow {
  readonly from: string
  readonly link: number
  readonly to: string
  readonly role: 'owner' | 'party' | 'none'
  /** `curve`: smooth between points; `steps`: along corridors, with rounded corners. */
  readonly shape: 'curve' | 'steps'
  readonly points: readonly Point[]
}

export const frame = { margin: 40, pad: 44, title: 48, between: 40, lane: 7 } as const

/** A system with its cards placed from its own upper left corner. */
export interface Band {
  readonly name: string
  readonly controller: string | null
  readonly width: number
  readonly height: number
  readonly columns: Columns
  readonly boxes: ReadonlyMap<string, Box>
}

/** Wider than high, as screens and paper on its side are. */
const proportion = 1.5

/** Systems as groups, from the upper left in the map's order; in each the cards in columns, people on the left. Pure. */
export function layOut(map: DataMap): Layout {
  const cards = cardsOf(map)
  const bands = Object.entries(map.systems).map(([name, { controller }]) => {
    const own = cards.filter(({ system }) => system === name)
    return bandOf(name, controller ?? null, own)
  })
  const across = cards.flatMap((one) => one.links).length
  const shelves = shelve(bands, cards, across)
  const boxes = new Map(shelves.placed.flatMap(({ band, x, y }) => [...movedBoxes(band, x, y)]))
  const placed = cards.flatMap((one) => {
    const box = boxes.get(one.id)
    return box ? [{ ...box, card: one }] : []
  })
  return {
    width: shelves.width,
    height: shelves.height,
    systems: shelves.placed.map(({ band, x, y }) => ({
      name: band.name,
      controller: band.controller,
      x,
      y,
      width: band.width,
      height: band.height,
    })),
    cards: placed,
    arrows: routeLinks(placed, boxes, shelves.placed),
  }
}

/** The more links run between two columns, the further apart they stand. */
const gutterOf = (edges: number): number => 72 + Math.min(72, edges * 2)

function bandOf(name: string, controller: string | null, cards: readonly Card[]): Band {
  const total = cards.reduce((sum, one) => sum + one.height + gap, 0)
  const fullHeight = Math.max(360, Math.sqrt((total * (card.width + gutterOf(0))) / proportion))
  const unordered = columnsOf(cards, fullHeight)
  const columns = { ...unordered, columns: orderSlots(unordered) }
  const tops = placeSlots(columns)
  const gutter = gutterOf(columns.edges.length / Math.max(1, columns.columns.length - 1))
  const boxes = new Map(
    columns.columns.flatMap((slots, i) =>
      slots.map(({ id, height }) => {
        const x = frame.pad + i * (card.width + gutter)
        return [id, { x, y: frame.title + (tops.get(id) ?? 0), width: card.width, height }] as const
      }),
    ),
  )
  const bottoms = [...boxes.values()].map(({ y, height }) => y + height)
  const count = Math.max(1, columns.columns.length)
  return {
    name,
    controller,
    width: 2 * frame.pad + count * card.width + (count - 1) * gutter,
    height: Math.max(frame.title + 24, ...bottoms) + 24,
    columns,
    boxes,
  }
}

export interface PlacedBand {
  readonly band: Band
  readonly x: number
  readonly y: number
  /** The middle of the free corridor above the band's shelf. */
  readonly corridor: number
}

interface Shelves {
  readonly placed: readonly PlacedBand[]
  readonly width: number
  readonly height: number
}

/** Bands side by side while the page is wide enough, then on a new shelf; above each shelf a corridor for links between systems. */
function shelve(bands: readonly Band[], cards: readonly Card[], links: number): Shelves {
  const area = bands.reduce(
    (sum, { width, height }) => sum + (width + frame.between) * (height + frame.between),
    0,
  )
  const wanted = Math.max(...bands.map(({ width }) => width), Math.sqrt(area * proportion), card.width)
  const crossing = cards.flatMap((one) =>
    one.links.filter(({ to }) => !to.startsWith(`${one.system}/`)),
  ).length
  const corridor = frame.between + Math.min(crossing, links) * frame.lane
  const margin = frame.margin + crossing * frame.lane
  const placed: PlacedBand[] = []
  let [x, y, tallest] = [margin, corridor, 0]
  for (const band of bands) {
    if (x > margin && x + band.width > margin + wanted) [x, y, tallest] = [margin, y + tallest + corridor, 0]
    placed.push({ band, x, y, corridor: y - corridor / 2 })
    x += band.width + frame.between
    tallest = Math.max(tallest, band.height)
  }
  const right = Math.max(margin, ...placed.map((one) => one.x + one.band.width))
  return { placed, width: right + frame.margin, height: y + tallest + frame.margin }
}

const movedBoxes = ({ boxes }: Band, x: number, y: number) =>
  [...boxes].map(([id, box]) => [id, { ...box, x: box.x + x, y: box.y + y }] as const)
