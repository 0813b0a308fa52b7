import type { Cell } from '../../connectors/public.ts'

/** Longest piece of a text that is searched for words. */
const longestText = 4_000

/** Values that are not empty: how many, and each once, in the order they came; an array of one or more as its first element. */
export function distinctOf(cells: readonly Cell[]): {
  readonly distinct: readonly string[]
  readonly filled: number
} {
  const distinct: string[] = []
  let filled = 0
  let size = 64
  while (size < 2 * cells.length) size *= 2
  if (slots.length < size) slots = new Int32Array(size)
  slots.fill(0, 0, size)
  for (const cell of cells) {
    if (cell === null) continue
    const value = plain(cell)
    if (value === '') continue
    filled++
    let slot = fewLetters(value) & (size - 1)
    for (let place = slots[slot] ?? 0; place !== 0; place = slots[slot] ?? 0) {
      if (distinct[place - 1] === value) break
      slot = (slot + 1) & (size - 1)
    }
    if (slots[slot] !== 0) continue
    distinct.push(value)
    slots[slot] = distinct.length
  }
  return { distinct, filled }
}

/** Places of the distinct values, counted from one: a Set, which reads every letter of each, takes three times as long. */
let slots = new Int32Array(2_048)
const mostLetters = 12

/** A hash of some letters from all over a text, the last among them: numbers and codes differ there. */
function fewLetters(text: string): number {
  const { length } = text
  const step = length <= mostLetters ? 1 : Math.ceil(length / mostLetters)
  let hash = length
  for (let at = length - 1; at >= 0; at -= step) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash ^ (hash >>> 15)
}

const array = /^\{"?([^{}":,]+)"?(?:,[^{}:]*)?\}$/

/** Without the braces of an array of one or more: `{a@b.example,c@d.example}` is read by its first element. */
function plain(cell: string): string {
  if (cell.length <= longestText && isInk(cell.charCodeAt(0)) && isInk(cell.charCodeAt(cell.length - 1)))
    return cell
  const text = cell.length > longestText ? cell.slice(0, longestText) : cell
  const element = text.startsWith('{') ? array.exec(text)?.[1] : undefined
  return (element ?? text).trim()
}

/** A letter, digit or sign of ASCII, no brace: with such at both ends there is nothing to take off. */
const isInk = (code: number): boolean => code > 32 && code < 123
