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
/** Places that others are compared with, per kind: the largest lists of people. */
const mostHubs = 20
const widestGap = 5

/**
 * Fields of `these` and `those` that hold the same identifiers, each with the largest list that has them: e-mail
 * addresses in a desk and a shop, a customer's number under two names. Pure.
 */
export function matchIdentifiers(
  these: readonly IdentifierField[],
  those: readonly IdentifierField[],
): readonly IdentifierMatch[] {
  const kinds = Map.groupBy([...new Set([...these, ...those])], ({ identifier }) => identifier)
  return [...kinds.values()].flatMap((fields) => {
    const hubs = fields
      .filter(({ unique }) => unique)
      .toSorted((a, b) => b.sketch.distinct - a.sketch.distinct)
      .slice(0, mostHubs)
    return fields.flatMap((from) => {
      const mine = new Set(these.includes(from) ? those : these)
      const matches = hubs.flatMap((to) => (mine.has(to) ? (matchOf(from, to, hubs) ?? []) : []))
      return matches.toSorted((a, b) => b.confidence - a.confidence).slice(0, 1)
    })
  })
}

function matchOf(
  from: IdentifierField,
  to: IdentifierField,
  hubs: readonly IdentifierField[],
): IdentifierMatch | null {
  if (from.system === to.system && from.collection === to.collection) return null
  // Of two lists of people the smaller one refers to the larger.
  if (from.unique && hubs.includes(from) && hubs.indexOf(from) < hubs.indexOf(to)) return null
  // Both count their customers from one: the same number is two people.
  if (isCounted(from.sketch) && isCounted(to.sketch)) return null
  const { hits, share, least, conclusive } = inclusionOf(from.sketch, to.sketch)
  if (hits < fewestHits || (conclusive && share < leastShare)) return null
  const surely = conclusive ? least : Math.min(0.6, hits / 50)
  return {
    from: placeOf(from),
    to: placeOf(to),
    identifier: from.identifier,
    overlap: conclusive ? rounded(share) : null,
    confidence: rounded(Math.min(0.99, 0.5 + surely / 2)),
  }
}

const isCounted = ({ numbers }: Sketch): boolean =>
  numbers !== null && numbers.gap <= widestGap && numbers.low < 1_000

const placeOf = ({ system, collection, field }: IdentifierField): Place => ({ system, collection, field })

const rounded = (share: number): number => Math.round(share * 100) / 100
