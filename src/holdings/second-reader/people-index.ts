import type { FoundRow, RowKey } from '../../connectors/public.ts'
import { codeForm, type IdentifierIndex, identifierIndex } from './identifier-index.ts'
import { type Name, type NameIndex, nameIndex } from './name-index.ts'
import { asShown, emailsIn, longestShort, mostWords, phoneEndsIn, piecesIn } from './read-cell.ts'
import { isDocument, objectsIn, rewritten, unescaped } from './read-document.ts'
import type { ResidueSearch } from './residue.ts'
import { isAscii, plain, readingsOf, withoutAlias } from './spellings.ts'
import { formsOf, wordsOf } from './wanted.ts'

/** Which of many people a row may concern. */
export interface PeopleIndex {
  /** Everybody of whom `rowReader` would find anything in the row, and few besides. */
  candidates(collection: string, row: FoundRow): ReadonlySet<ResidueSearch>
  /** Those of whom the row is a possible match that nobody ruled on. */
  undecided(collection: string, key: RowKey): readonly ResidueSearch[]
}

interface Index {
  readonly certain: IdentifierIndex
  /** Shared identifiers, which tell somebody only where a name that others bear too stands in the same row. */
  readonly beside: IdentifierIndex
  readonly names: NameIndex
  /** Whether something of a document may be kept: its reader then sees it written anew. */
  readonly hasKeptPaths: boolean
}

/** What a row says of anybody. */
interface Seen {
  readonly people: Set<ResidueSearch>
  readonly beside: Set<ResidueSearch>
  /** Words of names in cells that may be a part of a name. */
  readonly words: Set<number>
  hasAmbiguousName: boolean
}

export function peopleIndex(people: readonly ResidueSearch[]): PeopleIndex {
  const index: Index = {
    certain: identifierIndex(),
    beside: identifierIndex(),
    names: nameIndex(),
    hasKeptPaths: people.some(({ keptPaths }) => keptPaths !== undefined),
  }
  const open = new Map<string, ResidueSearch[]>()
  for (const person of people) {
    const { wanted, ambiguous, undecided } = person
    const [own, weak] = [formsOf(wanted), formsOf([...ambiguous.names, ...ambiguous.beside])]
    index.certain.add(own, person)
    index.beside.add(weak, person)
    for (const name of own.names) index.names.add(name, person)
    for (const name of weak.names) index.names.add(name, null)
    for (const { collection, key } of undecided) {
      const place = placeOf(collection, key)
      open.set(place, [...(open.get(place) ?? []), person])
    }
  }
  const undecided = (collection: string, key: RowKey) =>
    open.size === 0 ? [] : (open.get(placeOf(collection, key)) ?? [])
  return {
    undecided,
    candidates(collection, { key, cells }) {
      const seen: Seen = { people: new Set(), beside: new Set(), words: new Set(), hasAmbiguousName: false }
      for (const cell of cells) if (cell !== null && cell !== '') lookAtCell(index, cell, seen)
      index.names.over(seen.words, noteName(seen))
      if (seen.hasAmbiguousName) for (const person of seen.beside) seen.people.add(person)
      for (const person of undecided(collection, key)) seen.people.add(person)
      return seen.people
    },
  }
}

const placeOf = (collection: string, key: RowKey): string => `${collection} ${key}`

function lookAtCell(index: Index, cell: string, seen: Seen): void {
  const words = lookAtText(index, cell, seen)
  if (cell.length <= longestShort && words.length <= mostWords) noteWords(index, words, seen.words)
  for (const text of otherReadings(cell)) lookAtText(index, text, seen)
  if (isDocument(cell)) lookAtDocument(index, cell, seen)
}

/** A cell as it is shown, and as readers of its JSON see it. */
function otherReadings(cell: string): readonly string[] {
  const raw = unescaped(cell)
  return [...asShown(cell).slice(1), ...(raw === null ? [] : asShown(raw))]
}

/** Looks for everybody in a text; returns its words. */
function lookAtText({ certain, beside, names }: Index, text: string, seen: Seen): readonly string[] {
  const ascii = isAscii(text)
  const [first = '', ...others] = ascii ? [text.toLowerCase()] : readingsOf(text)
  const words = wordsIn(first, ascii)
  const pieces = ascii ? words : piecesIn(text).map(codeForm)
  const emails = !ascii || text.includes('@') ? emailsIn(text) : []
  const aliased = emails.filter((email) => email.includes('+')).map(withoutAlias)
  const forms = [...emails, ...phoneEndsIn(text)]
  for (const form of [...forms, ...aliased, ...certain.codesIn(pieces)])
    for (const person of certain.bearers(form)) seen.people.add(person)
  if (beside.size > 0)
    for (const form of [...forms, ...beside.codesIn(pieces)])
      for (const person of beside.bearers(form)) seen.beside.add(person)
  names.inText(words.map(names.wordOf), noteName(seen))
  for (const reading of others) names.inText(wordsOf(reading).map(names.wordOf), noteName(seen))
  return words
}

const wordsIn = (folded: string, ascii: boolean): readonly string[] =>
  ascii ? folded.split(/[^a-z0-9]+/).filter((word) => word !== '') : wordsOf(folded)

const noteName =
  (seen: Seen) =>
  ({ people, isAmbiguous }: Name): void => {
    for (const person of people) seen.people.add(person)
    if (isAmbiguous) seen.hasAmbiguousName = true
  }

function noteWords({ names }: Index, words: readonly string[], noted: Set<number>): void {
  for (const word of words) {
    const number = names.wordOf(word)
    if (number !== undefined) noted.add(number)
  }
}

/** Names over the members of its objects, and what is left of it where some is kept: that may be short enough for a row's name. */
function lookAtDocument(index: Index, cell: string, seen: Seen): void {
  for (const values of objectsIn(cell)) {
    const words = new Set<number>()
    for (const value of values)
      if (value.length <= longestShort) noteWords(index, wordsOf(plain(value)), words)
    index.names.over(words, noteName(seen))
  }
  const anew = index.hasKeptPaths ? rewritten(cell) : null
  if (anew === null) return
  noteWords(index, lookAtText(index, anew, seen), seen.words)
  for (const text of otherReadings(anew)) lookAtText(index, text, seen)
}
