import type { Snapshot } from '../target.ts'
import {
  type Asked,
  type Column,
  columnOf,
  nameOf,
  type Reference,
  type Row,
  type Table,
  type World,
} from '../world.ts'
import { eraseOf } from './clearing.ts'
import { type Ground, groundsOf } from './grounds.ts'
import { names, normalise, type Term, without } from './terms.ts'
import {
  areEqual,
  everyRow,
  isFiller,
  isSomebodyElses,
  leadsTo,
  ownerLinks,
  type Placed,
  type WhoseRows,
  whoseRows,
} from './whose-rows.ts'

/** What must be true after an erasure. */
export interface Expected {
  readonly removed: ReadonlySet<Row>
  /** Cells that may not stay as they are; every other cell of every row that stays must. */
  readonly cells: ReadonlyMap<Row, ReadonlyMap<string, CellFate>>
  readonly grounds: ReadonlyMap<Row, readonly Ground[]>
  /** Rows that are also somebody else's, and what of them stays. */
  readonly shared: ReadonlyMap<Row, readonly string[]>
  readonly terms: readonly Term[]
  readonly together: WhoseRows['together']
  readonly namesakes: WhoseRows['namesakes']
  readonly doubtful: WhoseRows['doubtful']
}

/** `empty`: null. `filled`: something else that says nothing. `gone`: either. `text`: one of these, or either. */
export type CellFate =
  | { readonly must: 'empty' | 'filled' | 'gone' | 'any' }
  | { readonly must: 'text'; readonly texts: readonly string[] }

export interface OracleInput {
  readonly world: World
  readonly before: Snapshot
  readonly asked: Asked
  readonly today: string
}

export function expectedOf(input: OracleInput): Expected {
  const { world, before, today } = input
  const whose = whoseRows(world, before, askedTerm(input))
  const all = everyRow(world, before)
  const own = all.filter(({ row }) => whose.alone.has(row))
  const grounds = new Map(groundsOf(world, own, today))
  const keptFields = (row: Row) => new Set(grounds.get(row)?.flatMap(({ fields }) => fields))
  const removed = removedOf(all, own, grounds, keptFields)
  addNeeded(own, removed, grounds, keptFields)
  const cells = new Map<Row, Map<string, CellFate>>()
  const set = (row: Row, column: string, fate: CellFate) => {
    if (row[column] === null) return
    cells.set(row, (cells.get(row) ?? new Map<string, CellFate>()).set(column, fate))
  }
  const staying = all.filter(({ row }) => !removed.has(row))
  const isBound = (one: Placed, column: string) =>
    !whose.alone.has(one.row) && tiesOthers(one, column, all, whose)
  for (const one of staying) {
    const { table, row } = one
    const isAlone = whose.alone.has(row)
    const stays = keptFields(row)
    const hers = whose.party.get(row) ?? new Set<string>()
    const mapped = Object.keys(table.map?.fields ?? {})
    if (!isAlone || table.map?.rows !== 'keep')
      for (const column of new Set([...(isAlone ? mapped : []), ...hers]))
        if (!stays.has(column) && !isBound(one, column)) clear(one, column, whose, set)
    if (!isAlone && !isBlind(table))
      for (const column of mapped) {
        if (hers.has(column) || isBound(one, column)) continue
        const isOpen = whose.together.some((terms) => terms.every((term) => names(row[column] ?? '', [term])))
        if (isOpen) set(row, column, { must: 'any' })
        else forget(one, column, whose.terms, set)
      }
  }
  tie(staying, cells, keptFields, set)
  for (const one of staying) {
    const { table, row } = one
    const letsGo = whose.alone.has(row) && table.map?.rows !== 'keep'
    const upward = letsGo ? upwardColumns(one, all, whose.shared) : []
    for (const column of [...upward, ...danglingColumns(one, all, removed)])
      if (isOptional(table, column) && !keptFields(row).has(column)) set(row, column, { must: 'empty' })
  }
  const shared = new Map(
    all
      .filter(({ row }) => whose.shared.has(row))
      .map(({ table, row }) => {
        const columns = Object.keys(table.map?.fields ?? {})
        return [row, columns.filter((column) => !whose.party.get(row)?.has(column))]
      }),
  )
  const { terms, together, namesakes, doubtful } = whose
  return { removed, cells, grounds, shared, terms, together, namesakes, doubtful }
}

