import { getHeapStatistics } from 'node:v8'

/** What one piece of work may hold: several may be under way, and what was let go of stands there until it is collected. */
const share = 0.1

/** How many of so many bytes each are held at a time, `most` where there is room: a small machine gives us a small heap. */
export const fittingInMemory = (
  bytesEach: number,
  most: number,
  heapBytes = getHeapStatistics().heap_size_limit,
): number => Math.max(1, Math.min(most, Math.floor((share * heapBytes) / bytesEach)))
