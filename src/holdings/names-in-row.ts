import { type Cell, every, readPath, writePath } from '../connectors/public.ts'
import { type NameField, readNameField } from '../inventory/public.ts'
import { valuesOf } from './elements.ts'
import type { MappedCollection } from './mapped-system.ts'
import { fold } from './name-forms.ts'
import { fieldOf, ownCell } from './own-cell.ts'

type Words = readonly string[]

/** What one field holds of a name. */
interface Part extends NameField {
  readonly words: Words
}

/**
 * The full names a row gives its owner, as words (docs/data-map.md, "What is her name?"): a given and a family name are
 * one, and so is every other cell of two words or more; only where there is neither are single words put together. What
 * stands in a document is part of no name outside its object: a nickname among preferences is none of the columns' business.
 */
export function namesIn(collection: MappedCollection, cells: readonly Cell[]): readonly Words[] {
  const objects = new Map<string, Part[]>()
  for (const { field, object, half, of } of namePlaces(collection)) {
    const cell = ownCell(collection, cells, field)
    // Names in a list are those of several people, or of the owner's children.
    if (cell === null || valuesOf(fieldOf(collection, field), cell)[0] !== cell) continue
    const words = cell.split(/\s+/).filter((word) => word !== '')
    if (words.length === 0) continue
    const part = { words, half, of }
    const known = objects.get(object)
    if (known) known.push(part)
    else objects.set(object, [part])
  }
  const names = [...objects.values()].flatMap(namesOf)
  return [...new Map(names.map((name) => [name.join(' '), name])).values()]
}

interface NamePlace extends NameField {
  readonly field: string
  /** What holds the members beside the field: an object in a column's documents, or the row. */
  readonly object: string
}

/** Rows are asked by the million, their collections once. */
const placesIn = new WeakMap<MappedCollection, readonly NamePlace[]>()

function namePlaces(collection: MappedCollection): readonly NamePlace[] {
  const known = placesIn.get(collection) ?? withOtherHalves(readPlaces(collection))
  placesIn.set(collection, known)
  return known
}

const readPlaces = (collection: MappedCollection): readonly NamePlace[] =>
  Object.entries(collection.map.fields).flatMap(([field, { category }]) => {
    if (category !== 'person-name') return []
    const { within } = fieldOf(collection, field) ?? {}
    const path = within ? readPath(within.path) : null
    const member = path?.findLast((step) => step !== every)?.member
    const object = within && path ? `${within.field}.${writePath(path.slice(0, -1))}` : ''
    return [{ field, object, ...readNameField(member ?? field) }]
  })

/** A plain `name` beside one half is the other: Germans write Name and Vorname, the French nom and prénom. */
const withOtherHalves = (places: readonly NamePlace[]): readonly NamePlace[] =>
  places.map((place) => {
    if (place.half !== 'name') return place
    const beside = places.filter(({ object, of }) => object === place.object && of === place.of)
    const [hasGiven, hasFamily] = bothHalves.map((one) => beside.some(({ half }) => half === one))
    return { ...place, half: hasGiven === hasFamily ? null : hasGiven ? 'family' : 'given' }
  })

const bothHalves = ['given', 'family'] as const
const order: readonly NameField['half'][] = ['given', 'middle', 'family']

function namesOf(parts: readonly Part[]): readonly Words[] {
  const wholes = [...Map.groupBy(parts, ({ of }) => of).values()].flatMap((some) => {
    const halves = some.filter(({ half }) => half !== null)
    const isWhole = bothHalves.every((one) => halves.some(({ half }) => half === one))
    return isWhole ? [halves.toSorted((a, b) => order.indexOf(a.half) - order.indexOf(b.half))] : []
  })
  const others = parts.filter((part) => !wholes.flat().includes(part))
  const names = notInside([...wholes.map(joined), ...others.filter(({ half }) => half === null).map(wordsOf)])
  const full = names.filter((words) => words.length > 1)
  return full.length > 0 ? full : [joined(others)].filter((words) => words.length > 1)
}

const wordsOf = ({ words }: Part): Words => words

const joined = (parts: readonly Part[]): Words => notInside(parts.map(wordsOf)).flat()

/** What stands in another as it is, adds nothing to it. */
const notInside = (cells: readonly Words[]): readonly Words[] =>
  cells.filter(
    (words, i) =>
      !cells.some((other, j) => i !== j && standsIn(words, other) && (words.length < other.length || j < i)),
  )

const standsIn = (words: Words, other: Words): boolean => spaced(other).includes(spaced(words))
const spaced = (words: Words): string => ` ${words.map(fold).join(' ')} `
