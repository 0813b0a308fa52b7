import type { CollectionDescription } from '../../connectors/public.ts'
import {
  bareName,
  type CollectionKind,
  collectionKind,
  isPeople,
  isThing,
  kindOf,
  kindWithin,
} from './collection-kind.ts'
import { wordsOf } from './name-words.ts'

/**
 * What surrounds a field. `people`: rows are persons; `transaction`, `message`: deals and texts with them; `reach`: rows
 * that lead to a person; `alone`: no way to anybody is seen; `thing`: rows are goods, places, companies, settings.
 */
export type Surroundings = 'people' | 'transaction' | 'message' | 'reach' | 'alone' | 'thing'

/** What a collection's own fields say of it, found by a first look without surroundings. */
export interface Anchors {
  /** Fields that can only be a person's: an e-mail address, a birth date, a bank account. */
  readonly personal: number
  /** Such fields of somebody the row names: `customer_email`. */
  readonly mentioned: number
  /** Kinds of such fields that no company and no place has: a passport, a birth date, a number plate. */
  readonly papers: number
  /** Fields that name a person beyond doubt (first name and last name). */
  readonly names: number
  /** Fields that by their names hold special categories, and how many categories: only people have a belief and an illness. */
  readonly specialFields: number
  readonly specialKinds: number
  /** Fields named after what only people have: a name with names in it, an age, an occupation. */
  readonly hinted: number
}

/** So many make people of whatever a collection calls its rows; a catalogue of illnesses has a code and a name of one kind. */
const fewestSpecial = 2
const fewestPapers = 2

/** Judges a collection by its name, by what it refers to, and by the anchors among its fields. */
export function surroundingsOf(
  description: CollectionDescription,
  collections: readonly string[],
  anchors: Anchors,
): Surroundings {
  const kind = kindOf(description)
  if (isPeople(kind) || speaksOfPeople(kind, anchors)) return 'people'
  const anchored = anchors.personal > 0
  // Passports and number plates in the table of a hotel are its guests'.
  if (isThing(kind) && kind !== 'catalogue' && anchors.papers >= fewestPapers) return 'people'
  // A list of companies that names first and last names is a list of the people there.
  if (isThing(kind))
    return anchors.names > 1 && anchors.personal > (kind === 'organisation' ? 0 : 1) ? 'people' : 'thing'
  if (kind === 'message') return 'message'
  if (kind === 'belonging') return 'reach'
  const refers = anchors.mentioned > 0 || refersTo(description, collections, isPeople)
  if (kind === 'transaction')
    return anchored || refers || refersTo(description, collections, isDealing) ? 'transaction' : 'alone'
  if (kind === 'history') return anchored || refers ? 'reach' : 'alone'
  if (refers || refersTo(description, collections, isDeal)) return 'reach'
  return anchored ? 'people' : 'alone'
}

/** Only beside something else of a person: spare parts have an orientation, a gender, a target disease and a party. */
const speaksOfPeople = (
  kind: CollectionKind,
  { specialFields, specialKinds, hinted, personal }: Anchors,
): boolean => hinted + personal > 0 && (kind === 'catalogue' ? specialKinds : specialFields) >= fewestSpecial

const isDeal = (kind: CollectionKind): boolean => kind === 'transaction' || kind === 'message'
const isDealing = (kind: CollectionKind): boolean => isDeal(kind) || kind === 'belonging'

/** A foreign key, or a field named after a collection (`customer_id`, `id_client`), to collections of such a kind. */
function refersTo(
  description: CollectionDescription,
  collections: readonly string[],
  is: (kind: CollectionKind) => boolean,
): boolean {
  if (description.foreignKeys.some((key) => key.to !== description.name && is(collectionKind(key.to))))
    return true
  const others = collections.filter((name) => name !== description.name && is(collectionKind(name)))
  const names = new Set(others.map((name) => wordsOf(bareName(name)).join(' ')))
  return description.fields.some(({ name }) => {
    const target = referredName(name)
    const isOwnKey = description.key.length === 1 && description.key[0] === name
    return target !== null && !isOwnKey && (is(kindWithin(target)) || names.has(target.join(' ')))
  })
}

/** What `customer_id` or `id_client` is the key of; null for other names, and for trees (`parent_id`). */
function referredName(field: string): readonly string[] | null {
  const words = wordsOf(field)
  const rest = isIdWord(words.at(-1)) ? words.slice(0, -1) : isIdWord(words[0]) ? words.slice(1) : []
  return rest.length === 0 || rest.includes('parent') || rest.includes('child') ? null : rest
}

const isIdWord = (word: string | undefined): boolean =>
  word !== undefined && /^(?:id|fk|number|ref|key|uuid)$/.test(word)
