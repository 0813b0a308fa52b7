import { wordsOf } from './index-words.ts'
import { oneCase } from './one-case.ts'
import { addPerson, listOf, type PeopleBy } from './people-by.ts'
import type { Term } from './spans.ts'

const digitsIn = (text: string): number => text.replace(/[^0-9]+/g, '').length

/** So much of what came before can belong to one number. */
const [longestPhone, beyondPhone] = [9, 1e9]

/** Phones by their last nine digits; accounts and national numbers by all their letters and digits, however grouped. */
export function indexNumbers() {
  /** By how many digits are compared, and what these are worth. */
  const phones = new Map<number, PeopleBy<number>>()
  const grouped: PeopleBy = new Map()
  const groupedLengths = new Set<number>()
  /** Texts with fewer digits than every one of these hold none of them. */
  let [fewestGrouped, longestGrouped] = [Infinity, 0]
  return {
    /** Whether a term of this kind can be looked up so. */
    add({ kind, value }: Term, person: number): boolean {
      if (kind === 'phone') {
        const national = value.replace(/\D/g, '').slice(-longestPhone)
        if (national === '') return false
        const ofLength: PeopleBy<number> = phones.get(national.length) ?? new Map()
        phones.set(national.length, ofLength)
        addPerson(ofLength, Number(national), person)
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
    /** In a text, and its words in one case. */
    find(text: string, wordsIn: () => readonly string[], found: Set<number>): void {
      if (phones.size === 0 && grouped.size === 0) return
      const digits = eachNumber(text, (length, value) => {
        for (const [compared, people] of phones)
          if (length >= compared)
            for (const person of listOf(people.get(value % 10 ** compared))) found.add(person)
      })
      if (digits < fewestGrouped) return
      const words = wordsIn()
      for (let i = 0; i < words.length; i += 1) {
        let whole = ''
        for (let j = i; j < words.length && whole.length < longestGrouped; j += 1) {
          whole += words[j]
          if (!groupedLengths.has(whole.length)) continue
          for (const person of listOf(grouped.get(whole))) found.add(person)
        }
      }
    },
  }
}

const [zero, nine] = [48, 57]
const isDigit = (code: number): boolean => code >= zero && code <= nine
const separators: ReadonlySet<number> = new Set([...' .()/-\u00a0\u202f'].map((one) => one.charCodeAt(0)))

/**
 * Calls for the digits up to the end of each group of them, with all groups before it that nothing but separators keep apart:
 * how many they are, and what the last nine are worth. Returns the digits of the text. No piece of it is copied: every text is
 * looked through for numbers, and most have none.
 */
function eachNumber(text: string, call: (length: number, value: number) => void): number {
  let [digits, length, value] = [0, 0, 0]
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (isDigit(code)) {
      digits += 1
      length += 1
      value = (value * 10 + code - zero) % beyondPhone
      if (!isDigit(text.charCodeAt(i + 1))) call(length, value)
    } else if (length > 0 && !separators.has(code)) [length, value] = [0, 0]
  }
  return digits
}
