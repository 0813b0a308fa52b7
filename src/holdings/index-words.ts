import { nameForms } from './name-forms.ts'
import { oneCase } from './one-case.ts'
import { addPerson, listOf, type PeopleBy } from './people-by.ts'
import type { Term } from './spans.ts'
import { orders } from './spans-of-name.ts'
import { wordBeginnings } from './word-beginnings.ts'

/** Runs of letters and digits: a name or a customer number stands between two borders of such runs. */
export const wordsOf = (text: string): readonly string[] =>
  text.match(/^[\x00-\x7f]*$/.test(text) ? /[a-z0-9]+/g : /[\p{L}\p{N}]+/gu) ?? []

/** More words than this are not looked up by their first. */
const longest = 30

/**
 * Names, numbers and user names by all their words in a row: a first name that thousands share leads to nobody. Words are
 * those of `oneCase`, of names those of `fold`.
 */
export function indexWords(people: number) {
  const rows: PeopleBy = new Map()
  const beginnings = wordBeginnings(people)
  /** Of each first word how many words follow from it, as bits. */
  const lengths = new Map<string, number>()
  return {
    /** Whether a term of this kind can be looked up so. */
    add(term: Term, person: number): boolean {
      if (!(term.kind === 'name' || term.kind === 'number' || term.kind === 'username')) return false
      const forms =
        term.kind === 'name'
          ? nameForms(term.value).flatMap((form) => orders(form).map((words) => words.join(' ')))
          : [oneCase(term.value)]
      const all = forms.map(wordsOf)
      if (all.some((words) => words.length === 0 || words.length > longest)) return false
      for (const words of all) {
        const first = words[0] ?? ''
        addPerson(rows, words.join(' '), person)
        beginnings.add(words)
        lengths.set(first, (lengths.get(first) ?? 0) | (1 << words.length))
      }
      return true
    },
    /**
     * Whether a text may hold any of them, told in one passage over its letters: nearly no text does, and taking each apart
     * costs ten times as much. Undefined where it is not plain ASCII.
     */
    mayFind: beginnings.mayBeIn,
    find(words: readonly string[], found: Set<number>): void {
      for (let i = 0; i < words.length; i += 1) {
        const bits = lengths.get(words[i] ?? '')
        if (bits === undefined) continue
        for (let length = 1; length <= longest && bits >> length !== 0; length += 1) {
          if ((bits & (1 << length)) === 0 || i + length > words.length) continue
          for (const person of listOf(rows.get(words.slice(i, i + length).join(' ')))) found.add(person)
        }
      }
    },
  }
}
