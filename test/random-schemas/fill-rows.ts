import { type Draft, type Fill, telling } from './draft.ts'
import { fullName, spellings, spellPhone, textOf } from './people.ts'
import type { RowSketch } from './sketch.ts'
import { type Cell, columnOf, mark, type Person, type Row } from './world.ts'

interface RowDraft {
  readonly table: Draft
  readonly sketch: RowSketch
  readonly cells: Record<string, Cell>
  readonly number: number
}

type Drafted = Map<string, RowDraft[]>
type Of<By extends Fill['by']> = Extract<Fill, { readonly by: By }>

const fillsOf = <By extends Fill['by']>({ table }: RowDraft, by: By): readonly Of<By>[] =>
  table.fills.filter((fill): fill is Of<By> => fill.by === by)

/** Rows for every table, with every constraint of the schema held: a row for which there is no value is left out. */
export function fillRows(
  tables: readonly Draft[],
  sketches: readonly RowSketch[],
  people: readonly Person[],
): Readonly<Record<string, readonly Row[]>> {
  const rows = draftRows(tables, sketches, people.length)
  const each = (work: (row: RowDraft) => void) => {
    for (const table of tables) for (const row of rows.get(table.name) ?? []) work(row)
  }
  each(fillKey)
  fillPersons(rows, people)
  // A key may be made of references, and those all lead back.
  each((row) => fillReferences(row, rows, (to) => leadsBack(tables, row.table, to)))
  each((row) => fillReferences(row, rows, (to) => !leadsBack(tables, row.table, to)))
  for (const [name, drafted] of rows) rows.set(name, withoutTwins(drafted))
  const whose = tracer(rows, people)
  each((row) => fillRest(row, rows, whose, people))
  return Object.fromEntries([...rows].map(([name, drafted]) => [name, drafted.map(({ cells }) => cells)]))
}

const isOfPersons = ({ name }: Draft): boolean => name === 'person' || name === 'member'

const leadsBack = (tables: readonly Draft[], from: Draft, to: string): boolean =>
  tables.findIndex(({ name }) => name === to) < tables.indexOf(from)

const plainRow: RowSketch = { table: 0, who: 0, refs: [0, 0, 0, 3, 3], words: [0, 0, 0, 0, 0, 0] }

/** One row per person, then what chance adds. Where rows need rows of a table that has none, there are none either. */
function draftRows(tables: readonly Draft[], sketches: readonly RowSketch[], people: number): Drafted {
  const rows: Drafted = new Map(tables.map(({ name }) => [name, []]))
  const add = (table: Draft, sketch: RowSketch) => {
    const known = rows.get(table.name)
    known?.push({ table, sketch, cells: {}, number: known.length })
  }
  for (const table of tables.filter(isOfPersons))
    for (let who = 0; who < people; who += 1) add(table, { ...plainRow, who })
  for (const sketch of sketches) {
    const table = tables[sketch.table % tables.length]
    if (table) add(table, sketch)
  }
  const isViable = (table: Draft) =>
    table.fills.every(
      (fill) =>
        fill.by !== 'reference' || isOptional(table, fill.columns) || (rows.get(fill.to) ?? []).length > 0,
    )
  for (let empty: Draft | undefined; ; rows.set(empty.name, [])) {
    empty = tables.find((table) => (rows.get(table.name) ?? []).length > 0 && !isViable(table))
    if (!empty) return rows
  }
}

const isOptional = (table: Draft, columns: readonly string[]): boolean =>
  columns.some((column) => columnOf(table, column).nullable)

function fillKey(row: RowDraft): void {
  const { cells, number } = row
  cells[mark] = String(number)
  for (const { column } of fillsOf(row, 'line')) cells[column] = String(number + 1)
  for (const { columns } of fillsOf(row, 'key')) {
    // Of two key fields neither is unique alone.
    const values = columns.length === 1 ? [number + 1] : [(number % 2) + 1, Math.floor(number / 2) + 1]
    for (const [i, column] of columns.entries()) cells[column] = String(values[i])
  }
}

