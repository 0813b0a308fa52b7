import type { Category } from '../data-map.ts'
import { phraseOf, wordsOf } from './name-words.ts'
import { remembered } from './remembered.ts'
import { stemCategory } from './special-stems.ts'
import { foldedLanguages } from './word-lists.ts'
import specialFields from './words/special-fields.json' with { type: 'json' }

const topicsOfPhrase = new Map<string, Category[]>()
for (const [category, languages] of Object.entries(specialFields.topics))
  for (const phrase of new Set(foldedLanguages(languages).map(phraseOf)))
    topicsOfPhrase.set(phrase, [...(topicsOfPhrase.get(phrase) ?? []), category as Category])
const longestPhrase = 2

/** Special categories (Art. 9 and 10 GDPR) that a collection is about, as the words of its name say: `clinic_visits` health. */
export const topicsOf: (collection: string) => ReadonlySet<Category> = remembered((collection) =>
  topicsOfWords(wordsOf(collection)),
)

function topicsOfWords(words: readonly string[]): ReadonlySet<Category> {
  const found = new Set<Category>()
  for (let start = 0; start < words.length; start++)
    for (let length = 1; length <= longestPhrase && start + length <= words.length; length++) {
      const phrase = words.slice(start, start + length).join(' ')
      const topics = topicsOfPhrase.get(phrase) ?? topicsOfPhrase.get(phrase.replace(/s$/, '')) ?? []
      for (const topic of topics) found.add(topic)
    }
  if (found.size > 0) return found
  // `condamn`, `t_militants`: words that no list has, by how they begin.
  for (const word of words) {
    const topic = stemCategory(word)
    if (topic !== null) found.add(topic)
  }
  return found
}
