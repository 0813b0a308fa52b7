import { detectorsOf, eachFound, foundBy, type Traits } from './cell-traits.ts'
import { phraseAt, splitWords } from './fold-text.ts'
import { allSignals } from './value-signals.ts'
import { foldedEntries, foldedLanguages, listed } from './word-lists.ts'
import specialVocabulary from './words/special-vocabulary.json' with { type: 'json' }
import vocabulary from './words/value-vocabulary.json' with { type: 'json' }

const { about: _, ...bySpeech } = specialVocabulary
const entriesOf: readonly (readonly [string, readonly string[]])[] = [
  ...Object.entries(vocabulary).flatMap(([list, entries]) =>
    typeof entries === 'string' ? [[list, foldedEntries(entries)] as const] : [],
  ),
  ...Object.entries(bySpeech).map(([list, languages]) => [list, foldedLanguages(languages)] as const),
]
const lists = [...new Set(entriesOf.map(([list]) => list))]

/** Every signal by its place: the patterns, then each list a value may be of whole (`is-`), or in part (`has-`). */
export const signalNames: readonly string[] = [
  ...allSignals.map(({ name }) => name),
  ...lists.flatMap((list) => [`is-${list}`, `has-${list}`]),
]
const ofWhole = (list: number): number => allSignals.length + 2 * list
const ofPart = (list: number): number => ofWhole(list) + 1

const detectors = detectorsOf(allSignals.map((signal, place) => ({ ...signal, name: place })))

const nowhere: readonly number[] = []
/** Words and phrases of the vocabularies, each with the lists it stands in. */
const listsOf = new Map<string, readonly number[]>()
/** The words that phrases begin with: the lists that have the word alone, and how many words the longest phrase has. */
const beginnings = new Map<string, { readonly alone: readonly number[]; readonly longest: number }>()
for (const [name, entries] of entriesOf) {
  const list = lists.indexOf(name)
  for (const entry of entries) {
    const words = splitWords(entry)
    const phrase = words.join(' ')
    const known = listsOf.get(phrase) ?? nowhere
    if (!known.includes(list)) listsOf.set(phrase, [...known, list])
    const [first = ''] = words
    const longest = Math.max(words.length, beginnings.get(first)?.longest ?? 0)
    beginnings.set(first, { alone: listsOf.get(first) ?? nowhere, longest })
  }
}
const longestPhrase = 3
const longestEntry = 60
const mostWords = 8

/** Of each signal, by its place in `signalNames`, how many values have it, zero between two columns; and those that any has. */
const counts = new Uint16Array(signalNames.length)
const met = new Uint16Array(signalNames.length)
let metSignals = 0
const countOne = (place: number): void => {
  const known = counts[place] ?? 0
  if (known === 0) met[metSignals++] = place
  counts[place] = known + 1
}

/** Tells by its place in `signalNames` each signal that any of a few values has, and how many have it. */
export function countSignals(values: readonly Traits[], tell: (signal: number, found: number) => void): void {
  for (const traits of values) {
    eachFound(detectors, traits, countOne)
    eachList(traits, countOne)
  }
  for (let i = 0; i < metSignals; i++) {
    const place = met[i] ?? 0
    tell(place, counts[place] ?? 0)
    counts[place] = 0
  }
  metSignals = 0
}

/** The value in which each list was last found, so that it counts once a value. */
const foundIn = new Int32Array(lists.length)
let value = 0

/** The vocabularies a short value speaks from, by their signals: whole or in part. */
function eachList({ words, length }: Traits, tell: (place: number) => void): void {
  if (length > longestEntry || words.length > mostWords) return
  value++
  for (let start = 0; start < words.length; start++) {
    const beginning = beginnings.get(words[start] ?? '')
    if (beginning === undefined) continue
    const { alone, longest } = beginning
    const listsWith = (size: number) =>
      size === 1 ? alone : (listsOf.get(phraseAt(words, start, size)) ?? nowhere)
    // Whole before in part: a list says either.
    if (start === 0 && longest >= words.length)
      for (const list of listsWith(words.length)) {
        foundIn[list] = value
        tell(ofWhole(list))
      }
    const most = Math.min(longest, longestPhrase, words.length - start)
    for (let size = 1; size <= most; size++)
      for (const list of listsWith(size)) {
        if (foundIn[list] === value) continue
        foundIn[list] = value
        tell(ofPart(list))
      }
  }
}

/** Forms that values of special categories alone have: sections of a penal code, alleles, codes of illnesses. */
const formsOfSpecial: ReadonlySet<string> = new Set(listed(vocabulary.about.forms))
const speaking = detectorsOf(allSignals.filter(({ name }) => formsOfSpecial.has(name)))
const listsOfSpecial = new Set(
  listed(vocabulary.about.special).flatMap((name) => {
    const list = lists.indexOf(name)
    return [ofWhole(list), ofPart(list)]
  }),
)

/** Whether so many of the values are in a vocabulary of a special category, whole or in part, or have a form of one. */
export function speakOfSpecial(values: readonly Traits[], least: number): boolean {
  let missing = least * values.length
  let left = values.length
  for (const traits of values) {
    // As soon as the rest cannot reach it, or need not, nothing more is looked at.
    if (missing <= 0 || left < missing) break
    if (speaksOfSpecial(traits)) missing--
    left--
  }
  return values.length > 0 && missing <= 0
}

function speaksOfSpecial(traits: Traits): boolean {
  let isSpecial = foundBy(speaking, traits).length > 0
  if (!isSpecial)
    eachList(traits, (place) => {
      isSpecial ||= listsOfSpecial.has(place)
    })
  return isSpecial
}