export function askedTerm({ world, asked }: Pick<OracleInput, 'world' | 'asked'>): Term {
  const kind = asked.by === 'number' ? 'number' : 'email'
  const value = normalise(kind, world.people[asked.person]?.[asked.by] ?? '')
  if (value === null) throw new Error('nobody was asked for')
  return { kind, value }
}

/** A column that can be emptied in a row that stays. */
const isOptional = (table: Table, column: string): boolean =>
  columnOf(table, column).nullable && !nameOf(table).includes(column)

const pairsOf = ({ columns, toColumns }: Reference): Readonly<Record<string, string>> =>
  Object.fromEntries(columns.map((column, i) => [column, toColumns[i] ?? '']))

const pointsAt = (one: Placed, reference: Reference, other: Placed): boolean =>
  reference.to === other.table.name && areEqual(one.row, other.row, pairsOf(reference))

/** The person's rows that go, unless a ground or a row that stays needs them. */
function removedOf(
  all: readonly Placed[],
  own: readonly Placed[],
  grounds: ReadonlyMap<Row, readonly Ground[]>,
  keptFields: (row: Row) => ReadonlySet<string>,
): ReadonlySet<Row> {
  const going = new Set(own.filter(({ table, row }) => table.map?.rows === 'delete' && !grounds.has(row)))
  for (let before = -1; before !== going.size; ) {
    before = going.size
    for (const one of all)
      for (const reference of going.has(one) ? [] : one.table.references) {
        if (canLetGo(one, reference, keptFields(one.row))) continue
        for (const other of going) if (pointsAt(one, reference, other)) going.delete(other)
      }
  }
  return new Set([...going].map(({ row }) => row))
}

/**
 * What stays only because rows on grounds cannot do without it stays as long as any of them, with nothing in it: on each
 * rule of theirs that does not keep it so long already.
 */
function addNeeded(
  own: readonly Placed[],
  removed: ReadonlySet<Row>,
  grounds: Map<Row, readonly Ground[]>,
  keptFields: (row: Row) => ReadonlySet<string>,
): void {
  const needs = own.flatMap((one) =>
    one.table.references
      .filter((reference) => !canLetGo(one, reference, keptFields(one.row)))
      .flatMap((reference) =>
        own
          .filter((other) => other.table.map?.rows === 'delete' && !removed.has(other.row))
          .filter((other) => pointsAt(one, reference, other))
          .map((other) => [one.row, other.row] as const),
      ),
  )
  for (let hasMoved = true; hasMoved; ) {
    hasMoved = false
    for (const [row, needed] of needs)
      for (const { rule, until } of grounds.get(row) ?? []) {
        const known = grounds.get(needed) ?? []
        if (known.some((one) => one.rule === rule && daysOf(one) >= daysOf({ until }))) continue
        grounds.set(needed, [...known, { rule, until, fields: [] }])
        hasMoved = true
      }
  }
}

const daysOf = ({ until }: Pick<Ground, 'until'>): number => (until === null ? Infinity : Date.parse(until))

const canLetGo = ({ table }: Placed, { columns }: Reference, stays: ReadonlySet<string>): boolean =>
  columns.some((column) => isOptional(table, column) && !stays.has(column))

/**
 * A column that refers to another row takes nothing but NULL. One that is referred to changes only when all that refer to
 * it can let go, and then they do: what they hold is what must go.
 */
