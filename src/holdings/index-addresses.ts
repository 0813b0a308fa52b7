import { oneCase } from './one-case.ts'
import { addPerson, listOf, type PeopleBy } from './people-by.ts'
import type { Term } from './spans.ts'

/** An address as `normaliseIdentifier` writes it. */
const plain = /^[^\s"(),:;<>@[\\\]]{1,64}@[a-z0-9_][a-z0-9_-]*(\.[a-z0-9_][a-z0-9_-]*)+$/
const neverLocal = /[\s"(),:;<>@[\\\]]/
const domainAt = /[a-z0-9_][a-z0-9_-]*(?:\.[a-z0-9_][a-z0-9_-]*)*/y
const longest = 64

/** E-mail addresses, as a text or a web address writes them, with or without something behind a plus sign. */
export function indexAddresses() {
  const addresses: PeopleBy = new Map()
  return {
    /** Whether a term of this kind can be looked up so. */
    add({ kind, value }: Term, person: number): boolean {
      const address = oneCase(value)
      if (kind !== 'email' || !plain.test(address)) return false
      addPerson(addresses, address, person)
      return true
    },
    /** In a text of one case. */
    find(text: string, found: Set<number>): void {
      if (addresses.size === 0) return
      for (const [at, after] of borders(text)) {
        domainAt.lastIndex = after
        const domain = domainAt.exec(text)?.[0]
        if (domain === undefined) continue
        for (const end of localEnds(text, at))
          for (const start of localStarts(text, end))
            for (const person of listOf(addresses.get(`${text.slice(start, end)}@${domain}`)))
              found.add(person)
      }
    },
  }
}

/** Where the local part ends and where the domain begins. */
function* borders(text: string): Iterable<readonly [number, number]> {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) yield [at, at + 1]
  for (let at = text.indexOf('%40'); at >= 0; at = text.indexOf('%40', at + 1)) yield [at, at + 3]
}

/** At the border, and before each plus sign that something short follows. */
function* localEnds(text: string, at: number): Iterable<number> {
  yield at
  for (let i = at - 1; i >= 0 && at - i <= longest + 3; i -= 1) {
    if (text[i] === '+') yield i
    else if (text[i] === '%') {
      if (text.startsWith('%2b', i)) yield i
      return
    } else if (!/[\w.-]/.test(text[i] ?? '')) return
  }
}

/** Wherever an address may begin: behind what is no part of one, or behind an encoded character. */
function* localStarts(text: string, end: number): Iterable<number> {
  for (let i = end - 1; i >= 0 && end - i <= longest; i -= 1) {
    if (neverLocal.test(text[i] ?? '')) return
    const isBorder =
      i === 0 || !/[\w.%+-]/.test(text[i - 1] ?? '') || /%[0-9a-f]{2}$/.test(text.slice(i - 3, i))
    if (isBorder) yield i
  }
}
