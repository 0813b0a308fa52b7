import type { Snapshot } from '../target.ts'
import { type Link, type Row, type Table, tableOf, type World } from '../world.ts'
import { foldName, normalise, type Term, without } from './terms.ts'

/**
 * Whose rows are whose, read from the design and from docs/data-map.md a second time: slow loops over rows in memory,
 * and nothing of the product's own search.
 */
export interface WhoseRows {
  /** The person's, and nobody else's. */
  readonly alone: ReadonlySet<Row>
  /** The person's and somebody else's. */
  readonly shared: ReadonlySet<Row>
  /** Columns of the person's, by a link that names them, in anybody's rows. */
  readonly party: ReadonlyMap<Row, ReadonlySet<string>>
  /** What names this person and nobody else. */
  readonly terms: readonly Term[]
  /** A name and a telephone number of theirs that others have too: beside each other in a text they may mean this person. */
  readonly together: readonly (readonly Term[])[]
  /** Names of theirs that others bear too. */
  readonly namesakes: readonly Term[]
  /**
   * Rows of others that may be theirs all the same (docs/decisions/0012): by a name of theirs, and by a telephone number
   * of theirs or nothing that says whose they are.
   */
  readonly doubtful: ReadonlySet<Row>
}

export function whoseRows(world: World, rows: Snapshot, asked: Term): WhoseRows {
  const all = everyRow(world, rows)
  // Whose a name is shows from the rows, and a row that bears hers alone is nobody else's.
  for (let whose = whoseBut(all, asked, []); ; ) {
    const next = whoseBut(all, asked, whose.terms)
    if (next.alone.size === whose.alone.size) return next
    whose = next
  }
}

/** `terms` make nobody else an owner. */
function whoseBut(all: readonly Placed[], asked: Term, terms: readonly Term[]): WhoseRows {
  const identifiers = new Map([[label(asked), asked]])
  for (;;) {
    const found = reachedFrom(all, identifiers)
    const alone = aloneOf(all, found, terms)
    const before = identifiers.size
    for (const one of alone)
      for (const term of identifiersIn(one).filter(({ kind }) => kind !== 'phone'))
        identifiers.set(label(term), term)
    if (identifiers.size > before) continue
    const bare = (set: ReadonlySet<Placed>) => new Set([...set].map(({ row }) => row))
    const shared = new Set([...found].filter((one) => !alone.has(one)))
    const phones = Object.groupBy(phonesOf(all, alone, found), ({ isOwn }) => (isOwn ? 'own' : 'common'))
    const people = Object.groupBy(namesOf(all, alone, found), ({ isOwn }) => (isOwn ? 'own' : 'common'))
    const plain = ({ kind, value }: Term): Term => ({ kind, value })
    const common = [...(people.common ?? []), ...(phones.common ?? [])]
    const doubtful = all.filter((one) => !found.has(one) && isDoubtful(one, common))
    return {
      alone: bare(alone),
      shared: bare(shared),
      party: partiesOf(all, alone, identifiers),
      terms: [...identifiers.values(), ...[...(phones.own ?? []), ...(people.own ?? [])].map(plain)],
      together: (people.common ?? []).flatMap((name) =>
        (phones.common ?? []).map((phone) => [plain(name), plain(phone)]),
      ),
      namesakes: (people.common ?? []).map(plain),
      doubtful: bare(new Set(doubtful)),
    }
  }
}

export interface Placed {
  readonly table: Table
  readonly row: Row
}

export const everyRow = (world: World, rows: Snapshot): readonly Placed[] =>
  Object.entries(rows).flatMap(([name, found]) =>
    [...found.values()].map((row) => ({ table: tableOf(world, name), row })),
  )

const label = ({ kind, value }: Term): string => `${kind} ${value}`

const linksOf = ({ table }: Placed, role: Link['role']): readonly Link[] =>
  table.map?.links.filter((link) => link.role === role) ?? []

