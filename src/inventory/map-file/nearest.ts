/** The one name that was probably meant: equal but for case or schema, or a slip or two of the fingers away. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase()
  // What stands before the last dot is mostly the same schema: it must not excuse more slips.
  const allowed = Math.max(1, Math.floor((wanted.length - 1 - wanted.lastIndexOf('.')) / 3))
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const candidate of known) {
    const distance = distanceOf(wanted, candidate.toLowerCase(), best?.distance ?? allowed + 1)
    if (distance < (best?.distance ?? allowed + 1)) best = { name: candidate, distance }
  }
  return best?.name
}

/** `customer` for `public.customer` is as close as a slip. */
function distanceOf(wanted: string, candidate: string, limit: number): number {
  if (wanted === candidate) return 0
  if (candidate.endsWith(`.${wanted}`) || wanted.endsWith(`.${candidate}`)) return 1
  return Math.abs(wanted.length - candidate.length) >= limit ? limit : slips(wanted, candidate)
}

/** Edit distance in which two letters changing places count as one (optimal string alignment). */
function slips(a: string, b: string): number {
  let before: readonly number[] = []
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        at(row, j - 1) + 1,
        at(last, j) + 1,
        at(last, j - 1) + (same ? 0 : 1),
        swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    before = last
    last = row
  }
  return at(last, b.length)
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY
