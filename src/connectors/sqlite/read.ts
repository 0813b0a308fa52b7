import type { SQLInputValue } from 'node:sqlite'
import { sha256 } from '../../platform/bytes.ts'
import type { FoundRow, RowKey, RowQuery, TextSearch } from '../connector.ts'
import { queryTest, searchTest } from '../match-rows.ts'
import { readKeys, writeKey } from '../row-key.ts'
import { printed, quoted } from './cells.ts'
import type { Database, RawRow } from './database.ts'
import { type Condition, equalTo, marks, narrowing } from './narrow.ts'
import { fieldOf, type Shape, type Table, tableOf } from './shape.ts'

export interface Reading {
  readonly database: Database
  readonly shape: Shape
}

/** A row as it was read: what leads back to it, its key, and the cells asked for. */
export interface LocatedRow extends FoundRow {
  readonly place: readonly SQLInputValue[]
}

/** Rows are read in pages, each a statement of its own, so that neither our event loop nor a writer waits long. */
const firstPage = 64
const largestPage = 1_000
const pageCharacters = 1_000_000
/** A statement looks at no more rows than this. */
const largestStep = 65_536
/** More wanted values than this are looked for in one pass over all rows. */
const lookupLimit = 20_000
/** So many at the most are one condition. */
const fewWanted = 100
/** Up to so many rows a sample is taken by passing all of them. */
const passLimit = 20_000

export async function* find(reading: Reading, query: RowQuery): AsyncIterable<FoundRow> {
  const table = tableOf(reading.shape, query.collection)
  for (const field of query.fields) fieldOf(table, field)
  for await (const { key, cells } of located(reading, query, query.fields)) yield { key, cells }
}

export async function count(reading: Reading, query: Omit<RowQuery, 'fields'>): Promise<number> {
  let rows = 0
  for await (const _ of located(reading, query, [])) rows++
  return rows
}

export async function* stream(
  reading: Reading,
  collection: string,
  fields: readonly string[],
): AsyncIterable<FoundRow> {
  for await (const { key, cells } of scan(reading, tableOf(reading.shape, collection), fields))
    yield { key, cells }
}

export async function* search(reading: Reading, wanted: TextSearch): AsyncIterable<FoundRow> {
  const table = tableOf(reading.shape, wanted.collection)
  const test = searchTest(wanted.fields, wanted.needles)
  const condition = table.locator.length === 0 ? null : narrowing(wanted.fields, wanted.needles)
  const rows = condition
    ? narrowed(reading, table, wanted.fields, condition)
    : scan(reading, table, wanted.fields)
  for await (const { key, cells } of rows) if (test.passes({ key, cells })) yield { key, cells }
}

/** The rows of a query with what leads back to them: each once. */
export async function* located(
  reading: Reading,
  query: Omit<RowQuery, 'fields'>,
  fields: readonly string[],
): AsyncIterable<LocatedRow> {
  const table = tableOf(reading.shape, query.collection)
  const test = queryTest(query)
  for (const field of test.fields) fieldOf(table, field)
  if (!query.keys?.length && !query.matches?.some((match) => match.values.length > 0)) return
  const all = [...test.fields, ...fields]
  // Tested here in any case: SQLite compares numbers as numbers, and some columns ignore case.
  for await (const row of mayPass(reading, table, query, all))
    if (test.passes(row)) yield { ...row, cells: row.cells.slice(test.fields.length) }
}

/** In the way that takes the least: by an index, by a condition, or every row. */
function mayPass(
  reading: Reading,
  table: Table,
  query: Omit<RowQuery, 'fields'>,
  fields: readonly string[],
): AsyncIterable<LocatedRow> {
  if (canLookUp(table, query)) return lookUp(reading, table, query, fields)
  const few = fewAmongAll(table, query)
  return few ? narrowed(reading, table, fields, few) : scan(reading, table, fields)
}

function canLookUp(table: Table, query: Omit<RowQuery, 'fields'>): boolean {
  const { matches = [], keys = [] } = query
  const wanted = matches.reduce((sum, match) => sum + match.values.length, keys.length)
  if (table.locator.length === 0 || wanted > lookupLimit) return false
  return matches.every(
    (match) => match.fold === 'none' && match.fields.some((field) => table.indexed.has(field)),
  )
}

/** By this SQLite tells the rows that hold one of a few values where no index does: in a fifth of our time for all of them. */
function fewAmongAll(table: Table, { matches = [], keys = [] }: Omit<RowQuery, 'fields'>): Condition | null {
  const wanted = matches.reduce((sum, match) => sum + match.values.length, 0)
  if (table.locator.length === 0 || keys.length > 0 || wanted === 0 || wanted > fewWanted) return null
  if (matches.some((match) => match.fold !== 'none')) return null
  const conditions = matches.flatMap(({ fields, values }) => {
    const whole = values.filter((tuple) => tuple.length === fields.length)
    return whole.length > 0 ? [equalTo(fields, whole)] : []
  })
  if (conditions.length === 0) return null
  return {
    text: `(${conditions.map(({ text }) => text).join(' or ')})`,
    values: conditions.flatMap(({ values }) => values),
  }
}

