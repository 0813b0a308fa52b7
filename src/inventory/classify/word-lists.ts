import { foldText, foldUmlauts } from './fold-text.ts'

/** A comma-separated list of the data files. */
export const listed = (list: string): readonly string[] =>
  list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')

/** A list's entries folded, each also in the spelling without umlauts. */
export function foldedEntries(list: string): readonly string[] {
  const entries = listed(list).flatMap((entry) => [foldText(entry), foldUmlauts(entry)])
  return [...new Set(entries)]
}

/** All languages of an entry such as `{ en: '…', fr: '…' }`. */
export const foldedLanguages = (lists: Readonly<Record<string, string | undefined>>): readonly string[] => [
  ...new Set(Object.values(lists).flatMap((list) => (list === undefined ? [] : foldedEntries(list)))),
]
