/** The numbers of the records a file has: a bit for each, for a file may have millions. */
export interface RowNumbers {
  add(number: number): void
  has(number: number): boolean
}

export function rowNumbers(): RowNumbers {
  let bits = new Uint8Array(1024)
  return {
    add(number) {
      const at = number >> 3
      if (at >= bits.length) {
        const more = new Uint8Array(Math.max(at + 1, bits.length * 2))
        more.set(bits)
        bits = more
      }
      bits[at] = (bits[at] ?? 0) | (1 << (number & 7))
    },
    has: (number) => ((bits[number >> 3] ?? 0) & (1 << (number & 7))) !== 0,
  }
}
