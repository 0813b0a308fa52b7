import { elementsOf, readPath } from '../../connectors/public.ts'
import type { CollectionMap } from '../data-map.ts'

/** The elements a field speaks of, such as `data.$.contacts[*]`, as its name says; null for every other field. */
export function elementsNamed(field: string): string | null {
  const dot = field.lastIndexOf('.$')
  const path = dot < 0 ? null : readPath(field.slice(dot + 1))
  const elements = path && elementsOf(path)
  return elements === null ? null : `${field.slice(0, dot)}.${elements}`
}

/**
 * Fields of elements that are somebody's own, as their identifiers say: a contact in a list, a participant. Where all
 * identifiers of the elements are `unique: true`, they are the row's owner's like any other.
 */
export function partyElements(fields: CollectionMap['fields']): readonly (readonly string[])[] {
  const groups = Map.groupBy(Object.keys(fields), elementsNamed)
  return [...groups].flatMap(([elements, names]) => {
    const identifiers = names.flatMap((name) => {
      const field = fields[name]
      return field?.identifier === undefined ? [] : [field]
    })
    const isParty = identifiers.some(({ unique }) => unique !== true)
    return elements !== null && isParty ? [names] : []
  })
}
