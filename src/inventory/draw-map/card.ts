import { type Category, type DataMap, type LinkMap, specialCategories } from '../data-map.ts'
import { idOfTarget, type MappedCollection, mappedCollections } from '../mapped-collections.ts'
import { reachOf } from '../reach.ts'
import { fitText, textWidth } from './measure-text.ts'

/** A collection as it is drawn: a card of fixed width with its categories as chips and a line for each of its links. */
export interface Card {
  /** `system/collection`. */
  readonly id: string
  readonly system: string
  readonly name: string
  readonly rows: 'delete' | 'clear' | 'keep'
  /** Holds personal data that nobody's request reaches. */
  readonly unreached: boolean
  readonly chips: readonly Chip[]
  readonly links: readonly CardLink[]
  readonly height: number
}

export interface Chip extends Box {
  readonly text: string
  readonly identifier: boolean
  readonly special: boolean
}

export interface CardLink {
  /** `system/collection`; not always in the map, as a link that is not followed may lead anywhere. */
  readonly to: string
  readonly role: LinkMap['role']
  readonly fields: string
  /** The line's middle, from the card's top. */
  readonly y: number
}

/** In pixels; x and y of the upper left corner. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const card = { width: 280, pad: 12, header: 38, line: 20, name: 13, small: 11 } as const
export const chip = { height: 20, gap: 6, pad: 8, size: 11 } as const

/** The cards of a map, in its order. */
export function cardsOf(map: DataMap): readonly Card[] {
  const reach = reachOf(map)
  return [...mappedCollections(map)].map((collection) => {
    const chips = chipsOf(collection)
    const below = card.header + (chips.at(-1)?.y ?? 0) + chip.height + 8
    const links = (collection.map.links ?? []).map((link, i) => ({
      to: idOfTarget(map, collection.system, link.to),
      role: link.role,
      fields: Object.keys(link.on).join(', '),
      y: below + card.line * i + card.line / 2,
    }))
    const personal = Object.values(collection.map.fields).some(({ category }) => category !== 'none')
    return {
      id: collection.id,
      system: collection.system,
      name: collection.name,
      rows: collection.map.rows,
      unreached: personal && !reach.has(collection.id),
      chips: chips.map((one) => ({ ...one, y: one.y + card.header })),
      links,
      height: below + card.line * links.length + (links.length > 0 ? 8 : 4),
    }
  })
}

interface Held {
  readonly category: Category
  readonly count: number
  readonly identifier: boolean
}

/** What is special first, then what finds people, then the rest; a category stands once, with how many fields have it. */
function heldIn({ map: { fields } }: MappedCollection): readonly Held[] {
  const held = new Map<Category, Held>()
  for (const { category, identifier } of Object.values(fields)) {
    if (category === 'none' || category === 'generic-id') continue
    const known = held.get(category) ?? { category, count: 0, identifier: false }
    held.set(category, {
      ...known,
      count: known.count + 1,
      identifier: known.identifier || identifier !== undefined,
    })
  }
  const rank = ({ category, identifier }: Held) => (specialCategories.has(category) ? 0 : identifier ? 1 : 2)
  return [...held.values()].toSorted((a, b) => rank(a) - rank(b))
}

/** Chips in rows, from the upper left; no card grows beyond five rows. */
function chipsOf(collection: MappedCollection): readonly Chip[] {
  const room = card.width - 2 * card.pad
  const chips: Chip[] = []
  const held = heldIn(collection)
  let [x, y] = [0, 0]
  for (const [i, { category, count, identifier }] of held.entries()) {
    const special = specialCategories.has(category)
    const text = `${special ? '⚠ ' : identifier ? '◆ ' : ''}${category}${count > 1 ? ` ×${count}` : ''}`
    const width = Math.min(room, textWidth(text, chip.size) + 2 * chip.pad)
    if (x > 0 && x + width > room) [x, y] = [0, y + chip.height + chip.gap]
    if (y > mostRows * (chip.height + chip.gap)) {
      const rest = `+${held.length - i}`
      const last = chips.length - 1
      return chips.with(last, {
        ...(chips[last] ?? empty),
        text: rest,
        width: textWidth(rest, chip.size) + 2 * chip.pad,
        special: false,
        identifier: false,
      })
    }
    chips.push({
      text: fitText(text, chip.size, room - 2 * chip.pad),
      identifier,
      special,
      x: x + card.pad,
      y,
      width,
      height: chip.height,
    })
    x += width + chip.gap
  }
  return chips
}

const mostRows = 5
const empty: Chip = {
  text: '',
  identifier: false,
  special: false,
  x: card.pad,
  y: 0,
  width: 0,
  height: chip.height,
}
