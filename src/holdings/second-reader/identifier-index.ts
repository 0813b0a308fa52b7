import { mostPieces } from './read-cell.ts'
import type { ResidueSearch } from './residue.ts'
import type { WantedForms } from './wanted.ts'

/** Addresses, numbers and codes of many people, in the forms in which they are compared. */
export interface IdentifierIndex {
  readonly size: number
  add(forms: WantedForms, person: ResidueSearch): void
  /** Adds whoever has this form; returns how many there are. */
  addBearers(form: string, people: Set<ResidueSearch>): number
  /** Codes that neighbouring pieces of a text make; the pieces as `codeForm` writes them. */
  codesIn(pieces: readonly string[]): readonly string[]
}

/** Final sigma depends on what follows, and pieces do not know it. */
export const codeForm = (code: string): string => code.toLowerCase().replaceAll('ς', 'σ')

/** So many first letters of each code are known by themselves: most pieces of most texts begin none. */
const known = 4
const [bits, otherLetter] = [7, 127]

/** The first letters of a text as one number; all that are not ASCII count as one. */
function beginningOf(text: string, length: number): number {
  let number = 0
  for (let i = 0; i < known; i += 1) {
    const letter = i < length && i < text.length ? Math.min(text.charCodeAt(i), otherLetter) : 0
    number = (number << bits) | letter
  }
  return number
}

export function identifierIndex(): IdentifierIndex {
  /** The person where one has it, which is nearly always: a list for each would take three times the room. */
  const people = new Map<string, ResidueSearch | ResidueSearch[]>()
  const beginnings = new Set<number>()
  let longest = 0
  const addForm = (form: string, person: ResidueSearch) => {
    const there = people.get(form)
    if (there === undefined) people.set(form, person)
    else if (!Array.isArray(there)) people.set(form, there === person ? person : [there, person])
    else if (there.at(-1) !== person) there.push(person)
  }
  const begins = (text: string) => beginnings.has(beginningOf(text, known))
  return {
    get size() {
      return people.size
    },
    add({ emails, phones, codes }, person) {
      for (const form of [...emails, ...phones]) addForm(form, person)
      for (const code of codes.keys()) {
        const form = codeForm(code)
        addForm(form, person)
        longest = Math.max(longest, form.length)
        for (let length = 1; length <= known; length += 1) beginnings.add(beginningOf(form, length))
      }
    },
    addBearers(form, found) {
      const there = people.get(form)
      if (there === undefined) return 0
      if (!Array.isArray(there)) {
        found.add(there)
        return 1
      }
      for (const person of there) found.add(person)
      return there.length
    },
    codesIn(pieces) {
      const found: string[] = []
      for (let start = 0; start < pieces.length; start += 1) {
        let joined = ''
        const last = Math.min(pieces.length, start + mostPieces)
        for (let end = start; end < last && joined.length < longest; end += 1) {
          joined += pieces[end]
          if (!begins(joined)) break
          if (people.has(joined)) found.push(joined)
        }
      }
      return found
    },
  }
}