export const ownerLinks = (one: Placed): readonly Link[] => linksOf(one, 'owner')

/** Whether a row holds what another holds, in pairs of columns; nothing equals nothing. */
export const areEqual = (row: Row, other: Row, on: Readonly<Record<string, string>>): boolean =>
  Object.entries(on).every(([here, there]) => row[here] != null && row[here] === other[there])

export const leadsTo = (one: Placed, link: Link, other: Placed): boolean =>
  link.to === other.table.name && one.row !== other.row && areEqual(one.row, other.row, link.on)

const partyColumns = (one: Placed): ReadonlySet<string> =>
  new Set(linksOf(one, 'party').flatMap(({ clears = [] }) => clears))

/** What a row says of its owner. */
function identifiersIn(one: Placed): readonly Term[] {
  const parties = partyColumns(one)
  return Object.entries(one.table.map?.fields ?? {}).flatMap(([column, { identifier }]) => {
    const cell = one.row[column]
    if (!identifier || cell == null || parties.has(column)) return []
    const value = isFiller(cell) ? null : normalise(identifier, cell)
    return value === null ? [] : [{ kind: identifier, value }]
  })
}

/** Rows that hold one of the identifiers, and rows that hang on rows found. */
function reachedFrom(all: readonly Placed[], identifiers: ReadonlyMap<string, Term>): ReadonlySet<Placed> {
  const found = new Set(all.filter((one) => identifiersIn(one).some((term) => identifiers.has(label(term)))))
  for (let before = -1; before < found.size; ) {
    before = found.size
    for (const one of all)
      for (const link of ownerLinks(one))
        if ([...found].some((owner) => leadsTo(one, link, owner))) found.add(one)
  }
  return found
}

/** All that was found but what also hangs on somebody else, and what hangs on that. */
function aloneOf(
  all: readonly Placed[],
  found: ReadonlySet<Placed>,
  terms: readonly Term[],
): ReadonlySet<Placed> {
  const alone = new Set(found)
  const isElse = (one: Placed) => !alone.has(one) && (found.has(one) || isSomebodyElses(one, all, terms))
  for (let before = -1; before !== alone.size; ) {
    before = alone.size
    for (const one of alone)
      for (const link of ownerLinks(one))
        if (all.some((owner) => leadsTo(one, link, owner) && isElse(owner))) alone.delete(one)
  }
  return alone
}

/** Rows left over from an erasure name nobody but the person and hang on nobody who is named: they are nobody else's. */
export function isSomebodyElses(
  one: Placed,
  all: readonly Placed[],
  terms: readonly Term[],
  seen: readonly Placed[] = [],
): boolean {
  if (seen.includes(one)) return false
  const speaks = Object.entries(one.table.map?.fields ?? {}).filter(
    ([column, { category, identifier }]) =>
      (identifier || category === 'person-name') && !partyColumns(one).has(column),
  )
  const isElses = (cell: string) => !isFiller(cell) && without(cell, terms, null).trim() !== '[erased]'
  if (speaks.some(([column]) => one.row[column] != null && isElses(one.row[column]))) return true
  const links = ownerLinks(one)
  const cannotSay =
    links.length === 0 && speaks.every(([column]) => !one.table.map?.fields[column]?.identifier)
  return (
    cannotSay ||
    links.some((link) =>
      all.some((owner) => leadsTo(one, link, owner) && isSomebodyElses(owner, all, terms, [...seen, one])),
    )
  )
}

/** What an erasure leaves where something must stand. */
export const isFiller = (cell: string): boolean =>
  /^(e-|erased|gone$|\[erased\]$|…$|1900-01-01$|1[0-8]\d\d-\d\d-\d\d$)/.test(cell)

