import type { Category } from '../data-map.ts'
import { listed } from './word-lists.ts'
import stems from './words/special-stems.json' with { type: 'json' }

/** One expression a category; what stands in none of them costs nine looks at a short word, once for each name. */
const patterns = Object.entries(stems.stems).map(([category, list]) => ({
  category: category as Category,
  pattern: new RegExp(listed(list).join('|'), 'u'),
}))
/** Shorter than this a word is not taken for a piece of a longer one. */
const shortest = 3

/** The special category whose stem stands in a folded word that no list has; null where none, or several, do. */
export function stemCategory(word: string): Category | null {
  if (word.length < shortest) return null
  const found = patterns.filter(({ pattern }) => pattern.test(word))
  return found.length === 1 ? (found[0]?.category ?? null) : null
}
