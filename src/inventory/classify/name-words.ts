import { foldText } from './fold-text.ts'
import { remembered } from './remembered.ts'
import { readsShortened } from './shortened-words.ts'
import { foldedEntries, foldedLanguages } from './word-lists.ts'
import collections from './words/collections.json' with { type: 'json' }
import contactFields from './words/contact-fields.json' with { type: 'json' }
import lifeFields from './words/life-fields.json' with { type: 'json' }
import parts from './words/name-parts.json' with { type: 'json' }
import numberFields from './words/number-fields.json' with { type: 'json' }
import roles from './words/roles.json' with { type: 'json' }
import specialFields from './words/special-fields.json' with { type: 'json' }

const stopwords = new Set(foldedEntries(parts.stopwords))
const abbreviations: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(parts.abbreviations).flatMap(([words, shorts]) =>
    foldedEntries(shorts).map((short) => [short, words.split(' ')] as const),
  ),
)
const shortPieces = new Set(foldedEntries(parts.shortPieces))
const ofFields = [contactFields, numberFields, lifeFields, specialFields].flatMap((file) =>
  file.entries.flatMap(({ category, strength: _, ...languages }) =>
    foldedLanguages(languages).map((phrase) => ({ category, words: rawWords(phrase) })),
  ),
)
/** Words that are more than a part of a field's name: kinds of collections, roles, `verified`. */
const ofOthers: ReadonlySet<string> = new Set(
  [
    ...[
      ...Object.values(collections.kinds),
      ...Object.values(specialFields.topics),
      ...Object.values(roles.roles),
      roles.contact,
      roles.use,
    ].flatMap(foldedLanguages),
    ...[parts.aboutLast, parts.aboutAnywhere, parts.neutral, parts.idWords].flatMap(foldedEntries),
  ].flatMap(rawWords),
)
const vocabulary: ReadonlySet<string> = new Set([...ofFields.flatMap(({ words }) => words), ...ofOthers])
/** Words that are a field's or a collection's name by themselves. */
const named: ReadonlySet<string> = new Set([
  ...ofFields.flatMap(({ words }) => (words.length === 1 ? words : [])),
  ...ofOthers,
])
const standsFor = readsShortened(meaningOfWords())

/** Shorter pieces would take words apart that only happen to end alike: `post|age`. */
const minPieceLength = 4
const minCompoundLength = 6

/**
 * The words of a field's or a collection's name, folded and written out: `custFirstName` → customer, first, name;
 * `GEBURTSDATUM` → geburtsdatum; `codepostal` → code, postal. Digits and small words are dropped.
 */
export const wordsOf: (name: string) => readonly string[] = remembered((name) => {
  const words = rawWords(name).flatMap(knownWords)
  const meaning = words.filter((word) => !stopwords.has(word))
  return meaning.length > 0 ? meaning : words
})

/** A phrase of the data files in the form `wordsOf` gives names, so that both meet. */
export function phraseOf(folded: string): string {
  const words = rawWords(folded)
  const meaning = words.filter((word) => !stopwords.has(word))
  return (meaning.length > 0 ? meaning : words)
    .flatMap((word) => abbreviations.get(word) ?? [asNamed(word)])
    .join(' ')
}

function rawWords(name: string): readonly string[] {
  const spaced = name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\p{N})/gu, '$1 $2')
    .replace(/(\p{N})(\p{L})/gu, '$1 $2')
  return foldText(spaced)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !/^\p{N}+$/u.test(word))
}

function knownWords(word: string): readonly string[] {
  const written = abbreviations.get(word)
  if (written !== undefined) return written
  if (vocabulary.has(word)) return [asNamed(word)]
  const singular = singularOf(word)
  if (singular !== undefined) return [singular]
  const taken = word.length < minCompoundLength ? undefined : pieces(word, 4)
  return taken ?? [standsFor(word) ?? word]
}

/**
 * The category of each word that is a field's name by itself, or a part of names of one category alone; every other known
 * word is a meaning of its own.
 */
function meaningOfWords(): ReadonlyMap<string, string> {
  const meanings = new Map<string, string>([...vocabulary].map((word) => [word, word]))
  const within = Map.groupBy(
    ofFields.flatMap(({ category, words }) => words.map((word) => ({ category, word }))),
    ({ word }) => word,
  )
  for (const [word, uses] of within) {
    const [category, ...others] = new Set(uses.map((use) => use.category))
    if (category !== undefined && others.length === 0 && !ofOthers.has(word)) meanings.set(word, category)
  }
  for (const { category, words } of ofFields) {
    const [word] = words
    if (word !== undefined && words.length === 1) meanings.set(word, category)
  }
  return meanings
}

/** `observaciones` is known from `observaciones médicas` alone, `observación` is a field's name: the one is the other. */
function asNamed(word: string): string {
  if (named.has(word)) return word
  const singular = singularOf(word)
  return singular !== undefined && named.has(singular) ? singular : word
}

function singularOf(word: string): string | undefined {
  const candidates = [
    word.endsWith('ies') ? `${word.slice(0, -3)}y` : '',
    word.endsWith('es') ? word.slice(0, -2) : '',
    word.endsWith('s') || word.endsWith('x') || word.endsWith('n') || word.endsWith('e')
      ? word.slice(0, -1)
      : '',
    word.endsWith('en') ? word.slice(0, -2) : '',
  ]
  return candidates.find((candidate) => candidate.length >= 3 && vocabulary.has(candidate))
}

/** Takes a compound apart, longest piece first, when known words cover all of it. */
function pieces(word: string, most: number): readonly string[] | undefined {
  if (word === '') return []
  if (most === 0) return undefined
  for (let length = word.length; length >= 2; length--) {
    const piece = word.slice(0, length)
    const written = pieceWords(piece)
    const rest = written === undefined ? undefined : pieces(word.slice(length), most - 1)
    if (written !== undefined && rest !== undefined) return [...written, ...rest]
  }
  return undefined
}

function pieceWords(piece: string): readonly string[] | undefined {
  if (piece.length < minPieceLength && !shortPieces.has(piece)) return undefined
  return abbreviations.get(piece) ?? (vocabulary.has(piece) || shortPieces.has(piece) ? [piece] : undefined)
}
