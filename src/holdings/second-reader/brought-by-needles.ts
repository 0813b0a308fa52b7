import type { Cell, Needle } from '../../connectors/public.ts'
import { isAscii } from './spellings.ts'
import { digitsOf } from './wanted.ts'

/**
 * Whether a target that is searched for one person brings a row: without it, codes of two short pieces would be found in
 * every text ("anna.m" in "Anna M."). In a cell with letters beyond ASCII those are left out on both sides, for targets
 * lower them in different ways: such a row may pass though no target brings it, and never the other way round.
 */
export function broughtBy(needles: readonly Needle[]): (cells: readonly Cell[]) => boolean {
  const texts = (fold: Needle['fold']) => needles.filter((one) => one.fold === fold).map((one) => one.text)
  const [words, numbers] = [texts('lower'), texts('digits')]
  const asciiWords = words.map(asciiOf)
  return (cells) =>
    cells.some((cell) => {
      if (cell === null) return false
      const text = cell.toLowerCase()
      const hasWord = isAscii(cell) ? holds(text, words) : holds(asciiOf(text), asciiWords)
      return hasWord || holds(digitsOf(cell), numbers)
    })
}

const holds = (text: string, wanted: readonly string[]): boolean => wanted.some((one) => text.includes(one))
const asciiOf = (text: string): string => text.replace(/[^\0-\x7f]+/g, '')
