import { foldText, foldUmlauts } from './fold-text.ts'
import peopleNames from './words/people-names.json' with { type: 'json' }

export const givenNames = names(peopleNames.given)
const family = names(peopleNames.family)
/** `de la Cruz`, `van den Berg`: no names by themselves. */
const particles = new Set([
  'de',
  'da',
  'do',
  'dos',
  'di',
  'del',
  'la',
  'le',
  'van',
  'den',
  'der',
  'von',
  'el',
  'al',
  'conti',
  'post',
])

const known = new Set(givenNames)
for (const name of family) if (!particles.has(name)) known.add(name)

/** Whether folded words read as a person's name: one known given or family name among at most a few words. */
export function isPersonName(words: readonly string[]): boolean {
  for (const word of words) if (known.has(word)) return true
  return false
}

export const isGivenName = (folded: string): boolean => givenNames.has(folded)

function names(lists: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set(
    Object.values(lists).flatMap((list) =>
      list.split(/\s+/).flatMap((name) => [foldText(name), foldUmlauts(name)]),
    ),
  )
}
