import type {
  Cell,
  CollectionDescription,
  FieldKind,
  FoundRow,
  Needle,
  ReadSession,
  RowKey,
  SystemDescription,
} from '../../connectors/public.ts'
import { cellsSpellingName, holdsAlias, kindsInCell } from './read-cell.ts'
import { objectsIn, unescaped, withoutKept, writtenInJson } from './read-document.ts'
import { spellingsOf } from './spellings.ts'
import { digitsOf, formsOf, isSearchable, type Wanted, type WantedForms, type WantedKind } from './wanted.ts'

export interface Residue {
  readonly collection: string
  readonly field: string
  readonly kinds: readonly WantedKind[]
  readonly rows: number
  /** True where the record may be another's: a person has to look at it. */
  readonly doubtful: boolean
}

export interface ResidueReport {
  readonly residue: readonly Residue[]
  /** Traces found in rows and fields that are kept with a ground. */
  readonly keptTraces: number
  readonly searched: { readonly collections: number; readonly fields: number; readonly rows: number }
  /** What was not looked at, and why: unknown is a state with a name. */
  readonly notSearched: readonly {
    readonly collection: string
    readonly field: string | null
    readonly why: NotSearched
  }[]
}

export type NotSearched = 'view' | 'binary' | 'unreadable'

/** Says whether a cell is one that stays with a ground. */
export type IsKept = (collection: string, key: RowKey, field: string) => boolean

export interface ResidueSearch {
  readonly wanted: readonly Wanted[]
  /** Names that others bear too: alone they say nothing, beside one of the shared identifiers they do. */
  readonly ambiguous: { readonly names: readonly Wanted[]; readonly beside: readonly Wanted[] }
  readonly isKept: IsKept
  /** Paths in the documents of a column that stay with a ground, in that row. */
  readonly keptPaths?: (collection: string, key: RowKey, column: string) => readonly string[]
  /** Records that somebody looked at and found to be another person's. */
  readonly isAnothers: (collection: string, key: RowKey) => boolean
  /** Possible matches nobody ruled on: as long as they bear the name, nothing is absent. */
  readonly undecided: readonly { readonly collection: string; readonly key: RowKey }[]
}

const withoutText: ReadonlySet<FieldKind> = new Set(['boolean', 'date', 'timestamp', 'time'])

/** Reads every text of every collection of a system, mapped or not, for the person's identifiers and full names. */
export async function searchResidue(
  session: ReadSession,
  description: SystemDescription,
  search: ResidueSearch,
  onProgress?: (collection: string, done: number, total: number) => void,
): Promise<ResidueReport> {
  const readers = readersOf(search)
  const tally = startTally(search)
  const notSearched: ResidueReport['notSearched'][number][] = []
  const searched = { collections: 0, fields: 0, rows: 0 }
  const total = description.collections.length
  for (const [i, collection] of description.collections.entries()) {
    onProgress?.(collection.name, i, total)
    const why = reasonToSkip(collection)
    if (why) {
      notSearched.push({ collection: collection.name, field: null, why })
      continue
    }
    for (const { name, kind } of collection.fields)
      if (kind === 'binary') notSearched.push({ collection: collection.name, field: name, why: 'binary' })
    const fields = collection.fields
      .filter(({ kind }) => kind !== 'binary' && !withoutText.has(kind))
      .map(({ name }) => name)
    if (fields.length === 0 || readers.needles.length === 0) continue
    searched.collections += 1
    searched.fields += fields.length
    searched.rows += collection.rows
    await searchCollection(session, collection.name, fields, readers, tally)
  }
  return { residue: tally.residue(), keptTraces: tally.keptTraces(), searched, notSearched }
}

interface Readers {
  readonly needles: readonly Needle[]
  /** What of a row is the person's, and what may be. */
  certain(cells: readonly Cell[]): Hits
  possible(collection: string, key: RowKey, cells: readonly Cell[]): Hits
  undecidedIn(collection: string): readonly RowKey[]
}

/** Kinds of what was found, by the place of the cell in its row. */
type Hits = ReadonlyMap<number, ReadonlySet<WantedKind>>

