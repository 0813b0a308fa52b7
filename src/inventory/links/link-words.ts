import type { CollectionDescription } from '../../connectors/public.ts'
import { bareName } from '../classify/collection-kind.ts'
import { foldText } from '../classify/fold-text.ts'
import { foldedEntries } from '../classify/word-lists.ts'
import { isInflected, matchWords } from './same-word.ts'
import words from './words.json' with { type: 'json' }

/** The words of a system's names, read with the words of its own collections as dictionary. */
export interface LinkWords {
  /** What a collection's rows are called: `tbl_order_items` → order, items. */
  ofCollection(name: string): readonly string[]
  /** `H_CUSTNO` → cust, no where every field of its collection begins with `H`. */
  ofField(collection: string, field: string): readonly string[]
}

const idWords = new Set(foldedEntries(words.ids))
const suffixes = foldedEntries(words.suffixes)
const stopwords = new Set(foldedEntries(words.stop))
const neutral = new Set(foldedEntries(words.neutral))
/** Endings that many words have by nature (`android`, `casino`): taken off only what the schema knows. */
const shortSuffixes = ['id', 'no', 'cd', 'ref', 'key', 'num']
const fewestForPrefix = 4
const mostShared = 0.6

export const isIdWord = (word: string): boolean => idWords.has(word)

/** Splits names at case, digits and signs; then compounds where a collection's name is one part. */
export function linkWords(collections: readonly CollectionDescription[]): LinkWords {
  const bare = collections.map(({ name }) => splitName(bareName(name)))
  const shared = sharedFirstWord(bare, fewestForPrefix)
  const entities = new Set(bare.flatMap((all) => withoutNeutral(all, shared)))
  const compound = (word: string) => splitCompound(word, entities)
  const ofCollections = new Map(
    collections.map(({ name }, i) => [name, withoutNeutral(bare[i] ?? [], shared).flatMap(compound)]),
  )
  const prefixes = new Map(
    collections.map(({ name, fields }) => {
      const prefix = sharedFirstWord(
        fields.map((field) => splitName(field.name)),
        3,
        1,
      )
      return [name, prefix !== null && prefix.length <= 2 ? prefix : null]
    }),
  )
  const fieldWords = (collection: string, field: string): readonly string[] => {
    const all = splitName(field)
    const own = all.length > 1 && all[0] === prefixes.get(collection) ? all.slice(1) : all
    const split = own.flatMap(compound)
    const meaning = split.filter((word) => !stopwords.has(word))
    return meaning.length > 0 ? meaning : split
  }
  const ofFields = new Map(
    collections.map(({ name, fields }) => [
      name,
      new Map(fields.map((field) => [field.name, fieldWords(name, field.name)])),
    ]),
  )
  return {
    ofCollection: (name) => ofCollections.get(name) ?? [],
    ofField: (collection, field) => ofFields.get(collection)?.get(field) ?? fieldWords(collection, field),
  }
}

function splitName(name: string): readonly string[] {
  const spaced = name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\p{N})/gu, '$1 $2')
  return foldText(spaced)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !/^\p{N}+$/u.test(word))
}

/** The word that nearly all names begin with, such as a letter for the table or `hr` for the module. */
function sharedFirstWord(
  names: readonly (readonly string[])[],
  fewest: number,
  share = mostShared,
): string | null {
  if (names.length < fewest) return null
  const counts = new Map<string, number>()
  for (const [first, ...rest] of names)
    if (first !== undefined && rest.length > 0) counts.set(first, (counts.get(first) ?? 0) + 1)
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1])
  return most !== undefined && most[1] >= names.length * share ? most[0] : null
}

function withoutNeutral(all: readonly string[], shared: string | null): readonly string[] {
  const own = all.length > 1 && all[0] === shared ? all.slice(1) : all
  const meaning = own.filter((word) => !neutral.has(word) && !stopwords.has(word))
  return meaning.length > 0 ? meaning : own
}

/** `kundennr` → kunden, nr; `customerid` and `idcustomer` where there are customers; else the word as it is. */
function splitCompound(word: string, entities: ReadonlySet<string>): readonly string[] {
  if (word.length < 5 || idWords.has(word)) return [word]
  if ([...entities].some((entity) => isInflected(word, entity))) return [word]
  const names = (part: string) =>
    part.length >= 3 && [...entities].some((entity) => matchWords(part, entity) !== null)
  for (const suffix of shortSuffixes)
    if (word.endsWith(suffix) && names(word.slice(0, -suffix.length)))
      return [word.slice(0, -suffix.length), suffix]
  for (const suffix of suffixes)
    if (word.endsWith(suffix) && word.length - suffix.length >= 3)
      return [word.slice(0, -suffix.length), suffix]
  for (const prefix of ['id', 'fk', 'cod', 'num', 'ref'])
    if (word.startsWith(prefix) && names(word.slice(prefix.length)))
      return [prefix, word.slice(prefix.length)]
  return [word]
}
