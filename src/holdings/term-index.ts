import type { Cell } from '../connectors/public.ts'
import { indexAddresses } from './index-addresses.ts'
import { indexNumbers } from './index-numbers.ts'
import { indexWords, wordsOf } from './index-words.ts'
import { letterByLetter } from './letter-by-letter.ts'
import { fold, foldSpelledOut } from './name-forms.ts'
import { oneCase } from './one-case.ts'
import type { Term } from './spans.ts'
import { hasUmlaut } from './text-as-read.ts'

/** Whom texts may name, out of many people: whoever is not found has no span in any, whoever is may have (`spansOf`). */
export interface TermIndex {
  readonly peopleIn: (texts: readonly Cell[]) => ReadonlySet<number>
}

/** As `spansOf` reads a text. */
const [folded, spelledOut] = [letterByLetter(fold), letterByLetter(foldSpelledOut)]

/**
 * Finds in one passage over a text what `spansOf` would find with the terms of each person in turn. Words, addresses and
 * numbers are looked up as they stand between their borders, so that a text costs the same however many people there are.
 */
export function indexTerms(people: readonly (readonly Term[])[]): TermIndex {
  const words = indexWords(people.length)
  const addresses = indexAddresses()
  const numbers = indexNumbers()
  /** Terms without a letter or a digit to look up: every text is tested for them. */
  const anywhere: number[] = []
  for (const [person, terms] of people.entries())
    for (const term of terms.flatMap(anchorsOf))
      if (![words, addresses, numbers].some((index) => index.add(term, person))) anywhere.push(person)
  const look = (text: string, found: Set<number>) => {
    const mayBeNamed = words.mayFind(text)
    const isAscii = mayBeNamed !== undefined
    if (mayBeNamed === false) {
      if (text.includes('@') || text.includes('%40')) addresses.find(text.toLowerCase(), found)
      numbers.find(text, () => wordsOf(text.toLowerCase()), found)
      return
    }
    const cased = isAscii ? text.toLowerCase() : oneCase(text)
    const inText = wordsOf(cased)
    words.find(inText, found)
    if (!isAscii) {
      words.find(wordsOf(folded(text)), found)
      if (hasUmlaut(text)) words.find(wordsOf(spelledOut(text)), found)
    }
    addresses.find(cased, found)
    numbers.find(cased, () => inText, found)
  }
  return {
    peopleIn(texts) {
      const found = new Set<number>(anywhere)
      for (const text of texts) if (text !== null) look(text, found)
      return found
    },
  }
}

/** What others bear too counts only beside something that few share: by that it is found. */
const anchorsOf = (term: Term): readonly Term[] => term.beside?.flatMap(anchorsOf) ?? [term]