function readersOf({ wanted, ambiguous, isAnothers, undecided }: ResidueSearch): Readers {
  const forms = formsOf(wanted)
  const weak = formsOf([...ambiguous.names, ...ambiguous.beside])
  const open = new Set(undecided.map(({ collection, key }) => `${collection} ${key}`))
  return {
    needles: needlesOf([...wanted, ...ambiguous.beside]),
    certain: (cells) => hitsIn(cells, forms),
    possible(collection, key, cells) {
      if (isAnothers(collection, key)) return new Map()
      const hits = hitsIn(cells, weak)
      const kinds = new Set([...hits.values()].flatMap((one) => [...one]))
      const isDoubt = kinds.has('name') && (kinds.size > 1 || open.has(`${collection} ${key}`))
      const aliases = cells.flatMap((cell, i) => (cell !== null && holdsAlias(cell, forms) ? [i] : []))
      return new Map<number, ReadonlySet<WantedKind>>([
        ...(isDoubt ? hits : []),
        ...aliases.map((place) => [place, new Set<WantedKind>(['email'])] as const),
      ])
    },
    undecidedIn: (name) => undecided.filter(({ collection }) => collection === name).map(({ key }) => key),
  }
}

function hitsIn(cells: readonly Cell[], forms: WantedForms): Hits {
  const hits = new Map<number, Set<WantedKind>>()
  for (const [place, cell] of cells.entries()) {
    const kinds = cell === null ? new Set<WantedKind>() : kindsIn(cell, forms)
    if (kinds.size > 0) hits.set(place, kinds)
  }
  for (const place of cellsSpellingName(cells, forms))
    hits.set(place, (hits.get(place) ?? new Set<WantedKind>()).add('name'))
  return hits
}

/** In the cell as it stands, as readers of its JSON see it, and over the members of each object there. */
function kindsIn(cell: string, forms: WantedForms): Set<WantedKind> {
  const plain = unescaped(cell)
  const kinds = new Set([...kindsInCell(cell, forms), ...(plain === null ? [] : kindsInCell(plain, forms))])
  const isSpelt = () => objectsIn(cell).some((values) => cellsSpellingName(values, forms).length > 0)
  if (forms.names.length > 0 && !kinds.has('name') && isSpelt()) kinds.add('name')
  return kinds
}

async function searchCollection(
  session: ReadSession,
  collection: string,
  fields: readonly string[],
  readers: Readers,
  tally: Tally,
): Promise<void> {
  const seen = new Set<RowKey>()
  const undecided = readers.undecidedIn(collection)
  const read = ({ key, cells }: FoundRow) => {
    const rest = cells.map((cell, place) => tally.beside(collection, key, fields[place] ?? '', cell))
    const certain = readers.certain(rest)
    const all = rest.some((cell, place) => cell !== cells[place]) ? readers.certain(cells) : certain
    for (const place of all.keys()) if (!certain.has(place)) tally.keep()
    for (const [place, kinds] of certain) tally.add(collection, key, fields[place] ?? '', kinds, false)
    if (certain.size > 0) return
    for (const [place, kinds] of readers.possible(collection, key, rest))
      tally.add(collection, key, fields[place] ?? '', kinds, true)
  }
  for await (const row of session.search({ collection, fields, needles: readers.needles })) {
    if (undecided.includes(row.key)) seen.add(row.key)
    read(row)
  }
  const keys = undecided.filter((key) => !seen.has(key))
  if (keys.length > 0) for await (const row of session.find({ collection, keys, fields })) read(row)
}

interface Tally {
  add(collection: string, key: RowKey, field: string, kinds: ReadonlySet<WantedKind>, doubtful: boolean): void
  /** A cell without what is kept in its documents. */
  beside(collection: string, key: RowKey, field: string, cell: Cell): Cell
  /** Notes a trace that was found in what is kept, and nowhere else in its cell. */
  keep(): void
  residue(): readonly Residue[]
  keptTraces(): number
}