/** Names and identifiers of the people's own tables; who comes up twice is spelled in another way, or left out. */
function fillPersons(rows: Drafted, people: readonly Person[]): void {
  for (const [name, drafted] of rows) {
    const taken = new Set<string>()
    const fits = drafted.filter((row) => {
      if (!isOfPersons(row.table)) return true
      const who = people[row.sketch.who % people.length]
      if (!who) return false
      for (const { column, part } of fillsOf(row, 'name'))
        row.cells[column] = part === 'full' ? fullName(who) : who[part]
      const isWhole = fillsOf(row, 'identifier').every((fill) => {
        const { nullable } = columnOf(row.table, fill.column)
        const isUnique = row.table.uniques.some(([column]) => column === fill.column)
        const spelling = spellingsFrom(who[fill.of], fill, row).find(
          (one) => !isUnique || !taken.has(`${fill.column} ${one}`),
        )
        const cell = nullable && isBlank(row, fill) ? null : (spelling ?? null)
        row.cells[fill.column] = cell
        if (cell !== null) taken.add(`${fill.column} ${cell}`)
        return cell !== null || nullable
      })
      // Whose row it is that bears a name and no address, only somebody who looks can tell.
      return isWhole && [row.cells['email'], row.cells['number']].some((cell) => cell != null)
    })
    rows.set(name, fits)
  }
}

const wordOf = ({ sketch }: RowDraft, { slot }: { readonly slot: number }): number => sketch.words[slot] ?? 0

const isBlank = (row: RowDraft, fill: Of<'identifier'>): boolean => wordOf(row, fill) % 8 === 7

/** From the one that chance picks on. */
function spellingsFrom(identifier: string, fill: Of<'identifier'>, row: RowDraft): readonly string[] {
  const word = wordOf(row, fill)
  if (fill.of === 'phone') return [spellPhone(identifier, word)]
  const known = spellings(identifier)
  return known.map((_, i) => known[(word + i) % known.length] ?? identifier)
}

function fillReferences(row: RowDraft, rows: Drafted, isMeant: (to: string) => boolean): void {
  const { table, sketch, cells } = row
  for (const { to, columns, toColumns, slot } of fillsOf(row, 'reference').filter((fill) =>
    isMeant(fill.to),
  )) {
    const pick = sketch.refs[slot] ?? 0
    const targets = rows.get(to) ?? []
    const target = targets[Math.floor(pick / 4) % Math.max(1, targets.length)]
    const isEmpty = target === undefined || (pick % 4 === 3 && isOptional(table, columns))
    for (const [i, column] of columns.entries())
      cells[column] =
        isEmpty && columnOf(table, column).nullable ? null : (target?.cells[toColumns[i] ?? ''] ?? '0')
  }
}

/** Two rows under one key are one row; what refers to either refers to it. */
const withoutTwins = (drafted: readonly RowDraft[]): RowDraft[] =>
  drafted.filter(({ table, cells }, i) => {
    const keyOf = (row: Record<string, Cell>) => JSON.stringify(table.key.map((column) => row[column]))
    return table.key.length === 0 || drafted.findIndex((other) => keyOf(other.cells) === keyOf(cells)) === i
  })

/** Who a row is about, by the owner links of the map. */
type Whose = (row: RowDraft) => ReadonlySet<number>

function tracer(rows: Drafted, people: readonly Person[]): Whose {
  const trace = (row: RowDraft, seen: ReadonlySet<RowDraft>): ReadonlySet<number> => {
    if (seen.has(row)) return new Set()
    if (isOfPersons(row.table)) return new Set([row.sketch.who % people.length])
    const found = row.table.links
      .filter(({ role }) => role === 'owner')
      .flatMap(({ to, on }) => (rows.get(to) ?? []).filter((owner) => areEqual(row, owner, on)))
      .flatMap((owner) => [...trace(owner, new Set([...seen, row]))])
    return new Set(found)
  }
  return (row) => trace(row, new Set())
}

const areEqual = (row: RowDraft, owner: RowDraft, on: Readonly<Record<string, string>>): boolean =>
  Object.entries(on).every(
    ([here, there]) => row.cells[here] != null && row.cells[here] === owner.cells[there],
  )

