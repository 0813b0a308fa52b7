import { type Fold, foldText } from '../connectors/public.ts'
import { nameOf } from './bearer.ts'
import type { Identifier } from './holdings.ts'
import { fold } from './name-forms.ts'
import { addPerson, listOf, type PeopleBy } from './people-by.ts'
import { aliasesOf, type Person } from './person.ts'

/** People of the same names, so that a row is asked once for all of them. */
export interface NameGroup {
  /** As `nameOf` writes them. */
  readonly names: readonly string[]
  readonly written: Person['names']
  readonly people: readonly number[]
}

/** Who of many people bears a name, a shared identifier or an address; a person is its place in the list. */
export interface BearerIndex {
  readonly hasAliases: boolean
  readonly hasNames: boolean
  readonly hasShared: (kind: Identifier['kind']) => boolean
  /** By texts as `foldText` makes them. */
  readonly shared: (kind: Identifier['kind'], by: Fold) => ReadonlyMap<string, readonly Sharer[]>
  /** By an address without its part behind the plus sign. */
  readonly withAddress: (plain: string) => readonly number[]
  readonly named: (name: string) => readonly NameGroup[]
  /** False where nobody's name can be made of the words of these cells. */
  readonly mayBeNamed: (cells: readonly string[]) => boolean
  readonly namesOf: (person: number) => readonly string[]
}

export type Sharer = readonly [person: number, identifier: Identifier]

/** Rows with more words than this are looked at closely at once. */
const manyWords = 12

export function indexBearers(people: readonly Person[]): BearerIndex {
  const kinds = new Set(people.flatMap(({ shared }) => shared.map(({ kind }) => kind)))
  const sharedBy = new Map<Identifier['kind'], ReadonlyMap<string, readonly Sharer[]>>()
  const aliases: PeopleBy = new Map()
  for (const [person, one] of people.entries())
    for (const { value } of aliasesOf(one)) addPerson(aliases, value, person)
  const groups = groupsOf(people)
  const groupOf: (NameGroup | undefined)[] = []
  /** Places in `groups`. */
  const byName: PeopleBy = new Map()
  /** Of names of more than two words, two by which to know them; a name of two is its own pair. */
  const pairs = new Set<string>()
  for (const [place, group] of groups.entries()) {
    for (const person of group.people) groupOf[person] = group
    for (const name of group.names) addPerson(byName, name, place)
    for (const words of group.written) if (words.length > 2) pairs.add(pairOf(...longestTwo(words.map(fold))))
  }
  const isPair = (one: string, other: string): boolean => {
    const pair = pairOf(one, other)
    return byName.has(pair) || pairs.has(pair)
  }
  return {
    hasAliases: aliases.size > 0,
    hasNames: groups.length > 0,
    hasShared: (kind) => kinds.has(kind),
    shared(kind, by) {
      const sharers = sharedBy.get(kind) ?? sharersOf(people, kind, by)
      sharedBy.set(kind, sharers)
      return sharers
    },
    withAddress: (plain) => listOf(aliases.get(plain)),
    named: (name) => listOf(byName.get(name)).flatMap((place) => groups[place] ?? []),
    mayBeNamed(cells) {
      const words = cells.flatMap(foldedWords)
      if (words.length > manyWords) return true
      return words.some((one, i) => words.some((other, j) => i < j && isPair(one, other)))
    },
    namesOf: (person) => groupOf[person]?.names ?? [],
  }
}

/** A phone that a whole house shares is kept once, with everybody who has it. */
function sharersOf(
  people: readonly Person[],
  kind: Identifier['kind'],
  by: Fold,
): ReadonlyMap<string, readonly Sharer[]> {
  const sharers = new Map<string, Sharer[]>()
  for (const [person, { shared }] of people.entries())
    for (const identifier of shared) {
      const text = identifier.kind === kind ? foldText(by, identifier.value) : ''
      // Without a digit there is nothing by which the target could have found a row.
      if (text === '') continue
      const known = sharers.get(text)
      if (known) known.push([person, identifier])
      else sharers.set(text, [[person, identifier]])
    }
  return sharers
}

function groupsOf(people: readonly Person[]): readonly NameGroup[] {
  const groups = new Map<string, NameGroup & { readonly people: number[] }>()
  for (const [person, { names }] of people.entries()) {
    if (names.length === 0) continue
    const label = JSON.stringify(names)
    const known = groups.get(label)
    if (known) known.people.push(person)
    else groups.set(label, { names: [...new Set(names.map(nameOf))], written: names, people: [person] })
  }
  return [...groups.values()]
}

/** Two words of a name tell more than one: a first name alone is everybody's. Written as `nameOf` writes a name of two. */
const pairOf = (one: string, other: string): string => (one < other ? `${one} ${other}` : `${other} ${one}`)

function longestTwo(words: readonly string[]): readonly [string, string] {
  const [one = '', other = ''] = words.toSorted((a, b) => b.length - a.length)
  return [one, other]
}

/** As `nameOf` folds the words of a cell. */
function foldedWords(cell: string): readonly string[] {
  if (/^[\x00-\x7f]*$/.test(cell)) return cell.toLowerCase().split(/\s+/)
  return cell.split(/\s+/).map(fold)
}
