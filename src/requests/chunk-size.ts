/** Rows of a target are locked for less than this, where the target lets us (issue: no lock over 250 ms). */
const lockedAtMostMs = 250
/** What the next chunk is aimed at: it may be slower than the last. */
const aimMs = 170
/** Of what a transaction leaves of the limit, its people may have so much in any case. */
const atLeast = 0.6
const [fewest, most, first] = [5, 1_000, 10]
/** Growth from one chunk to the next. Not more than the aim allows were all of the time its people's. */
const fastest = 4
/** Sizes that lie so far apart tell what a person costs, and what a transaction. */
const apart = 1.6
const [remembered, averaged] = [24, 3]

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
  let seen: Chunk[] = []
  return {
    note(chunk) {
      const before = meanOf(seen.filter((one) => isAlike(one, chunk)).slice(-averaged))
      const isNews = before !== undefined && chunk.lockedMs > Math.max(lockedAtMostMs, 2 * before.lockedMs)
      // A target that became slow is another one: what was seen of it before says nothing.
      seen = isNews ? [chunk] : [...seen.slice(1 - remembered), chunk]
    },
    next() {
      const last = seen.at(-1)
      return last ? Math.max(fewest, Math.min(most, Math.floor(sizeAfter(last, seen)))) : first
    },
  }
}

function sizeAfter(last: Chunk, seen: readonly Chunk[]): number {
  const here = meanOf(seen.filter((one) => isAlike(one, last)).slice(-averaged)) ?? last
  const there = meanOf(seen.filter((one) => !isAlike(one, last)).slice(-averaged))
  const largest = last.size * fastest
  if (!there) {
    // As if all of it were the people's cost: with nothing to compare with, that is the cautious guess.
    const alone = (last.size * aimMs) / Math.max(1, here.lockedMs)
    const isSettled = seen.length > averaged && alone * apart > last.size && alone < last.size * apart
    // To know what a transaction costs for nobody another size has to be seen: a smaller one, where there is one.
    if (last.size <= fewest) return Math.max(alone, last.size * 2)
    return isSettled ? last.size / (apart + 0.1) : Math.min(largest, alone)
  }
  const each = Math.max(0, (here.lockedMs - there.lockedMs) / (here.size - there.size))
  const fixed = Math.max(0, here.lockedMs - each * here.size)
  // Where few people take too long as well, fewer would not help.
  const [few] = [here, there].toSorted((a, b) => a.size - b.size)
  if (few && few.lockedMs > lockedAtMostMs && fixed > aimMs)
    return Math.min(largest, each === 0 ? largest : fixed / each)
  // Two looks may tell of noise alone: the nearer the aim, the smaller the step.
  const step = last.size * Math.min(fastest, (1.5 * aimMs) / Math.max(1, here.lockedMs))
  const left = Math.max(aimMs - fixed, (lockedAtMostMs - fixed) * atLeast)
  return Math.min(step, each === 0 ? step : left / each)
}

const isAlike = (one: Chunk, other: Chunk): boolean =>
  one.size < other.size * apart && other.size < one.size * apart

function meanOf(chunks: readonly Chunk[]): Chunk | undefined {
  if (chunks.length === 0) return undefined
  const mean = (of: (one: Chunk) => number) => chunks.reduce((sum, one) => sum + of(one), 0) / chunks.length
  return { size: mean(({ size }) => size), lockedMs: mean(({ lockedMs }) => lockedMs) }
}
