/** A larger portion is worth its memory where a person takes this much less of the time. */
const worthIt = 0.8

/** The rows of a portion's people are in memory meanwhile. */
export interface PortionBounds {
  readonly fewest: number
  readonly most: number
}

export interface PortionSizes {
  next(): number
  /** So many went through in this time. */
  note(people: number, ms: number): void
}

/**
 * How many people of a batch are worked on together. Each portion reads whole tables where columns have no index, and all of
 * a file: in a company of a million customers that costs more than its people, so portions grow as long as a person gets
 * cheaper by it, and else stay as small as they can be.
 */
export function portionSizes({ fewest, most }: PortionBounds): PortionSizes {
  let [size, smaller] = [fewest, fewest]
  let before = Number.POSITIVE_INFINITY
  let isGrowing = true
  return {
    next: () => size,
    note(people, ms) {
      // The end of a batch tells nothing of its size.
      if (!isGrowing || people < size) return
      const each = ms / people
      if (each <= worthIt * before && size < most) {
        before = each
        smaller = size
        size = Math.min(most, 2 * size)
      } else {
        isGrowing = false
        if (each > worthIt * before) size = smaller
      }
    },
  }
}
