/** Rows of a target are locked for less than this, where the target lets us. */
export const lockedAtMostMs = 250
/** A chunk is given so much of it: what it is doing then has to end, and its undoing takes time as well. */
const givenMs = 200
/** What the next chunk is aimed at: it may be slower than the last. */
const aimMs = 120
const [most, first] = [1_000, 10]
/** Growth from one chunk to the next: never more than keeps to the aim were all of the time its people's. */
const fastest = 4
/** What was slow once may have been so by chance; a chunk that was cut off was not. */
const slowest = 0.4
/**
 * So many chunks in a row that nothing makes short enough tell what a target is like: a busy machine, on which nothing gets on
 * for half a second, must not be taken for a slow target. So many later it is asked anew.
 */
const [enough, enoughOfWider, lookAgain] = [4, 2, 40]
/** For so much longer than what was too long one person may lock rows, to see what they really take. */
const wider = 8

interface Chunk {
  readonly size: number
  readonly lockedMs: number
  /** Nobody waits for it, however long it takes. */
  readonly blocksNobody?: boolean
}

export interface ChunkSizes {
  next(): number
  /**
   * How long the next chunk may hold rows; longer than usual where no chunk of this target is short enough, however small.
   * Null where that was not enough either: then the target's own patience decides, and says why.
   */
  bound(): number | null
  note(chunk: Chunk): void
  /** A chunk of so many would have held rows for longer than its bound, and was undone. */
  cut(size: number): void
}

/**
 * How many people go into one transaction of a target: as many as keep rows locked for as long as they may be. Where one
 * person takes longer than that (tables without an index are read through for each), smaller chunks would only lock longer
 * in all: there they grow until it is the people in them that cost, and are bounded by what one person takes.
 */
export function chunkSizes(): ChunkSizes {
  let [size, aim] = [first, aimMs]
  let bound: number | null = givenMs
  let tooLong = 0
  /** Chunks with a wider bound that are still to come. */
  let left = 0
  const next = () => Math.max(1, Math.min(most, Math.floor(size)))
  const follow = ({ size: last, lockedMs }: Chunk) => {
    const share = aim / Math.max(0.1, lockedMs)
    size = Math.max(1, Math.min(most, last * Math.min(fastest, Math.max(slowest, share))))
  }
  /** By what one person took. Where a transaction costs as much as its people, it is worth its while. */
  const aimBy = (lockedMs: number) => {
    const isShort = lockedMs <= givenMs
    aim = isShort ? aimMs : 2 * lockedMs
    bound = isShort ? givenMs : 2 * aim
    left = isShort ? 0 : lookAgain - 1
  }
  const note = (chunk: Chunk) => {
    if (chunk.blocksNobody) {
      size = most
      return
    }
    const isTooLong = bound !== null && chunk.lockedMs > bound
    // Who are one person go together, so that it may be more than were asked for.
    tooLong = isTooLong && next() === 1 ? tooLong + 1 : 0
    if (tooLong >= (bound === givenMs ? enough : enoughOfWider)) {
      bound = bound === givenMs ? wider * chunk.lockedMs : null
      ;[left, tooLong] = [lookAgain, 0]
    } else if (left === lookAgain && !isTooLong) aimBy(chunk.lockedMs)
    else if (left > 0 && !isTooLong) left -= 1
    follow(chunk)
    if (left === 0 && bound !== givenMs) [size, aim, bound] = [1, aimMs, givenMs]
  }
  return {
    next,
    bound: () => bound,
    note,
    cut: (people) => note({ size: people, lockedMs: 2 * (bound ?? givenMs) }),
  }
}
