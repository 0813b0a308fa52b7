import type { Category } from '../data-map.ts'
import { phraseAt, splitWords } from './fold-text.ts'
import { wordFilter } from './word-filter.ts'
import { foldedLanguages } from './word-lists.ts'
import sensitive from './words/sensitive-words.json' with { type: 'json' }

const longestPhrase = 3
const categoryOf: ReadonlyMap<string, Category> = new Map(
  Object.entries(sensitive.words).flatMap(([category, lists]) =>
    foldedLanguages(lists).map((word) => [splitWords(word).join(' '), category as Category] as const),
  ),
)
/** What every phrase of a special category begins with. */
export const sensitiveWords: ReadonlySet<string> = new Set(
  [...categoryOf.keys()].map((phrase) => phrase.split(' ')[0] ?? ''),
)
const mayBeSensitive = wordFilter([sensitiveWords])

/** Special categories that a folded text speaks of (Art. 9 and 10 GDPR, rulebook SC-03): they call for a person's eye. */
export const sensitiveCategories = (folded: string): ReadonlySet<Category> =>
  mayBeSensitive(folded) === 0 ? none : new Set(sensitiveSpans(splitWords(folded)))

const none: ReadonlySet<Category> = new Set()

/** One entry for every word or phrase that speaks of a special category. */
export function sensitiveSpans(words: readonly string[]): readonly Category[] {
  const found: Category[] = []
  for (let i = 0; i < words.length; i++) {
    if (!sensitiveWords.has(words[i] ?? '')) continue
    for (let length = 1; length <= longestPhrase && i + length <= words.length; length++) {
      const category = categoryOf.get(phraseAt(words, i, length))
      if (category !== undefined) found.push(category)
    }
  }
  return found
}
