/** So many calls at once, and so many more with every second. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

export interface RateLimit {
  /** Counts a call. Returns 0, or the whole seconds to wait: then it was not counted. */
  take(name: string): number
}

interface Bucket {
  tokens: number
  at: number
}

const mostBuckets = 10_000

/** Token buckets in memory, one per name. `clock` is in milliseconds and never goes back. */
export function limitRate(rate: Rate, clock: () => number = () => performance.now()): RateLimit {
  const buckets = new Map<string, Bucket>()
  const levelOf = (bucket: Bucket, at: number) =>
    Math.min(rate.burst, bucket.tokens + ((at - bucket.at) / 1000) * rate.perSecond)
  return {
    take(name) {
      const at = clock()
      const known = buckets.get(name)
      const tokens = known ? levelOf(known, at) : rate.burst
      if (tokens < 1) return Math.ceil((1 - tokens) / rate.perSecond)
      // Moved to the end: the map stays in the order of last use, and the longest unused goes first.
      buckets.delete(name)
      buckets.set(name, { tokens: tokens - 1, at })
      if (buckets.size > mostBuckets) buckets.delete(buckets.keys().next().value ?? name)
      return 0
    },
  }
}
