import type { FoundRow, RowKey } from '../../connectors/public.ts'
import { codeForm, type IdentifierIndex, identifierIndex } from './identifier-index.ts'
import { type Name, type NameIndex, nameIndex } from './name-index.ts'
import { asShown, emailsIn, longestShort, mostWords, phoneEndsIn, piecesIn } from './read-cell.ts'
import { isDocument, objectsIn, rewritten, unescaped } from './read-document.ts'
import type { ResidueSearch } from './residue.ts'
import { silentCells } from './silent-cells.ts'
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
  /** How often something was noted, be it known already. */
  notes: number
}

/** Cities in Greek stand in every row, and no passage tells them: so many cells of which nobody has anything are remembered, if short. */
const [mostSilent, longestSilent] = [50_000, 24]

export function peopleIndex(people: readonly ResidueSearch[]): PeopleIndex {
  const index: Index = {
    certain: identifierIndex(),
    beside: identifierIndex(),
    names: nameIndex(),
    hasKeptPaths: people.some(({ keptPaths }) => keptPaths !== undefined),
  }
  const plainCells = silentCells(people.length)
  const open = new Map<string, ResidueSearch[]>()
  for (const person of people) {
    const { wanted, ambiguous, undecided } = person
    const [own, weak] = [formsOf(wanted), formsOf([...ambiguous.names, ...ambiguous.beside])]
    plainCells.add(own)
    plainCells.add(weak)
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
  const silent = new Set<string>()
  let seen = nothingSeen()
  return {
    undecided,
    candidates(collection, { key, cells }) {
      // Most rows say nothing of anybody, and leave it as it is.
      if (seen.notes > 0) seen = nothingSeen()
      for (const cell of cells) {
        if (cell === null || plainCells.isSilent(cell) || silent.has(cell)) continue
        const before = seen.notes
        lookAtCell(index, cell, seen)
        if (seen.notes > before || cell.length > longestSilent) continue
        if (silent.size >= mostSilent) silent.clear()
        silent.add(cell)
      }
      if (seen.words.size > 1) index.names.over(seen.words, noteName(seen))
      if (seen.hasAmbiguousName) for (const person of seen.beside) seen.people.add(person)
      const doubtful = undecided(collection, key)
      return doubtful.length === 0 ? seen.people : new Set([...seen.people, ...doubtful])
    },
  }
}

const nothingSeen = (): Seen => ({
  people: new Set(),
  beside: new Set(),
  words: new Set(),
  hasAmbiguousName: false,
  notes: 0,
})

const placeOf = (collection: string, key: RowKey): string => `${collection} ${key}`

function lookAtCell(index: Index, cell: string, seen: Seen): void {
  const words = lookAtText(index, cell, seen)
  if (cell.length <= longestShort && words.length <= mostWords) noteWords(index, words, seen.words, seen)
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
  const words = wordsIn(first)
  const pieces = ascii ? words : piecesIn(text).map(codeForm)
  const look = (form: string) => {
    seen.notes += certain.addBearers(form, seen.people)
    if (beside.size > 0) seen.notes += beside.addBearers(form, seen.beside)
  }
  if (at.test(text))
    for (const email of emailsIn(text)) {
      look(email)
      if (email.includes('+')) seen.notes += certain.addBearers(withoutAlias(email), seen.people)
    }
  if (text.length >= shortestPhone) for (const end of phoneEndsIn(text)) look(end)
  for (const code of certain.codesIn(pieces)) seen.notes += certain.addBearers(code, seen.people)
  if (beside.size > 0)
    for (const code of beside.codesIn(pieces)) seen.notes += beside.addBearers(code, seen.beside)
  for (const found of [words, ...others.map(wordsIn)])
    if (found.length > 1) names.inText(found.map(names.wordOf), noteName(seen))
  return words
}

/** The sign of an address, and what NFKC makes one. */
const at = /[@\ufe6b\uff20]/
const shortestPhone = 7

/** The words of a folded text, which is plain ASCII nearly always. */
const wordsIn = (folded: string): readonly string[] =>
  isAscii(folded) ? (folded.match(/[a-z0-9]+/g) ?? []) : wordsOf(folded)

const noteName =
  (seen: Seen) =>
  ({ people, isAmbiguous }: Name): void => {
    seen.notes += 1
    for (const person of people) seen.people.add(person)
    if (isAmbiguous) seen.hasAmbiguousName = true
  }

function noteWords({ names }: Index, words: readonly string[], noted: Set<number>, seen: Seen): void {
  for (const word of words) {
    const number = names.wordOf(word)
    if (number === undefined) continue
    noted.add(number)
    seen.notes += 1
  }
}

/** Names over the members of its objects, and what is left of it where some is kept: that may be short enough for a row's name. */
function lookAtDocument(index: Index, cell: string, seen: Seen): void {
  for (const values of objectsIn(cell)) {
    const words = new Set<number>()
    for (const value of values)
      if (value.length <= longestShort) noteWords(index, wordsIn(plain(value)), words, seen)
    index.names.over(words, noteName(seen))
  }
  const anew = index.hasKeptPaths ? rewritten(cell) : null
  if (anew === null) return
  noteWords(index, lookAtText(index, anew, seen), seen.words, seen)
  for (const text of otherReadings(anew)) lookAtText(index, text, seen)
}
