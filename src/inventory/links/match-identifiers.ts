import type { IdentifierKind } from '../data-map.ts'
import { inclusionOf } from './inclusion.ts'
import type { Sketch } from './sketch.ts'

/** A field of some system that points at people, with the hashes of what it holds. Lives as long as one scan. */
export interface IdentifierField {
  readonly system: string
  readonly collection: string
  readonly field: string
  readonly identifier: IdentifierKind
  /** One value is one person. */
  readonly unique: boolean
  /** A constraint says so. */
  readonly declared: boolean
  readonly sketch: Sketch
}

interface Place {
  readonly system: string
  readonly collection: string
  readonly field: string
}

/** Two fields that name the same people. A proposal: nobody follows it before a person says so. */
export interface IdentifierMatch {
  readonly from: Place
  /** Where one value is one person. */
  readonly to: Place
  readonly identifier: IdentifierKind
  /** Share of the values of `from` that stand at `to`, 0 to 1; null where not all rows of `to` were read. */
  readonly overlap: number | null
  /** 0 to 1. */
  readonly confidence: number
}

/** Fewer may be an accident, or one colleague who buys in the shop. */
const fewestHits = 3
const leastShare = 0.1
/** Places that others are compared with, per kind: declared unique ones first, then the largest. */
const mostHubs = 20
const widestGap = 5

/**
 * Fields that hold the same identifiers, each with the one list of people it refers to: e-mail addresses in a desk and a
 * shop, a customer's number under two names. `known` are fields of systems seen before `these`; what concerns none of
 * `these` is left out. Pure.
 */
export function matchIdentifiers(
  these: readonly IdentifierField[],
  known: readonly IdentifierField[],
): readonly IdentifierMatch[] {
  const isNew = new Set(these)
  const kinds = Map.groupBy([...known, ...these], ({ identifier }) => identifier)
  return [...kinds.values()].flatMap((fields) => {
    const hubs = fields
      .filter(({ unique }) => unique)
      .toSorted((a, b) => Number(b.declared) - Number(a.declared) || b.sketch.distinct - a.sketch.distinct)
      .slice(0, mostHubs)
    return fields.flatMap((from): readonly IdentifierMatch[] => {
      const place = hubs.indexOf(from)
      const above = place < 0 ? hubs : hubs.slice(0, place)
      // One list stands for all, a list of the same system before others: nobody is told three times.
      const nearest = above.toSorted(
        (a, b) => Number(b.system === from.system) - Number(a.system === from.system),
      )
      for (const to of nearest) {
        const match = matchOf(from, to)
        if (match !== null) return isNew.has(from) || isNew.has(to) ? [match] : []
      }
      return []
    })
  })
}

function matchOf(from: IdentifierField, to: IdentifierField): IdentifierMatch | null {
  if (from.system === to.system && from.collection === to.collection) return null
  // Both count their customers from one: the same number is two people.
  if (isCounted(from.sketch) && isCounted(to.sketch)) return null
  const { hits, share, least, conclusive } = inclusionOf(from.sketch, to.sketch)
  if (hits < fewestHits || (from.identifier === 'number' && share < leastShare)) return null
  return {
    from: placeOf(from),
    to: placeOf(to),
    identifier: from.identifier,
    overlap: conclusive ? rounded(share) : null,
    // Addresses do not meet by chance, however few of them are customers; numbers may.
    confidence: rounded(Math.min(0.99, from.identifier === 'number' ? 0.5 + least / 2 : 1 - 1 / (1 + hits))),
  }
}

const isCounted = ({ numbers }: Sketch): boolean =>
  numbers !== null && numbers.gap <= widestGap && numbers.low < 1_000

const placeOf = ({ system, collection, field }: IdentifierField): Place => ({ system, collection, field })

const rounded = (share: number): number => Math.round(share * 100) / 100