function tie(
  staying: readonly Placed[],
  cells: Map<Row, Map<string, CellFate>>,
  keptFields: (row: Row) => ReadonlySet<string>,
  set: Decide,
): void {
  for (const { table, row } of staying)
    for (const column of table.references.flatMap(({ columns }) => columns)) {
      if (!cells.get(row)?.has(column)) continue
      if (isOptional(table, column)) set(row, column, { must: 'empty' })
      else cells.get(row)?.delete(column)
    }
  for (const target of staying)
    for (const column of [...(cells.get(target.row)?.keys() ?? [])]) {
      const ties = staying.flatMap((one) =>
        one.table.references
          .filter((reference) => reference.toColumns.includes(column) && pointsAt(one, reference, target))
          .map((reference) => ({ one, reference })),
      )
      if (ties.some(({ one, reference }) => !canLetGo(one, reference, keptFields(one.row))))
        cells.get(target.row)?.delete(column)
      else
        for (const { one, reference } of ties)
          for (const end of reference.columns)
            if (isOptional(one.table, end) && !keptFields(one.row).has(end))
              set(one.row, end, { must: 'empty' })
    }
}

const danglingColumns = (one: Placed, all: readonly Placed[], removed: ReadonlySet<Row>): readonly string[] =>
  one.table.references.flatMap((reference) =>
    all.some((other) => removed.has(other.row) && pointsAt(one, reference, other)) ? reference.columns : [],
  )

/** By these a row points at what belongs to it and to others, who keep it. */
const upwardColumns = (one: Placed, all: readonly Placed[], shared: ReadonlySet<Row>): readonly string[] =>
  all.flatMap((other) =>
    (other.table.map?.links ?? []).flatMap(({ role, to, on }) => {
      const name = nameOf(other.table)
      const isUpward = role === 'owner' && name.length > 0 && name.every((column) => column in on)
      const isOne = to === one.table.name && shared.has(other.row) && areEqual(other.row, one.row, on)
      return isUpward && isOne ? Object.values(on) : []
    }),
  )

/** Rows that nothing names: a kept one cannot be told from somebody else's later, so nobody's texts are touched. */
const isBlind = (table: Table): boolean => nameOf(table).length === 0 && (table.map?.keep ?? []).length > 0

/** Whether others have a row, or what hangs on it, by this column: it is not the person's to change. */
const tiesOthers = (one: Placed, column: string, all: readonly Placed[], { alone, terms }: WhoseRows) =>
  all.some((other) => {
    const isTied =
      ownerLinks(one).some((link) => column in link.on && leadsTo(one, link, other)) ||
      ownerLinks(other).some((link) => Object.values(link.on).includes(column) && leadsTo(other, link, one))
    return isTied && !alone.has(other.row) && isSomebodyElses(other, all, terms)
  })

type Decide = (row: Row, column: string, fate: CellFate) => void

/** A field of a row that stays. */
function clear(one: Placed, column: string, whose: WhoseRows, set: Decide): void {
  const { table, row } = one
  const cell = row[column]
  const description = columnOf(table, column)
  if (cell == null) return
  const erase = eraseOf(table, column)
  if (erase === 'keep' || erase === 'stay') return
  if (erase === 'redact') redact(one, column, whose, set)
  else if (erase === 'clear') set(row, column, clearedTo(table, description, cell))
  else if (cell !== erase.replace && !isFiller(cell))
    set(row, column, { must: 'text', texts: [erase.replace] })
}

/** A text loses the person; a name that others bear too may go where it stands beside a number that others have too. */
function redact({ table, row }: Placed, column: string, { terms, together }: WhoseRows, set: Decide): void {
  const cell = row[column] ?? ''
  const { maxLength } = columnOf(table, column)
  const open = together.filter((some) => some.every((term) => names(cell, [term])))
  const closer = open.map(([name]) => (name ? [...terms, name] : terms))
  const texts = [terms, ...closer].map((some) => without(cell, some, maxLength))
  if (texts.some((text) => text !== cell)) set(row, column, { must: 'text', texts })
}