function fillRest(row: RowDraft, rows: Drafted, whose: Whose, people: readonly Person[]): void {
  const { cells } = row
  const who = aboutWhom(row, whose, people)
  for (const { column, values, slot } of fillsOf(row, 'choice'))
    cells[column] = values[wordOf(row, { slot }) % values.length] ?? null
  for (const { column, reference } of fillsOf(row, 'party'))
    cells[column] = partyCell(row, reference, rows, whose, people)
  const identifiers = fillsOf(row, 'identifier')
  // A name beside a telephone number of several people may be anybody's who has both.
  const named = isOfPersons(row.table) || identifiers.some((fill) => fill.of !== 'phone') ? who : undefined
  for (const fill of fillsOf(row, 'field'))
    cells[fill.column] = fieldCell(row, fill, people, identifiers.length > 0 ? named : 'anybody')
  if (isOfPersons(row.table)) return
  for (const fill of identifiers)
    cells[fill.column] =
      who && !isBlank(row, fill) ? (spellingsFrom(who[fill.of], fill, row)[0] ?? null) : null
}

/** A row that hangs on somebody names them, or nobody: two people's identifiers in one row would be a wrong map. */
function aboutWhom(row: RowDraft, whose: Whose, people: readonly Person[]): Person | undefined {
  const isOwned = row.table.links.some(({ role }) => role === 'owner')
  if (isOfPersons(row.table) || !isOwned) return people[row.sketch.who % people.length]
  const [owner, ...others] = whose(row)
  return owner === undefined || others.length > 0 ? undefined : people[owner]
}

function partyCell(
  row: RowDraft,
  reference: readonly string[],
  rows: Drafted,
  whose: Whose,
  people: readonly Person[],
): Cell {
  const fill = fillsOf(row, 'reference').find(({ columns }) => columns === reference)
  if (!fill) return null
  const on = Object.fromEntries(reference.map((column, i) => [column, fill.toColumns[i] ?? '']))
  const party = (rows.get(fill.to) ?? []).find((one) => areEqual(row, one, on))
  const [who, ...others] = party ? whose(party) : []
  return who === undefined || others.length > 0 ? null : (people[who]?.email ?? null)
}

const streets = ['5 Mill Lane', '12 Rue Haute', 'Hauptstr. 3']
const cities = ['Oslo', 'Bern', 'Lyon']
const jobs = ['clerk', 'smith', 'pilot']

function fieldCell(
  { table, sketch, number }: RowDraft,
  fill: Of<'field'>,
  people: readonly Person[],
  about: Person | undefined | 'anybody',
): Cell {
  const { column, kind, slot, isFilled } = fill
  const chance = sketch.words[slot] ?? 0
  // Beside a last name, somebody else's full name may look like a third person's; the second reader takes no chances.
  const word = isOfPersons(table) && chance % 8 === 3 ? chance - 2 : chance
  const { nullable, maxLength, values } = columnOf(table, column)
  if (nullable && !isFilled && word % 16 === 15) return null
  if (kind === 'financial') return String(100 + number)
  if (kind === 'birth-date') return `19${String(30 + (number % 60)).padStart(2, '0')}-05-17`
  const one = (list: readonly string[]) => list[word % list.length] ?? ''
  if (values) return one(values)
  if (kind === 'person-name') {
    const person = about === 'anybody' ? people[Math.floor(word / 8) % people.length] : about
    return person ? fullName(person) : `Nomen ${table.name}n${number}`
  }
  const isUnique = table.uniques.some(([unique]) => unique === column)
  const text = `${isUnique ? `#${number} ` : ''}${textFor(kind, word, people, one)}`
  // A text cut in the middle of a name would name nobody for certain.
  return maxLength === null || [...text].length <= maxLength ? text : `cut ${number}`
}

function textFor(
  kind: Of<'field'>['kind'],
  word: number,
  people: readonly Person[],
  one: (list: readonly string[]) => string,
): string {
  if (kind === 'city') return one(cities)
  if (kind === 'job-title') return one(jobs)
  // What nobody thought to be personal seldom is.
  if (!telling.has(kind)) return word === 127 ? textOf(word, people) : 'blue'
  return kind === 'postal-address' && word % 8 === 0 ? one(streets) : textOf(word, people)
}
