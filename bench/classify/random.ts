/** Chance that can be repeated: the same seed gives the same columns on every machine. */
export interface Random {
  /** 0 to 1, without 1. */
  next(): number
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number
  pick<T>(list: readonly T[]): T
  chance(share: number): boolean
  /** A pattern: `9` a digit, `A` a letter, `a` a small letter, `X` hex; anything else, and what stands in quotes, itself. */
  pattern(text: string): string
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Mulberry32 over a hash of the seed's text. */
export function randomOf(seed: string): Random {
  let state = 2166136261
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16777619)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  const pick = <T>(list: readonly T[]): T => {
    const chosen = list[int(0, list.length - 1)]
    if (chosen === undefined) throw new Error('an empty list to pick from')
    return chosen
  }
  const pattern = (text: string) =>
    text.replace(/'[^']*'|[9AaX]/g, (sign) => {
      if (sign.length > 1) return sign.slice(1, -1)
      if (sign === '9') return String(int(0, 9))
      if (sign === 'X') return int(0, 15).toString(16)
      const letter = letters[int(0, 25)] ?? 'A'
      return sign === 'A' ? letter : letter.toLowerCase()
    })
  return { next, int, pick, chance: (share) => next() < share, pattern }
}
