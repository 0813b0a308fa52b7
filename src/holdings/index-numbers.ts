import { wordsOf } from './index-words.ts'
import { oneCase } from './one-case.ts'
import { addPerson, listOf, type PeopleBy } from './people-by.ts'
import type { Term } from './spans.ts'

const digitsIn = (text: string): number => text.replace(/[^0-9]+/g, '').length

/** Phones by their last nine digits; accounts and national numbers by all their letters and digits, however grouped. */
export function indexNumbers() {
  const phones: PeopleBy = new Map()
  const phoneLengths = new Set<number>()
  const grouped: PeopleBy = new Map()
  const groupedLengths = new Set<number>()
  /** Texts with fewer digits than every one of these hold none of them. */
  let [fewest, fewestGrouped, longestGrouped] = [Infinity, Infinity, 0]
  return {
    /** Whether a term of this kind can be looked up so. */
    add({ kind, value }: Term, person: number): boolean {
      if (kind === 'phone') {
        const national = value.replace(/\D/g, '').slice(-9)
        if (national === '') return false
        addPerson(phones, national, person)
        phoneLengths.add(national.length)
        fewest = Math.min(fewest, national.length)
        return true
      }
      if (kind !== 'bank-account' && kind !== 'national-id') return false
      const whole = wordsOf(oneCase(value)).join('')
      if (whole === '') return false
      addPerson(grouped, whole, person)
      groupedLengths.add(whole.length)
      fewestGrouped = Math.min(fewestGrouped, digitsIn(whole))
      longestGrouped = Math.max(longestGrouped, whole.length)
      return true
    },
    /** In a text of one case, and its words. */
    find(text: string, words: readonly string[], found: Set<number>): void {
      if (phones.size === 0 && grouped.size === 0) return
      const digits = digitsIn(text)
      const add = (people: PeopleBy, key: string) => {
        for (const person of listOf(people.get(key))) found.add(person)
      }
      if (digits >= fewest)
        for (const number of numbersIn(text))
          for (const length of phoneLengths) if (number.length >= length) add(phones, number.slice(-length))
      if (digits >= fewestGrouped)
        for (let i = 0; i < words.length; i += 1) {
          let whole = ''
          for (let j = i; j < words.length && whole.length < longestGrouped; j += 1) {
            whole += words[j]
            if (groupedLengths.has(whole.length)) add(grouped, whole)
          }
        }
    },
  }
}

/** Digits up to the end of each group of them, with all groups before it that nothing but separators keep apart. */
function* numbersIn(text: string): Iterable<string> {
  for (const [run] of text.matchAll(/[0-9][0-9 .()/\u00a0\u202f-]*/g)) {
    let number = ''
    for (const [group] of run.matchAll(/[0-9]+/g)) {
      // So much of what came before can belong to one number.
      number = number.slice(-9) + group
      yield number
    }
  }
}
