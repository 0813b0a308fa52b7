import { hash } from 'node:crypto'

/** A source of numbers, uniform in [0, 1), 32 bits each. */
export type Random = () => number

/**
 * The streams of one name. `streams(i)` gives the same numbers for the same seed, name and index, whatever else was
 * drawn before: so a customer is the same person in a sample of fifty and in one of a million.
 */
export function randomStreams(seed: string, name: string): (index: number) => Random {
  const key = hash('sha256', `${seed}\0${name}`, 'buffer')
  const [a, b, c] = [key.readInt32LE(0), key.readInt32LE(4), key.readInt32LE(8)]
  return (index) => sfc32(a, b, c ^ index)
}

/** Chris Doty-Humphrey's small fast counter generator (PractRand); fifteen rounds spread the seed over its state. */
function sfc32(seedA: number, seedB: number, seedC: number): Random {
  let a = seedA | 0
  let b = seedB | 0
  let c = seedC | 0
  let counter = 1
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let round = 0; round < 15; round++) next()
  return next
}

/** A whole number in [0, below). */
export const int = (random: Random, below: number): number => Math.floor(random() * below)

/** A whole number in [low, high], both included. */
export const between = (random: Random, low: number, high: number): number =>
  low + int(random, high - low + 1)

export const chance = (random: Random, probability: number): boolean => random() < probability

export function pick<T>(random: Random, list: readonly T[]): T {
  const item = list[int(random, list.length)]
  if (item === undefined) throw new RangeError('Nothing to pick from')
  return item
}

/** One of `[weight, item]`, as often as its weight says. */
export function pickWeighted<T>(random: Random, list: readonly (readonly [weight: number, item: T])[]): T {
  let left = random() * list.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, item] of list) {
    left -= weight
    if (left < 0) return item
  }
  throw new RangeError('Nothing to pick from')
}

export const digits = (random: Random, length: number): string => {
  let text = ''
  while (text.length < length) text += int(random, 10)
  return text
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Letters and digits, as tokens and password hashes are made of. */
export const alphanumerics = (random: Random, length: number): string => {
  let text = ''
  while (text.length < length) text += letters.charAt(int(random, letters.length))
  return text
}

/** A version 4 UUID. */
export function uuid(random: Random): string {
  const hex = (length: number) =>
    int(random, 16 ** length)
      .toString(16)
      .padStart(length, '0')
  const variant = '89ab'.charAt(int(random, 4))
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(6)}${hex(6)}`
}
