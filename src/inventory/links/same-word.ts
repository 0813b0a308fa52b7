import { foldedEntries, listed } from '../classify/word-lists.ts'
import words from './words.json' with { type: 'json' }

/** How two words come to name the same thing. */
export type WordMatch = 'same' | 'synonym' | 'abbreviation'

const endings = listed(words.endings).toSorted((a, b) => b.length - a.length)
const pairs = listed(words.pairs).map((pair) => pair.split(':'))
const shortestStem = 3
const shortestAbbreviation = 3
const conceptsOf = indexConcepts()

/** Whether a field's word names what a collection's word names: `kunden` and `kunde`, `client` and `customer`, `cust`. */
export function matchWords(field: string, collection: string): WordMatch | null {
  const pair = `${field} ${collection}`
  const known = rememberedMatches.get(pair)
  if (known !== undefined) return known
  if (rememberedMatches.size > 200_000) rememberedMatches.clear()
  const match = compareWords(field, collection)
  rememberedMatches.set(pair, match)
  return match
}

const rememberedMatches = new Map<string, WordMatch | null>()

function compareWords(field: string, collection: string): WordMatch | null {
  if (isInflected(field, collection)) return 'same'
  const concepts = conceptsOfWord(field)
  if (conceptsOfWord(collection).some((concept) => concepts.includes(concept))) return 'synonym'
  return isAbbreviation(field, collection) || isAbbreviation(collection, field) ? 'abbreviation' : null
}

/** The same word, but for its number or case. */
export function isInflected(one: string, other: string): boolean {
  if (one === other) return true
  if (one.length < shortestStem || other.length < shortestStem) return false
  const stems = stemsOf(one)
  return stemsOf(other).some((stem) => stems.includes(stem)) || areA(one, other) || areA(other, one)
}

const rememberedStems = new Map<string, readonly string[]>()

/** The word, and without each ending that leaves enough of it; German plurals lose their umlauts when folded. */
function stemsOf(word: string): readonly string[] {
  const known = rememberedStems.get(word)
  if (known !== undefined) return known
  if (rememberedStems.size > 20_000) rememberedStems.clear()
  const stems = [word]
  for (const ending of endings) {
    const left = word.length - ending.length
    // Of a short word only the commonest endings are taken: `care` is not the plural of `car`.
    if (left >= (ending === 's' || ending === 'n' ? shortestStem : shortestStem + 1) && word.endsWith(ending))
      stems.push(...undoubled(word.slice(0, left)))
  }
  rememberedStems.set(word, stems)
  return stems
}

/** Dutch doubles a letter before an ending: `adressen`, `adres`. */
const undoubled = (stem: string): readonly string[] =>
  stem.at(-1) === stem.at(-2) && stem.length > shortestStem ? [stem, stem.slice(0, -1)] : [stem]

/** `klient` and `klienci`, `category` and `categories`. */
const areA = (one: string, other: string): boolean =>
  pairs.some(
    ([singular = '', plural = '']) =>
      one.endsWith(singular) &&
      other.endsWith(plural) &&
      one.length - singular.length >= (singular.length > 3 ? 0 : 2) &&
      one.slice(0, one.length - singular.length) === other.slice(0, other.length - plural.length),
  )

/** `cust` begins `customer`; `slsrep` is `salesrep` without vowels. */
function isAbbreviation(short: string, long: string): boolean {
  if (short.length < shortestAbbreviation || short.length >= long.length) return false
  if (long.startsWith(short)) return long.length - short.length >= 2
  if (short.charAt(0) !== long.charAt(0)) return false
  const consonants = withoutVowels(short)
  return consonants.length >= shortestAbbreviation && withoutVowels(long) === consonants
}

const withoutVowels = (word: string): string =>
  word.charAt(0) +
  word
    .slice(1)
    .replace(/[aeiouy]/g, '')
    .replace(/(.)\1/g, '$1')

const conceptsOfWord = (word: string): readonly number[] =>
  stemsOf(word).flatMap((stem) => conceptsOf.get(stem) ?? [])

function indexConcepts(): ReadonlyMap<string, readonly number[]> {
  const index = new Map<string, number[]>()
  for (const [concept, list] of words.concepts.entries())
    for (const word of foldedEntries(list)) index.set(word, [...(index.get(word) ?? []), concept])
  return index
}
