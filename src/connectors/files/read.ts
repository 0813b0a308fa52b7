import type {
  CollectionDescription,
  FoundRow,
  RowQuery,
  SystemDescription,
  TextSearch,
} from '../connector.ts'
import { fingerprint } from '../fingerprint.ts'
import { queryTest, searchTest } from '../match-rows.ts'
import { type Pace, paced } from '../pace.ts'
import { problem } from '../problems.ts'
import { writeKey } from '../row-key.ts'
import { openCsv } from './csv-table.ts'
import { type Listed, listFiles } from './directory.ts'
import type { Pending } from './pending.ts'
import { asCell } from './records.ts'
import { identityAt } from './replace.ts'
import { type RowNumbers, rowNumbers } from './row-numbers.ts'
import { describeWorkbook, isWorkbook, openSheetOf } from './sheet-table.ts'
import { describeTable, type Table, unreadable } from './table.ts'
import { corrupt, isSame } from './text-file.ts'
import type { WorkbookReaders } from './workbook/process.ts'

/** A directory as one session sees it. */
export interface Reading {
  readonly directory: string
  /** What is to be written; null in a session that only reads. */
  readonly pending: Pending | null
  readonly tables: Map<string, Table>
  /** Which records a collection has, once it was read to its end: then all of it is known to be a table. */
  readonly records: Map<string, RowNumbers>
  readonly readers: WorkbookReaders
  /** Of the disk the files lie on: others read there too. */
  readonly pace: Pace
}

/** Reads every file from end to end: only then is it known to be a table. */
export async function describe({ directory, readers }: Reading): Promise<SystemDescription> {
  const described: CollectionDescription[] = []
  for (const listed of await listFiles(directory)) {
    if (listed.reason) described.push(unreadable(listed.name, listed.reason))
    else if (isWorkbook(listed.name)) described.push(...(await describeWorkbook(readers, listed)))
    else {
      const collection = await describeTable(listed.name, () => openCsv(listed))
      if (collection) described.push(collection)
    }
  }
  return { engine: 'CSV and Excel files', collections: described, fingerprint: fingerprint(described) }
}

/** The table of a collection, as it was when this session first saw it; a reading session looks again when it changed. */
export async function tableOf(reading: Reading, collection: string): Promise<Table> {
  const known = reading.tables.get(collection)
  if (known) {
    const now = await identityAt(known.file.path)
    if (now && isSame(now, known.file.identity)) return known
    if (reading.pending) throw problem('connectors.changed-meanwhile', { file: collection })
  }
  const listed = (await listFiles(reading.directory)).find(({ name }) => isIn(name, collection))
  if (!listed) throw problem('connectors.unknown-collection', { collection })
  if (listed.reason === 'no right to read it')
    throw problem('connectors.refused', { what: `reading ${collection}` })
  if (listed.reason) throw corrupt(collection, 1, listed.reason)
  const table = isWorkbook(listed.name)
    ? await openSheetOf(reading.readers, listed, collection)
    : await openCsv(listed)
  if (!table) throw problem('connectors.unknown-collection', { collection })
  reading.tables.set(collection, table)
  reading.records.delete(collection)
  return table
}

/** A collection is a file, or a sheet in one: `book.xlsx/Sheet name`. */
const isIn = (file: Listed['name'], collection: string): boolean =>
  isWorkbook(file) ? collection.startsWith(`${file}/`) : file === collection

/** Where fields stand in a record. */
export function placesOf(table: Table, fields: readonly string[]): readonly number[] {
  return fields.map((field) => {
    const place = table.header.indexOf(field)
    if (place < 0) throw problem('connectors.unknown-field', { collection: table.name, field })
    return place
  })
}

/** Every row with some of its cells, as this session has made it. */
export async function* stream(
  reading: Reading,
  collection: string,
  fields: readonly string[],
): AsyncIterable<FoundRow> {
  const table = await tableOf(reading, collection)
  const places = placesOf(table, fields)
  const { pending } = reading
  const numbers = rowNumbers()
  for await (const { number, cells } of paced(table.records(), reading.pace)) {
    numbers.add(number)
    if (pending?.isRemoved(collection, number)) continue
    const set = pending?.changesOf(collection, number)
    const cellAt = (place: number) => asCell(set?.has(place) ? set.get(place) : cells[place])
    yield { key: writeKey([String(number)]), cells: places.map(cellAt) }
  }
  const now = await identityAt(table.file.path)
  if (!now || !isSame(now, table.file.identity))
    throw problem('connectors.changed-meanwhile', { file: collection })
  reading.records.set(collection, numbers)
}

/** The rows of a query; a file has no index, so it is read from end to end. */
export async function* find(reading: Reading, query: RowQuery): AsyncIterable<FoundRow> {
  const test = queryTest(query)
  const all = stream(reading, query.collection, [...test.fields, ...query.fields])
  if (!query.keys?.length && !query.matches?.some((match) => match.values.length > 0)) return
  for await (const row of all)
    if (test.passes(row)) yield { key: row.key, cells: row.cells.slice(test.fields.length) }
}

export async function count(reading: Reading, query: Omit<RowQuery, 'fields'>): Promise<number> {
  let rows = 0
  for await (const _ of find(reading, { ...query, fields: [] })) rows++
  return rows
}

export async function* search(
  reading: Reading,
  { collection, fields, needles }: TextSearch,
): AsyncIterable<FoundRow> {
  const test = searchTest(fields, needles)
  for await (const row of stream(reading, collection, fields)) if (test.passes(row)) yield row
}

/** One pass: whenever twice as many rows as wanted are held, every other is let go, and from then on skipped. */
export async function sample(
  reading: Reading,
  collection: string,
  limit: number,
): Promise<readonly FoundRow[]> {
  const { header } = await tableOf(reading, collection)
  let held: FoundRow[] = []
  let step = 1
  let i = 0
  for await (const row of stream(reading, collection, header)) {
    if (i++ % step > 0) continue
    held.push(row)
    if (held.length < 2 * limit) continue
    held = held.filter((_, place) => place % 2 === 0)
    step *= 2
  }
  if (held.length <= limit) return held
  return Array.from({ length: limit }, (_, place) => held[Math.floor((place * held.length) / limit)]).filter(
    (row) => row !== undefined,
  )
}
