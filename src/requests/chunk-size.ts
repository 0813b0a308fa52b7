/** Rows of a target are locked for less than this, where the target lets us (issue: no lock over 250 ms). */
const lockedAtMostMs = 250
/** What is aimed at: the next chunk may be slower than the last. */
const aimMs = lockedAtMostMs / 2
const [fewest, most, first] = [5, 1_000, 10]
const remembered = 6

interface Chunk {
  readonly size: number
  readonly lockedMs: number
}

export interface ChunkSizes {
  next(): number
  note(chunk: Chunk): void
}

/**
 * How many people go into one transaction of a target. Locks are held for what a transaction costs whatever its size (tables
 * without an index are read through) and for each person in it; the second is kept within what is aimed at, or, where the
 * first alone is more, as small as the first: smaller chunks would only hold locks longer in all.
 */
export function chunkSizes(): ChunkSizes {
  const seen: Chunk[] = []
  return {
    note(chunk) {
      seen.push(chunk)
      if (seen.length > remembered) seen.shift()
    },
    next() {
      const last = seen.at(-1)
      if (!last) return first
      const { fixed, each } = costs(seen)
      const room = Math.max(aimMs - fixed, fixed)
      const wanted = each > 0 ? room / each : last.size * 2
      // No leap either way: what was measured of ten people says little of a thousand, and nothing of what one alone costs.
      return Math.max(fewest, Math.ceil(last.size / 2), Math.min(most, last.size * 2, Math.floor(wanted)))
    },
  }
}

/** Least squares over the last chunks; of chunks of one size alone, all is each person's. */
function costs(seen: readonly Chunk[]): { readonly fixed: number; readonly each: number } {
  const mean = (of: (chunk: Chunk) => number) => seen.reduce((sum, one) => sum + of(one), 0) / seen.length
  const [size, locked] = [mean((one) => one.size), mean((one) => one.lockedMs)]
  const spread = mean((one) => (one.size - size) ** 2)
  const together = mean((one) => (one.size - size) * (one.lockedMs - locked))
  const each = spread > 0 ? Math.max(0, together / spread) : locked / size
  return { fixed: Math.max(0, locked - each * size), each }
}
