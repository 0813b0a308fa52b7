import { raw, type Sql, sql } from '../../platform/sql.ts'
import type { Relation } from './shape.ts'

/** Blocks of 8 kB that one statement reads: a fraction of a second's work, or seconds on a poor disk. */
const blocksAtOnce = 4_096
/** Of each of many partitions no fewer: every statement has to open all of them. */
const fewestBlocks = 64

export const everyBlock: Sql = raw('true')

/** A large table as ranges of its blocks (TID range scans), the last one open-ended; of a partitioned one, of every partition. */
export function portionsOf({ catalogue }: Relation): readonly Sql[] {
  const blocks = Math.ceil((catalogue.largestBytes ?? 0) / 8192)
  const partitions = Math.ceil(catalogue.bytes / Math.max(1, catalogue.largestBytes ?? 0))
  const step = Math.max(fewestBlocks, Math.floor(blocksAtOnce / Math.max(1, partitions)))
  const count = Math.max(1, Math.ceil(blocks / step))
  if (count === 1) return [everyBlock]
  return Array.from({ length: count }, (_, i) => {
    const from = sql`t.ctid >= ${`(${i * step},0)`}::tid`
    return i === count - 1 ? from : sql`${from} and t.ctid < ${`(${(i + 1) * step},0)`}::tid`
  })
}