function clearedTo(table: Table, column: Column, cell: string): CellFate {
  if (isFiller(cell) || (column.values !== null && !column.nullable)) return { must: 'any' }
  if (column.type === 'integer' && cell === '0' && !column.nullable) return { must: 'any' }
  if (!column.nullable || nameOf(table).includes(column.name)) return { must: 'filled' }
  return { must: isPaired(table, column) ? 'gone' : 'empty' }
}

/** A check that lets one of two be empty, not both. */
const isPaired = (table: Table, { name }: Column): boolean =>
  table.checks.some((check) => check.includes(' or ') && check.includes(name))

const mayTell: ReadonlySet<string> = new Set([
  'free-text',
  'communication',
  'person-name',
  'postal-address',
  'health',
  'email',
  'phone',
  'customer-number',
  'job-title',
])

/** A field of somebody else's row: it loses the person and nothing else. */
function forget({ table, row }: Placed, column: string, terms: readonly Term[], set: Decide): void {
  const cell = row[column]
  const category = table.map?.fields[column]?.category ?? 'none'
  if (cell == null || !mayTell.has(category) || !names(cell, terms)) return
  const text = without(cell, terms, columnOf(table, column).maxLength)
  const isWhole = /^(\[erased\]|…)$/.test(text.trim())
  set(row, column, isWhole ? { must: 'gone' } : { must: 'text', texts: [text] })
}

/** Cells outside what is kept in which the person is still named, as `table.column`. */
export function tracesIn(
  world: World,
  after: Snapshot,
  before: Snapshot,
  expected: Expected,
): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { table, row } of everyRow(world, after)) {
    const earlier = before[table.name]?.get(row['mark'] ?? '')
    const mayStay = new Set<string>()
    if (earlier) {
      for (const { fields } of expected.grounds.get(earlier) ?? []) for (const one of fields) mayStay.add(one)
      for (const one of expected.shared.get(earlier) ?? []) mayStay.add(one)
    }
    for (const [column, cell] of Object.entries(row))
      if (cell !== null && !mayStay.has(column) && names(cell, expected.terms))
        found.add(`${table.name}.${column}`)
    for (const column of spelledOver(row, expected.terms))
      if (!mayStay.has(column)) found.add(`${table.name}.${column}`)
    for (const column of earlier && expected.doubtful.has(earlier) ? doubtsIn(row, expected) : [])
      found.add(`${table.name}.${column}`)
  }
  return found
}

/**
 * A doubt is never absence: a record of others that may be hers is residue until somebody has ruled on it. Where it names
 * her without doubt, that is told instead.
 */
function doubtsIn(row: Row, { terms, namesakes }: Expected): readonly string[] {
  const naming = (some: readonly Term[]) => [
    ...Object.keys(row).filter((column) => names(row[column] ?? '', some)),
    ...spelledOver(row, some),
  ]
  return naming(terms).length > 0 ? [] : naming(namesakes)
}

/** Where a name and a telephone number that others have too stand in one row: it may be this person's, or theirs. */
export function openIn(world: World, after: Snapshot, { together }: Expected): ReadonlySet<string> {
  const open = new Set<string>()
  for (const { table, row } of everyRow(world, after))
    for (const terms of together) {
      const columns = terms.map((term) =>
        Object.keys(row).filter(
          (column) => names(row[column] ?? '', [term]) || spelledOver(row, [term]).includes(column),
        ),
      )
      if (columns.every((found) => found.length > 0))
        for (const column of columns.flat()) open.add(`${table.name}.${column}`)
    }
  return open
}

/** First name in one field, last name in another. */
function spelledOver(row: Row, terms: readonly Term[]): readonly string[] {
  const fold = (text: string) => normalise('name', text)
  return terms
    .filter(({ kind }) => kind === 'name')
    .flatMap(({ value }) => {
      const columns = value
        .split(' ')
        .map((word) => Object.keys(row).find((column) => fold(row[column] ?? '') === fold(word)))
      return columns.every((column) => column !== undefined) ? columns : []
    })
}
