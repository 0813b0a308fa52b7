/** Something that names a person. */
export interface Term {
  readonly kind: 'email' | 'number' | 'phone' | 'name'
  readonly value: string
}

/** One spelling for all. */
export function normalise(kind: Term['kind'], cell: string): string | null {
  const text = cell.trim()
  if (kind === 'email') return text.includes('@') ? text.toLowerCase() : null
  if (kind === 'number') return text === '' ? null : text.toUpperCase()
  if (kind === 'phone') {
    const digits = text.replace(/\D/g, '')
    return digits.length < 9 ? null : digits.slice(-9)
  }
  return foldName(text)
}

const folded = new Map<string, readonly string[]>()

/** Letter by letter, so that places in the folded text are places in the text. The same few texts come up again and again. */
function foldLetters(text: string): readonly string[] {
  const known = folded.get(text)
  if (known) return known
  const letters = [...text].map((letter) =>
    letter.toUpperCase().normalize('NFD').replace(/\p{M}/gu, '').toLowerCase(),
  )
  if (folded.size > 20_000) folded.clear()
  folded.set(text, letters)
  return letters
}

export const foldName = (text: string): string => foldLetters(text).join('')

type Range = readonly [start: number, end: number]

const isLetter = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}]/u.test(letter)

/** Where one of the words-in-a-row stands in the letters, `between` being what may part two words. */
function* places(letters: readonly string[], words: readonly string[], between: RegExp): Iterable<Range> {
  for (let start = 0; start < letters.length; start += 1) {
    if (isLetter(letters[start - 1])) continue
    let at: number | undefined = start
    for (const [i, word] of words.entries()) {
      if (i > 0)
        for (let gap = 0; at !== undefined && gap < 3 && between.test(letters[at] ?? ''); gap += 1) at += 1
      at = at === undefined ? undefined : afterWord(letters, at, word)
    }
    if (at !== undefined && !isLetter(letters[at])) yield [start, at]
  }
}

/** A letter of the text may be two of the word: ß is ss. */
function afterWord(letters: readonly string[], start: number, word: string): number | undefined {
  let read = ''
  let at = start
  while (read.length < word.length && at < letters.length) read += letters[at++]
  return read === word ? at : undefined
}

function* rangesOf(text: string, { kind, value }: Term): Iterable<Range> {
  const letters = foldLetters(text)
  if (kind === 'name') {
    const words = foldName(value).split(' ')
    yield* places(letters, words, /[\s,.]/)
    yield* places(letters, [...words.slice(1), words[0] ?? ''], /[\s,.]/)
  } else if (kind === 'phone') {
    for (const form of [`+33${value}`, `0${value}`, `0${value}`.replace(/(\d\d)(?=\d)/g, '$1 ')]) {
      const start = text.indexOf(form)
      if (start >= 0 && !/\d/.test(text[start + form.length] ?? '')) yield [start, start + form.length]
    }
  } else yield* places(letters, [foldName(value)], /^$/)
}

/** Whether a text names the person. */
export const names = (text: string, terms: readonly Term[]): boolean =>
  terms.some((term) => !rangesOf(text, term)[Symbol.iterator]().next().done)

/** The text without the person, with a mark in their place: the long one, or the short one where that does not fit. */
export function without(text: string, terms: readonly Term[], maxLength: number | null): string {
  const letters = [...text]
  const isGone = letters.map(() => false)
  for (const term of terms) for (const [start, end] of rangesOf(text, term)) isGone.fill(true, start, end)
  const write = (instead: string) =>
    letters.map((letter, i) => (!isGone[i] ? letter : isGone[i - 1] ? '' : instead)).join('')
  const long = write('[erased]')
  return maxLength === null || [...long].length <= maxLength ? long : write('…')
}