function partiesOf(
  all: readonly Placed[],
  alone: ReadonlySet<Placed>,
  identifiers: ReadonlyMap<string, Term>,
): ReadonlyMap<Row, ReadonlySet<string>> {
  const parties = new Map<Row, Set<string>>()
  for (const one of all) {
    for (const link of linksOf(one, 'party')) {
      const { clears = [] } = link
      const isNamed = clears.some((column) => {
        const kind = one.table.map?.fields[column]?.identifier
        const value = kind && one.row[column] != null ? normalise(kind, one.row[column]) : null
        return kind && value !== null && identifiers.has(label({ kind, value }))
      })
      if (!isNamed && ![...alone].some((other) => leadsTo(one, link, other))) continue
      const columns = parties.get(one.row) ?? new Set()
      for (const column of clears) columns.add(column)
      parties.set(one.row, columns)
    }
  }
  return parties
}

interface Candidate extends Term {
  readonly isOwn: boolean
}

/** Telephone numbers, and whether nobody else's row has them. */
function phonesOf(
  all: readonly Placed[],
  alone: ReadonlySet<Placed>,
  found: ReadonlySet<Placed>,
): readonly Candidate[] {
  const phones = (one: Placed) => identifiersIn(one).filter(({ kind }) => kind === 'phone')
  const others = new Set(all.filter((one) => !found.has(one)).flatMap((one) => phones(one).map(label)))
  const own = new Map([...alone].flatMap(phones).map((term) => [label(term), term]))
  return [...own.values()].map((term) => ({ ...term, isOwn: !others.has(label(term)) }))
}

/** The words of a name, in whatever order. */
const sorted = (name: string): string => foldName(name).split(' ').toSorted().join(' ')

const identifiesPeople = ({ table }: Placed): boolean =>
  Object.values(table.map?.fields ?? {}).some(({ identifier }) => identifier && identifier !== 'phone')

/** `common`: names and telephone numbers of the person that others have too. */
function isDoubtful(one: Placed, common: readonly Term[]): boolean {
  const isCommon = (kind: Term['kind'], value: string) =>
    common.some((term) => term.kind === kind && (kind === 'name' ? sorted(term.value) : term.value) === value)
  if (!identifiesPeople(one) || !namesIn(one).some((name) => isCommon('name', sorted(name)))) return false
  const [phones, others] = [true, false].map((isPhone) =>
    identifiersIn(one).filter(({ kind }) => (kind === 'phone') === isPhone),
  )
  return others?.length === 0 || phones?.some(({ value }) => isCommon('phone', value)) === true
}

/** Full names that a row with an identifier gives its owner, and whether no other identified person has them. */
function namesOf(
  all: readonly Placed[],
  alone: ReadonlySet<Placed>,
  found: ReadonlySet<Placed>,
): readonly Candidate[] {
  const others = new Set(
    all
      .filter((one) => !found.has(one) && identifiesPeople(one))
      .flatMap((one) => namesIn(one))
      .map(sorted),
  )
  const own = [...alone].filter((one) => identifiersIn(one).length > 0).flatMap((one) => namesIn(one))
  return [...new Set(own)].map((value) => ({ kind: 'name', value, isOwn: !others.has(sorted(value)) }))
}

/**
 * The names a row gives its owner (docs/data-map.md): what stands in the columns for the two halves is one, whatever else
 * is more than a word is another, for two full names are never one; failing both, the words there are.
 */
function namesIn(one: Placed): readonly string[] {
  const parties = partyColumns(one)
  const cells = Object.entries(one.table.map?.fields ?? {}).flatMap(([column, { category }]) => {
    const cell = category === 'person-name' && !parties.has(column) ? one.row[column] : null
    return cell == null || isFiller(cell) ? [] : [{ column, cell }]
  })
  const [first, last] = ['first_name', 'last_name'].map((half) => cells.find(({ column }) => column === half))
  const names = cells.map(({ cell }) => cell).filter((cell) => cell.includes(' '))
  if (first && last) names.push(`${first.cell} ${last.cell}`)
  const all = cells.map(({ cell }) => cell).join(' ')
  return names.length > 0 ? [...new Set(names)] : [all].filter((name) => name.includes(' '))
}
