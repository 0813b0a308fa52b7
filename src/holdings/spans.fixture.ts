import { fold, foldSpelledOut, nameForms } from './name-forms.ts'
import type { Span, Term } from './spans.ts'
import { orders } from './spans-of-name.ts'

/** What `spansOf` has to find, said once more by a pattern for each term: short, and too slow for ten thousand people. */
export function spansByPatterns(text: string, terms: readonly Term[]): readonly Span[] {
  const found = terms.flatMap((term) => {
    if (term.beside && spansByPatterns(text, term.beside).length === 0) return []
    return term.kind === 'name' ? namesIn(text, term.value) : spansOfPattern(text, identifierPattern(term))
  })
  const units = new Set(
    found.flatMap(([start, end]) => Array.from({ length: end - start }, (_, i) => start + i)),
  )
  const starts = found.map(([start]) => start)
  const borders = [...new Set(starts)].filter((start) => units.has(start) && !units.has(start - 1))
  return borders
    .toSorted((a, b) => a - b)
    .map((start) => {
      let end = start
      while (units.has(end)) end += 1
      return [start, end]
    })
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const spansOfPattern = (text: string, pattern: RegExp): readonly Span[] =>
  [...text.matchAll(pattern)].map((match) => [match.index, match.index + match[0].length])

function identifierPattern({ kind, value, isAlias }: Term): RegExp {
  if (kind === 'email') {
    const [local = '', domain = ''] = value.split('@').map(escapeRegExp)
    const between = `${isAlias ? '(?:\\+|%2b)[\\w.+-]{1,64}' : ''}(?:@|%40)`
    const start = '(?:(?<![\\w.%+-])|(?<=%[0-9a-f]{2}))'
    return new RegExp(`${start}${local}${between}${domain}(?![\\w-]|\\.\\w)`, 'giu')
  }
  if (kind === 'phone') {
    const digits = [...value.replace(/\D/g, '').slice(-9)].join('[ .()/\\u00a0\\u202f-]{0,3}')
    return new RegExp(`(?<!\\d)(?:\\+|00)?(?:\\d{1,4}[ .()/\\u00a0\\u202f-]{0,3})?${digits}(?!\\d)`, 'gu')
  }
  const grouped = kind === 'bank-account' || kind === 'national-id' ? '[ .-]?' : ''
  const spaced = [...value].map(escapeRegExp).join(grouped)
  return new RegExp(`(?<![\\p{L}\\p{N}])${spaced}(?![\\p{L}\\p{N}])`, 'giu')
}

const namesIn = (text: string, name: string): readonly Span[] =>
  [fold, foldSpelledOut].flatMap((change) => {
    const letters = [...text].map((letter) => ({ letter, folded: change(letter) }))
    const placeOf = (i: number) => letters.slice(0, i).reduce((sum, { letter }) => sum + letter.length, 0)
    const unitPlaces = letters.flatMap(({ folded }, i) => Array.from(folded.split(''), () => placeOf(i)))
    return nameForms(name)
      .flatMap(orders)
      .flatMap((words) =>
        spansOfPattern(
          letters.map(({ folded }) => folded).join(''),
          new RegExp(
            `(?<![\\p{L}\\p{N}])${words.map(escapeRegExp).join('[\\s,.]{1,3}')}(?![\\p{L}\\p{N}])`,
            'gu',
          ),
        ),
      )
      .map(([start, end]): Span => [unitPlaces[start] ?? 0, unitPlaces[end] ?? text.length])
  })
