import type { Cell, FoundRow, RowKey } from '../../connectors/public.ts'
import { cellsSpellingName, holdsAlias, kindsInCell } from './read-cell.ts'
import { objectsIn, unescaped, withoutKept } from './read-document.ts'
import type { ResidueSearch } from './residue.ts'
import { formsOf, type WantedForms, type WantedKind } from './wanted.ts'

/** Kinds of what was found, by the place of the cell in its row. */
export type Hits = ReadonlyMap<number, ReadonlySet<WantedKind>>

/** What a row says of a person. */
export interface FoundInRow {
  readonly certain: Hits
  /** What may be another's; looked for only where nothing is certain. */
  readonly possible: Hits
  /** Cells in which the person stands only in what is kept of a document. */
  readonly inKept: number
}

/** Reads the rows of a collection for one person: the exact test, whoever brings the rows. */
export type RowReader = (collection: string, fields: readonly string[], row: FoundRow) => FoundInRow

export const isAnything = ({ certain, possible, inKept }: FoundInRow): boolean =>
  certain.size > 0 || possible.size > 0 || inKept > 0

const nothing: Hits = new Map()

export function rowReader(search: ResidueSearch): RowReader {
  const forms = formsOf(search.wanted)
  const possible = doubtReader(search, forms)
  const open = new Set(search.undecided.map(({ collection, key }) => `${collection} ${key}`))
  return (collection, fields, { key, cells }) => {
    const rest = cells.map((cell, place) => besideKept(search, collection, key, fields[place] ?? '', cell))
    const hits = hitsIn(rest, forms)
    const isOpen = open.has(`${collection} ${key}`)
    const [certain, inAddress] =
      isOpen || search.isAnothers(collection, key) ? addressesApart(hits, rest) : [hits, nothing]
    const all = rest.some((cell, place) => cell !== cells[place]) ? hitsIn(cells, forms) : hits
    const doubts = () => new Map([...possible(collection, key, rest), ...(isOpen ? inAddress : [])])
    return {
      certain,
      possible: certain.size > 0 ? nothing : doubts(),
      inKept: [...all.keys()].filter((place) => !hits.has(place)).length,
    }
  }
}

/** In a record that is another's, or may be, a name in an address is its owner's, or a part of theirs. */
function addressesApart(hits: Hits, cells: readonly Cell[]): readonly [rest: Hits, inAddress: Hits] {
  const isApart = ([place, kinds]: readonly [number, ReadonlySet<WantedKind>]) =>
    isInAddress(cells[place] ?? '', kinds)
  return [new Map([...hits].filter((hit) => !isApart(hit))), new Map([...hits].filter(isApart))]
}

/** A name or a number in a cell without a blank, as addresses and user names are. */
const isInAddress = (cell: string, kinds: ReadonlySet<WantedKind>): boolean =>
  !/\s/.test(cell.trim()) && [...kinds].every((kind) => partsOfAddresses.has(kind))

const partsOfAddresses: ReadonlySet<WantedKind> = new Set(['name', 'number', 'username'])

function doubtReader({ ambiguous, isAnothers, undecided }: ResidueSearch, forms: WantedForms) {
  const weak = formsOf([...ambiguous.names, ...ambiguous.beside])
  const open = new Set(undecided.map(({ collection, key }) => `${collection} ${key}`))
  return (collection: string, key: RowKey, cells: readonly Cell[]): Hits => {
    if (isAnothers(collection, key)) return nothing
    const hits = hitsIn(cells, weak)
    const kinds = new Set([...hits.values()].flatMap((one) => [...one]))
    const isDoubt = kinds.has('name') && (kinds.size > 1 || open.has(`${collection} ${key}`))
    const aliases = cells.flatMap((cell, i) => (cell !== null && holdsAlias(cell, forms) ? [i] : []))
    return new Map<number, ReadonlySet<WantedKind>>([
      ...(isDoubt ? hits : []),
      ...aliases.map((place) => [place, new Set<WantedKind>(['email'])] as const),
    ])
  }
}

/** A cell without what is kept in its documents. */
function besideKept(
  { keptPaths }: ResidueSearch,
  collection: string,
  key: RowKey,
  field: string,
  cell: Cell,
) {
  const paths = (cell !== null && keptPaths?.(collection, key, field)) || []
  return cell === null || paths.length === 0 ? cell : withoutKept(cell, paths)
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
