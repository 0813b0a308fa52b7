import type { Random } from './random.ts'

/** How a stranger writes headers; one way per table. */
export const headerStyles = [
  'snake',
  'camel',
  'upper',
  'words',
  'shortened',
  'vowelless',
  'prefixed',
  'cryptic',
  'upper8',
] as const
export type HeaderStyle = (typeof headerStyles)[number]

const prefixes = [
  'p_',
  'emp_',
  'fld_',
  'kd_',
  'pers_',
  't01_',
  'c_',
  'x_',
  'usr_',
  'mbr_',
  'PAT_',
  'per',
  'str',
  'v_',
]
const blanks = ['f', 'col', 'attr', 'q', 'v', 'x', 'field_', 'c', 'fld', 'val', 'k', 'feld', 'champ']

/** A header of some words in a style: `date of baptism` as `dateOfBaptism`, `dat_bapt`, `DTBPTSM`, `f07`. */
export function headerOf(r: Random, style: HeaderStyle, phrase: string, place: number): string {
  const plain = phrase.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ł', 'l').replaceAll('ß', 'ss')
  const words = (r.chance(0.9) ? plain : phrase).split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
  const snake = words.join('_').toLowerCase()
  switch (style) {
    case 'snake':
      return snake
    case 'camel':
      return words.map((word, i) => (i === 0 ? word.toLowerCase() : capital(word))).join('')
    case 'upper':
      return snake.toUpperCase()
    case 'words':
      return capital(words.join(' '))
    case 'shortened':
      return words.map((word) => word.slice(0, r.int(4, 6))).join('_')
    case 'vowelless':
      return words.map((word) => bare(word).slice(0, 6)).join('_')
    case 'prefixed':
      return `${r.pick(prefixes)}${snake}`
    case 'upper8':
      return eight(r, words).toUpperCase()
    case 'cryptic':
      return r.chance(0.15) ? '' : `${r.pick(blanks)}${r.chance(0.5) ? '' : '0'}${place + 1}`
  }
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
const bare = (word: string): string => word.charAt(0) + word.slice(1).replace(/[aeiouy]/gi, '')

/** Eight characters, as old systems allow: the first of one word, or pieces of two or three. */
function eight(r: Random, words: readonly string[]): string {
  const [first = '', second, third] = words
  if (second === undefined) return (r.chance(0.6) ? first : bare(first)).slice(0, 8)
  const cut = (word: string, length: number) => (r.chance(0.5) ? word : bare(word)).slice(0, length)
  if (third === undefined) return `${cut(first, 4)}${cut(second, 4)}`
  return `${cut(first, 3)}${cut(second, 3)}${cut(third, 2)}`
}
