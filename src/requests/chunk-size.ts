/** Rows of a target are locked for less than this, where the target lets us (issue: no lock over 250 ms). */
const lockedAtMostMs = 250
/** What the next chunk is aimed at: it may be slower than the last. */
const aimMs = 220
const [fewest, most, first] = [5, 1_000, 10]
/** Growth from one chunk to the next. Not more than the aim allows were all of the time its people's. */
const fastest = 4
/** A chunk of at most so much of another's size that took as much of its time tells that size is not what costs. */
const [muchSmaller, asSlow] = [0.6, 0.7]
const remembered = 24

interface Chunk {
  readonly size: number
  readonly lockedMs: number
}

export interface ChunkSizes {
  next(): number
  note(chunk: Chunk): void
}

/**
 * How many people go into one transaction of a target: as many as keep rows locked for as long as they may be. Where a
 * transaction takes longer than that whatever its size (tables without an index are read through), smaller ones would only
 * lock longer in all: there chunks grow until it is the people in them that cost.
 */
export function chunkSizes(): ChunkSizes {
  const seen: Chunk[] = []
  const nextAfter = ({ size, lockedMs }: Chunk): number => {
    if (lockedMs <= lockedAtMostMs) return size * Math.min(fastest, aimMs / Math.max(1, lockedMs))
    const smaller = seen.findLast((one) => one.size <= size * muchSmaller)
    const isTheirCost = smaller === undefined || smaller.lockedMs < lockedMs * asSlow
    return isTheirCost && size > fewest ? size / 2 : size * 2
  }
  return {
    note(chunk) {
      seen.push(chunk)
      if (seen.length > remembered) seen.shift()
    },
    next() {
      const last = seen.at(-1)
      return last ? Math.max(fewest, Math.min(most, Math.floor(nextAfter(last)))) : first
    },
  }
}