async function* lookUp(
  reading: Reading,
  table: Table,
  query: Omit<RowQuery, 'fields'>,
  fields: readonly string[],
): AsyncIterable<LocatedRow> {
  const seen = new Set<RowKey>()
  for await (const row of candidates(reading, table, query, fields)) {
    if (seen.has(row.key)) continue
    seen.add(row.key)
    yield row
  }
}

async function* candidates(
  reading: Reading,
  table: Table,
  { keys = [], matches = [] }: Omit<RowQuery, 'fields'>,
  fields: readonly string[],
): AsyncIterable<LocatedRow> {
  const { key } = table.description
  const named = readKeys(keys, Math.max(1, key.length))
  if (key.length > 0) yield* equal(reading, table, key, named, fields)
  else
    yield* atRowids(
      reading,
      table,
      named.map(([rowid = '']) => rowid),
      fields,
    )
  for (const match of matches) yield* equal(reading, table, match.fields, match.values, fields)
}

/** So many rows or values one statement asks for: each statement costs more than a row that an index leads to. */
export const togetherByOne = 64
const togetherBySeveral = 16

async function* atRowids(
  reading: Reading,
  table: Table,
  rowids: readonly string[],
  fields: readonly string[],
): AsyncIterable<LocatedRow> {
  const numbers = rowids
    .flatMap((rowid) => (/^-?\d{1,19}$/.test(rowid) ? BigInt(rowid) : []))
    .filter((number) => number === BigInt.asIntN(64, number))
  for (const some of inStatements(numbers, togetherByOne))
    yield* await page(reading, table, fields, `where ${table.locator[0]} in (${marks(some.length)})`, some)
}

/** All rows that could be printed so, and perhaps more; the caller looks at how they are. */
async function* equal(
  reading: Reading,
  table: Table,
  names: readonly string[],
  tuples: readonly (readonly string[])[],
  fields: readonly string[],
): AsyncIterable<LocatedRow> {
  const whole = tuples.filter((tuple) => tuple.length === names.length)
  const asked = (some: readonly (readonly string[])[]) => {
    const { text, values } = equalTo(names, some)
    return page(reading, table, fields, `where ${text} limit ${largestPage}`, values)
  }
  for (const some of inStatements(whole, names.length === 1 ? togetherByOne : togetherBySeveral)) {
    const rows = await asked(some)
    if (rows.length < largestPage) yield* rows
    else
      for (const tuple of new Set(some)) {
        const own = some.length === 1 ? rows : await asked([tuple])
        // A value that so many rows share is better looked for in one pass over all of them.
        yield* own.length < largestPage ? own : scan(reading, table, fields)
      }
  }
}

/** In portions of a few lengths, the last filled up with what it ends with: a statement of each length is prepared once. */
export function* inStatements<One>(list: readonly One[], most: number): Iterable<readonly One[]> {
  for (let start = 0; start < list.length; start += most) {
    const some = list.slice(start, start + most)
    const length = 2 ** Math.ceil(Math.log2(some.length))
    yield [
      ...some,
      ...some.slice(-1).flatMap((last) => Array.from({ length: length - some.length }, () => last)),
    ]
  }
}

/** Every row, page by page. */
export async function* scan(
  reading: Reading,
  table: Table,
  fields: readonly string[],
): AsyncIterable<LocatedRow> {
  for (const field of fields) fieldOf(table, field)
  if (table.locator.length === 0) return yield* iterate(reading, table, fields)
  const order = `order by ${table.locator.join(', ')} limit ?`
  const after = `where (${table.locator.join(', ')}) > (${table.locator.map(() => '?').join(', ')}) ${order}`
  let last: readonly SQLInputValue[] | undefined
  for (let size = firstPage; ; ) {
    const rows = await page(reading, table, fields, last ? after : order, [...(last ?? []), size])
    yield* rows
    if (rows.length < size) return
    last = rows.at(-1)?.place
    size = nextPage(rows)
  }
}

/** The rows for which the condition holds: statement by statement, each over so many rows as take some milliseconds. */
async function* narrowed(
  reading: Reading,
  table: Table,
  fields: readonly string[],
  condition: Condition,
): AsyncIterable<LocatedRow> {
  for (const field of fields) fieldOf(table, field)
  const place = table.locator.join(', ')
  const marks = table.locator.map(() => '?').join(', ')
  let last: readonly SQLInputValue[] | undefined
  for (let step = firstPage; ; ) {
    const after = last ? `(${place}) > (${marks})` : 'true'
    const until = await placeOf(reading, table, `where ${after}`, [...(last ?? []), step - 1])
    const upTo = until ? `(${place}) <= (${marks})` : 'true'
    let ms = 0
    for (let size = firstPage; ; ) {
      const beyond = last ? `(${place}) > (${marks})` : 'true'
      const tail = `where ${beyond} and ${upTo} and ${condition.text} order by ${place} limit ?`
      const values = [...(last ?? []), ...(until ?? []), ...condition.values, size]
      const start = performance.now()
      const rows = await page(reading, table, fields, tail, values)
      ms += performance.now() - start
      yield* rows
      if (rows.length < size) break
      last = rows.at(-1)?.place
      size = nextPage(rows)
    }
    if (!until) return
    last = until
    step = nextStep(step, ms)
  }
}

