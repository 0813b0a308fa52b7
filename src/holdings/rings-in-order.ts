/**
 * Places 0 to `count` - 1, each in a list after all it needs; who need each other, be it by others, are in one list.
 * The strongly connected components of Tarjan (1972), which come up in that order; without recursion, for chains may be long.
 */
export function ringsInOrder(
  count: number,
  needs: (place: number) => readonly number[],
): readonly (readonly number[])[] {
  const rings: number[][] = []
  const met = new Int32Array(count).fill(-1)
  const earliest = new Int32Array(count)
  const isOpen = new Uint8Array(count)
  const open: number[] = []
  let clock = 0
  const meet = (place: number): Step => {
    met[place] = clock
    earliest[place] = clock
    clock += 1
    isOpen[place] = 1
    open.push(place)
    return { place, left: needs(place).values() }
  }
  const lower = (place: number, to: number) => {
    earliest[place] = Math.min(earliest[place] ?? 0, to)
  }
  for (let start = 0; start < count; start += 1) {
    if (met[start] !== -1) continue
    const way = [meet(start)]
    for (let step = way.at(-1); step; step = way.at(-1)) {
      const { value: needed, done } = step.left.next()
      if (!done) {
        if (met[needed] === -1) way.push(meet(needed))
        else if (isOpen[needed]) lower(step.place, met[needed] ?? 0)
        continue
      }
      way.pop()
      const before = way.at(-1)
      if (before) lower(before.place, earliest[step.place] ?? 0)
      if (earliest[step.place] !== met[step.place]) continue
      const ring = open.splice(open.lastIndexOf(step.place))
      for (const one of ring) isOpen[one] = 0
      rings.push(ring.toSorted((a, b) => a - b))
    }
  }
  return rings
}

interface Step {
  readonly place: number
  readonly left: Iterator<number>
}
