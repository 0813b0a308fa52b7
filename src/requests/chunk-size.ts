/** Rows of a target are locked for less than this, where the target lets us (issue: no lock over 250 ms). */
export const lockedAtMostMs = 250
/** What the next chunk is aimed at: it may be slower than the last. */
const aimMs = 150
const [most, first] = [1_000, 10]
/** Growth from one chunk to the next: never more than keeps to the aim were all of the time its people's. */
const fastest = 4
/** What was slow once may have been so by chance; a chunk that was cut off was not. */
const slowest = 0.4
/** So many chunks in a row that nothing makes short enough tell what a target is like, and so many later it is asked anew. */
const [enough, lookAgain] = [2, 40]

interface Chunk {
  readonly size: number
  readonly lockedMs: number
  /** Nobody waits for it, however long it takes. */
  readonly blocksNobody?: boolean
}

export interface ChunkSizes {
  next(): number
  /** How long the next chunk may hold rows; null where no chunk of this target is short enough, however small. */
  bound(): number | null
  note(chunk: Chunk): void
}

/**
 * How many people go into one transaction of a target: as many as keep rows locked for as long as they may be. Where one
 * person takes longer than that (tables without an index are read through for each), smaller chunks would only lock longer
 * in all: there they grow until it is the people in them that cost.
 */
export function chunkSizes(): ChunkSizes {
  let size = first
  let aim = aimMs
  let tooLong = 0
  let unbounded = 0
  const next = () => Math.max(1, Math.min(most, Math.floor(size)))
  const follow = ({ size: last, lockedMs }: Chunk) => {
    const share = aim / Math.max(0.1, lockedMs)
    size = Math.max(1, Math.min(most, last * Math.min(fastest, Math.max(slowest, share))))
  }
  return {
    next,
    bound: () => (unbounded > 0 ? null : lockedAtMostMs),
    note(chunk) {
      if (chunk.blocksNobody) {
        size = most
        return
      }
      if (unbounded > 0) {
        // Where a transaction costs as much as its people, it is worth its while.
        if (unbounded === lookAgain) aim = 2 * chunk.lockedMs
        unbounded -= 1
        follow(chunk)
        if (unbounded === 0) [aim, size] = [aimMs, 1]
        return
      }
      // Who are one person go together, so that it may be more than were asked for.
      tooLong = next() === 1 && chunk.lockedMs > lockedAtMostMs ? tooLong + 1 : 0
      if (tooLong >= enough) [unbounded, tooLong] = [lookAgain, 0]
      follow(chunk)
    },
  }
}