/** So long a statement may take: for as long nobody else gets a turn. */
const statementMs = 10

const nextStep = (step: number, ms: number): number =>
  Math.max(firstPage, Math.min(largestStep, ms < statementMs ? step * 2 : Math.floor(step / 2)))

async function placeOf(
  reading: Reading,
  table: Table,
  where: string,
  values: readonly SQLInputValue[],
): Promise<readonly SQLInputValue[] | undefined> {
  const { name } = table.description
  const place = table.locator.join(', ')
  const statement = `select ${place} from ${quoted(name)} ${where} order by ${place} limit 1 offset ?`
  return (await reading.database.all(statement, values, `select on ${name}`, name))[0]
}

async function page(
  reading: Reading,
  table: Table,
  fields: readonly string[],
  tail: string,
  values: readonly SQLInputValue[],
): Promise<readonly LocatedRow[]> {
  const { name, key } = table.description
  const columns = [...table.locator, ...[...key, ...fields].map((field) => quoted(field))]
  const statement = `select ${columns.join(', ')} from ${quoted(name)} ${tail}`
  const rows = await reading.database.all(statement, values, `select on ${name}`, name)
  return rows.map((row) => asLocated(row, table.locator.length, key.length))
}

function asLocated(row: RawRow, places: number, keys: number): LocatedRow {
  const place = row.slice(0, places)
  const cells = row.slice(places).map(printed)
  const parts = keys > 0 ? cells.slice(0, keys) : place.map(printed)
  return { place, key: writeKey(parts.map((part) => part ?? '')), cells: cells.slice(keys) }
}

/** A view has no order to be paged by and nothing to name a row by but all it holds. */
async function* iterate(
  reading: Reading,
  table: Table,
  fields: readonly string[],
): AsyncIterable<LocatedRow> {
  const { name } = table.description
  const all = [...table.fields.keys()]
  const places = fields.map((field) => all.indexOf(field))
  const statement = `select ${all.map((field) => quoted(field)).join(', ')} from ${quoted(name)}`
  for await (const row of reading.database.iterate(statement, `select on ${name}`, name)) {
    const cells = row.map(printed)
    const digest = sha256(JSON.stringify(cells)).toString('hex')
    yield { place: [], key: writeKey([digest]), cells: places.map((place) => cells[place] ?? null) }
  }
}

function nextPage(rows: readonly FoundRow[]): number {
  const characters = rows.reduce(
    (sum, row) => sum + row.cells.reduce((n, cell) => n + (cell?.length ?? 0) + 16, 0),
    0,
  )
  return Math.max(1, Math.min(largestPage, Math.floor(pageCharacters / (characters / rows.length))))
}

export async function countAll(reading: Reading, table: Table): Promise<number> {
  const { name } = table.description
  const rows = await reading.database.all(
    `select count(*) from ${quoted(name)}`,
    [],
    `select on ${name}`,
    name,
  )
  return Number(rows[0]?.[0] ?? 0)
}

/** Every n-th row; in a large table the rows at evenly spread rowids, found without reading those between. */
export async function sample(
  reading: Reading,
  collection: string,
  limit: number,
): Promise<readonly FoundRow[]> {
  const table = tableOf(reading.shape, collection)
  const fields = [...table.fields.keys()]
  const rows = await countAll(reading, table)
  if (rows > passLimit && table.locator.length === 1 && table.description.kind === 'table') {
    const spread = await atSpreadPlaces(reading, table, fields, limit)
    if (spread.length > 0) return spread
  }
  const step = Math.max(1, Math.floor(rows / limit))
  const found: FoundRow[] = []
  let i = 0
  for await (const { key, cells } of scan(reading, table, fields)) {
    if (found.length === limit) break
    if (i++ % step === 0) found.push({ key, cells })
  }
  return found
}

async function atSpreadPlaces(
  reading: Reading,
  table: Table,
  fields: readonly string[],
  limit: number,
): Promise<readonly FoundRow[]> {
  const { name } = table.description
  const [place = ''] = table.locator
  const ends = await reading.database.all(
    `select min(${place}), max(${place}) from ${quoted(name)}`,
    [],
    `select on ${name}`,
    name,
  )
  const [low, high] = ends[0] ?? []
  if (typeof low !== 'bigint' || typeof high !== 'bigint') return []
  const found = new Map<RowKey, FoundRow>()
  for (let i = 0n; i < BigInt(limit); i++) {
    const from = low + ((high - low) * i) / BigInt(limit)
    for (const { key, cells } of await page(
      reading,
      table,
      fields,
      `where ${place} >= ? order by ${place} limit 1`,
      [from],
    ))
      found.set(key, { key, cells })
  }
  return [...found.values()]
}
