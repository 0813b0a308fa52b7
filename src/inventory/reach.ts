import type { CollectionMap, DataMap, LinkMap } from './data-map.ts'
import { partyElements } from './documents/elements.ts'
import {
  idOfTarget,
  type MappedCollection,
  mappedCollection,
  mappedCollections,
  partsOf,
} from './mapped-collections.ts'
import { own } from './own.ts'

/** How a collection's rows come to be somebody's. */
export interface Reach {
  readonly via: 'identifier' | 'link'
  /** `owner`: rows are somebody's own. `party`: rows only mention somebody, in `clears`. */
  readonly role: 'owner' | 'party'
  /** Of all party links that reach somebody. */
  readonly clears: ReadonlySet<string>
}

/**
 * The collections of a map whose rows reach a person, by `system/collection`: through an identifier of their own, or
 * through links that end at one. A row that only mentions somebody leads no further: owners alone pass the reach on.
 */
export function reachOf(map: DataMap): ReadonlyMap<string, Reach> {
  const links = linksByTarget(map)
  const reach = new Map<string, Reach>()
  for (const { id, map: collection } of mappedCollections(map))
    if (findsOwners(collection)) reach.set(id, owned('identifier'))
  // A Map hands out what is added while it is walked.
  for (const id of reach.keys())
    for (const { from, link } of links.get(id) ?? [])
      if (link.role === 'owner' && !reach.has(from)) reach.set(from, owned('link'))
  const mention = (id: string, via: Reach['via'], clears: readonly string[]) => {
    const known = reach.get(id) ?? { via, role: 'party', clears: new Set() }
    reach.set(id, { ...known, clears: new Set([...known.clears, ...clears]) })
  }
  for (const id of [...reach.keys()])
    for (const { from, link } of links.get(id) ?? [])
      if (link.role === 'party') mention(from, 'link', link.clears ?? [])
  for (const { id, map: collection } of mappedCollections(map))
    for (const clears of partiesFound(collection)) mention(id, 'identifier', clears)
  return reach
}

const owned = (via: Reach['via']): Reach => ({ via, role: 'owner', clears: new Set() })

const partyLinks = ({ links = [] }: CollectionMap) => links.filter((link) => link.role === 'party')

/** An identifier that a party link clears, or in an element, is the party's: it finds them, not the row's owner. */
function findsOwners(collection: CollectionMap): boolean {
  const ofParties = new Set([
    ...partyLinks(collection).flatMap((link) => link.clears ?? []),
    ...partyElements(collection.fields).flat(),
  ])
  return Object.entries(collection.fields).some(
    ([name, field]) => field.identifier !== undefined && !ofParties.has(name),
  )
}

const partiesFound = (collection: CollectionMap): readonly (readonly string[])[] => [
  ...partyLinks(collection)
    .map(({ clears = [] }) => clears)
    .filter((clears) => clears.some((name) => own(collection.fields, name)?.identifier !== undefined)),
  ...partyElements(collection.fields),
]

interface Incoming {
  readonly from: string
  readonly link: LinkMap
}

function linksByTarget(map: DataMap): ReadonlyMap<string, readonly Incoming[]> {
  const incoming = new Map<string, Incoming[]>()
  for (const { id, system, map: collection } of mappedCollections(map))
    for (const link of collection.links ?? []) {
      const target = idOfTarget(map, system, link.to)
      const known = incoming.get(target)
      if (known) known.push({ from: id, link })
      else incoming.set(target, [{ from: id, link }])
    }
  return incoming
}

/**
 * Ids of the collections a collection's rows hang on, nearest first: along owner links of one system, since what a row
 * keeps of the rows above it must be kept in the same transaction.
 */
export function hangsOn(map: DataMap, collection: MappedCollection): ReadonlySet<string> {
  const targets = ({ system, map: { links = [] } }: MappedCollection): readonly string[] =>
    links
      .filter((link) => link.role === 'owner')
      .map((link) => idOfTarget(map, system, link.to))
      .filter((id) => partsOf(id)[0] === collection.system)
  const found = new Set(targets(collection))
  for (const id of found) {
    const next = mappedCollection(map, id)
    for (const further of next ? targets(next) : []) found.add(further)
  }
  return found
}
