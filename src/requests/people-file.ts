import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import type { Identifier } from '../holdings/public.ts'
import type { Context } from '../platform/context.ts'
import { isProblem } from '../platform/problem.ts'
import { askedIdentifiers } from './asked-identifier.ts'
import { problem } from './problems.ts'
import type { AskedPerson } from './receive-batch.ts'

const kinds: ReadonlySet<string> = new Set([
  'email',
  'phone',
  'number',
  'username',
  'national-id',
  'bank-account',
])
const shownLines = 10
const mostPeople = 1_000_000

/** People in a file that was read to its end once. */
export interface PeopleFile {
  readonly count: number
  /** Reads the file again, so that it never is in memory as a whole. */
  readonly people: AsyncIterable<AskedPerson>
}

/**
 * Reads people from a CSV file: one on a line, under headers that are kinds of identifiers (`email`, `number`, …), several
 * of one person beside each other; or without headers, one identifier on a line as it would be typed. Nobody is taken in
 * when a line cannot be read. Throws `requests.people-file-unreadable`, `requests.people-file-long`, `requests.people-lines`
 * with the numbers of lines, never what stands on them.
 */
export async function readPeopleFile(ctx: Context, file: string): Promise<PeopleFile> {
  const bad: number[] = []
  let count = 0
  for await (const { line, asked } of entriesOf(ctx, file)) {
    if (asked === null) bad.push(line)
    else count += 1
    if (count > mostPeople) throw problem('requests.people-file-long', { file, most: mostPeople })
  }
  if (bad.length > 0) throw badLines(bad)
  return { count, people: peopleIn(ctx, file) }
}

/** A file that was changed since it was read through is refused where the first bad line stands. */
async function* peopleIn(ctx: Context, file: string): AsyncIterable<AskedPerson> {
  for await (const { line, asked } of entriesOf(ctx, file)) {
    if (asked === null) throw badLines([line])
    yield { line, asked }
  }
}

const badLines = (lines: readonly number[]) =>
  problem('requests.people-lines', {
    count: lines.length,
    lines: lines.slice(0, shownLines).join(', ') + (lines.length > shownLines ? ' …' : ''),
  })

/** Each line on which something stands, with whom it names: null where it names nobody. */
async function* entriesOf(
  ctx: Context,
  file: string,
): AsyncIterable<{ readonly line: number; readonly asked: readonly Identifier[] | null }> {
  let columns: readonly string[] | undefined
  for await (const { line, cells } of linesOf(file)) {
    if (columns === undefined) {
      columns = headersIn(cells)
      if (columns.length > 0) continue
    }
    if (cells.every((cell) => cell.trim() === '')) continue
    yield { line, asked: await identifiersIn(ctx, columns, cells) }
  }
}

async function* linesOf(file: string): AsyncIterable<{ line: number; cells: readonly string[] }> {
  const parser = parse({
    bom: true,
    delimiter: [',', ';', '\t'],
    info: true,
    relax_column_count: true,
    max_record_size: 10_000,
  })
  // What goes wrong with the file ends the parser too, and is told by it.
  pipeline(createReadStream(file), parser).catch(() => undefined)
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: readonly string[]
      info: { lines: number }
    }>)
      yield { line: info.lines, cells: record }
  } catch (error) {
    const reason = (error as { code?: unknown }).code
    throw problem('requests.people-file-unreadable', {
      file,
      reason: typeof reason === 'string' ? reason : 'CSV',
    })
  }
}

/** Nothing when the first line is a person already. */
const headersIn = (cells: readonly string[]): readonly string[] => {
  const names = cells.map((cell) => cell.trim().toLowerCase())
  return names.some((name) => kinds.has(name) || name === 'identifier') ? names : []
}

async function identifiersIn(
  ctx: Context,
  columns: readonly string[],
  cells: readonly string[],
): Promise<readonly Identifier[] | null> {
  const typed = (columns.length === 0 ? cells.slice(0, 1) : cells).flatMap((cell, i) => {
    const [column, text] = [columns[i], cell.trim()]
    if (text === '') return []
    if (columns.length === 0 || column === 'identifier') return [text]
    return column !== undefined && kinds.has(column) ? [`${column}:${text}`] : []
  })
  if (typed.length === 0) return null
  const asked: Identifier[] = []
  for (const one of typed)
    try {
      asked.push(...(await askedIdentifiers(ctx, one)))
    } catch (error) {
      if (!isProblem(error, 'requests.not-an-identifier')) throw error
      return null
    }
  return asked
}
