import type { Sketch } from './sketch.ts'

/** How much of a child's values stands at its parent, as far as two sketches tell. */
export interface Inclusion {
  /** Distinct values that could be compared, and those of them that stand at the parent. */
  readonly tried: number
  readonly hits: number
  /** By rows: many children of few parents would make each lost parent weigh too much. */
  readonly share: number
  /** Ends of the 95 % interval of the share among all the child's rows. */
  readonly least: number
  readonly most: number
  /** A value that is missing is missing indeed: every row of the parent was seen. */
  readonly conclusive: boolean
}

const z = 1.96

/** Child values below both limits, looked up among the parent's. */
export function inclusionOf(child: Sketch, parent: Sketch): Inclusion {
  const limit = Math.min(child.limit, parent.limit)
  const values = { tried: 0, hits: 0 }
  const rows = { tried: 0, hits: 0 }
  for (const [hashed, times] of child.hashes) {
    if (hashed >= limit) continue
    const found = parent.hashes.has(hashed)
    values.tried += 1
    rows.tried += times
    if (!found) continue
    values.hits += 1
    rows.hits += times
  }
  return {
    ...values,
    share: rows.hits / Math.max(rows.tried, 1),
    ...wilson(rows.hits, rows.tried),
    conclusive: parent.complete,
  }
}

/** Wilson's interval of a share: sound for few tries and for shares near 0 and 1. */
export function wilson(hits: number, tried: number): { readonly least: number; readonly most: number } {
  if (tried === 0) return { least: 0, most: 1 }
  const share = hits / tried
  const scale = 1 + z ** 2 / tried
  const middle = (share + z ** 2 / (2 * tried)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / tried + z ** 2 / (4 * tried ** 2))
  return { least: Math.max(0, middle - half), most: Math.min(1, middle + half) }
}