function startTally({ isKept, keptPaths }: Pick<ResidueSearch, 'isKept' | 'keptPaths'>): Tally {
  const counts = new Map<string, Omit<Residue, 'kinds'> & { kinds: Set<WantedKind>; rows: number }>()
  let kept = 0
  return {
    add(collection, key, field, kinds, doubtful) {
      if (isKept(collection, key, field)) {
        kept += 1
        return
      }
      const label = JSON.stringify([collection, field, doubtful])
      const none = { collection, field, doubtful, kinds: new Set<WantedKind>(), rows: 0 }
      const count = counts.get(label) ?? none
      counts.set(label, count)
      count.rows += 1
      for (const kind of kinds) count.kinds.add(kind)
    },
    beside(collection, key, field, cell) {
      const paths = (cell !== null && keptPaths?.(collection, key, field)) || []
      return cell === null || paths.length === 0 ? cell : withoutKept(cell, paths)
    },
    keep: () => {
      kept += 1
    },
    residue: () => [...counts.values()].map(({ kinds, ...one }) => ({ ...one, kinds: [...kinds] })),
    keptTraces: () => kept,
  }
}

/** A view shows what its tables hold: those are read. A materialised one holds a copy. */
function reasonToSkip(collection: CollectionDescription): NotSearched | undefined {
  if (collection.unreadable !== null) return 'unreadable'
  return collection.kind === 'view' && !collection.materialised ? 'view' : undefined
}

/** Coarse forms for the target; a row that comes back is taken apart here. */
function needlesOf(wanted: readonly Wanted[]): readonly Needle[] {
  const texts = wanted.filter(isSearchable).flatMap(({ kind, value }): readonly Needle[] => {
    if (kind === 'phone') return [{ fold: 'digits', text: digitsOf(value).slice(-9) }, ...spacesByNumber]
    if (kind === 'email') return emailsToFind(value.toLowerCase())
    if (kind === 'name') return namesToFind(value)
    const digits = digitsOf(value)
    const written: Needle = { fold: 'lower', text: value.toLowerCase() }
    return digits.length >= 5 ? [written, { fold: 'digits', text: digits }] : [written]
  })
  const inJson = texts
    .filter(({ fold, text }) => fold === 'lower' && !spacesByNumber.some((one) => one.text === text))
    .flatMap(({ text }) => writtenInJson(text))
    .map((text): Needle => ({ fold: 'lower', text }))
  return [
    ...new Map([...texts, ...inJson].map((needle) => [`${needle.fold} ${needle.text}`, needle])).values(),
  ]
}

/** As it stands, with anything after a plus sign, and as a web address writes it. */
function emailsToFind(email: string): readonly Needle[] {
  const [local = '', domain = ''] = email.split('@')
  const forms = [email, `${local}+`, `${local}%40${domain}`, `${local}%2b`]
  return [...new Set(forms)].map((text) => ({ fold: 'lower', text }))
}

/** Inside a phone number in JSON these are digits between its own. */
const spacesByNumber: readonly Needle[] = ['\\u00a0', '\\u202f'].map((text) => ({ fold: 'lower', text }))

/**
 * One word of a name in every spelling it may have been written in: a word without accents where it has one, for then it
 * is the same in all of them.
 */
function namesToFind(name: string): readonly Needle[] {
  const written = name
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .toSorted((a, b) => b.length - a.length)
  const word = written.find((one) => /^[a-z]{5,}$/.test(one)) ?? written[0] ?? ''
  const capital = word.slice(0, 1).toUpperCase() + word.slice(1)
  const inHtml = [word, capital, word.toUpperCase()].map((one) =>
    one.replace(/[^a-z0-9]/gi, (letter) => `&#${letter.codePointAt(0) ?? 0};`).toLowerCase(),
  )
  const forms = [word, word.normalize('NFD'), ...spellingsOf(word), ...inHtml]
  // Who has no umlaut may be written with one: "Mueller" as "Müller".
  const closed = word.replace(/[aou]e/g, (pair) => ({ ae: 'ä', oe: 'ö', ue: 'ü' })[pair] ?? pair)
  return [...new Set([...forms, closed])]
    .filter((text) => text.length > 1)
    .map((text) => ({ fold: 'lower', text }))
}
