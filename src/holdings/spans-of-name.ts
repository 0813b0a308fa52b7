import { nameForms } from './name-forms.ts'
import type { Span, Term } from './spans.ts'
import type { Reading, TextAsRead } from './text-as-read.ts'

/** The words of a name as they are, and with the family name first, wherever it begins: `Ana María Ruiz`, `Ruiz, Ana María`. */
export function orders(name: string): readonly (readonly string[])[] {
  const words = name.split(/\s+/)
  return words.map((_, start) => [...words.slice(start), ...words.slice(0, start)])
}

interface WrittenName {
  readonly words: readonly string[]
  /** The longest of them: a text without it needs no closer look. */
  readonly longest: string
}

/** A term is looked for in one text after the other. */
const writtenNames = new WeakMap<Term, readonly WrittenName[]>()

function writtenAs(term: Term): readonly WrittenName[] {
  const known = writtenNames.get(term) ?? nameForms(term.value).flatMap(asWritten)
  writtenNames.set(term, known)
  return known
}

const asWritten = (form: string): readonly WrittenName[] =>
  orders(form).map((words) => ({
    words,
    longest: words.reduce((longest, one) => (one.length > longest.length ? one : longest), ''),
  }))

/** A full name in any case and spelling, first name before or after the last. */
export const spansOfName = ({ text, readings }: TextAsRead, term: Term): readonly Span[] =>
  writtenAs(term).flatMap(({ words, longest }) =>
    readings.flatMap((reading) =>
      longest !== '' && reading.text.includes(longest)
        ? placesIn(reading.text, words).map((span) => inText(text, reading, span))
        : [],
    ),
  )

const inText = (text: string, { places }: Reading, [start, end]: Span): Span =>
  places === null ? [start, end] : [places[start] ?? 0, places[end] ?? text.length]

/** Found by its words: a pattern made for each of ten thousand names costs more than looking for all of them. */
function placesIn(text: string, words: readonly string[]): readonly Span[] {
  const [first = '', ...others] = words
  const spans: Span[] = []
  for (let from = 0; from <= text.length; ) {
    const start = text.indexOf(first, from)
    if (start < 0) break
    const end = isAt(beforeWord, text, start) ? endOf(text, start + first.length, others) : undefined
    if (end !== undefined) spans.push([start, end])
    from = end ?? start + 1
  }
  return spans
}

/** Where a name ends of which these words are left; the most signs between two words are tried first. */
function endOf(text: string, from: number, [next, ...others]: readonly string[]): number | undefined {
  if (next === undefined) return isAt(afterWord, text, from) ? from : undefined
  let signs = 0
  while (signs < mostSigns && isAt(sign, text, from + signs)) signs += 1
  for (; signs > 0; signs -= 1) {
    const end = text.startsWith(next, from + signs)
      ? endOf(text, from + signs + next.length, others)
      : undefined
    if (end !== undefined) return end
  }
  return undefined
}

const mostSigns = 3
const [beforeWord, afterWord, sign] = [/(?<![\p{L}\p{N}])/uy, /(?![\p{L}\p{N}])/uy, /[\s,.]/uy]

function isAt(pattern: RegExp, text: string, place: number): boolean {
  pattern.lastIndex = place
  return pattern.test(text)
}
