import { isProblem } from '../../platform/problem.ts'
import type { CollectionDescription, FieldDescription } from '../connector.ts'
import { readDialect } from './dialect.ts'
import type { Listed } from './directory.ts'
import { kindGuess } from './infer-kind.ts'
import { readRecords, type TableFile } from './records.ts'
import { corrupt, hasOneName, openText } from './text-file.ts'

/** A file that may be read: how it is written, and the names of its fields. */
export interface Table {
  readonly file: TableFile
  readonly header: readonly string[]
}

/** Opens a listed file as a table. Throws `connectors.corrupt` where its head is none; null for a .txt of prose. */
export async function openTable({ name, path }: Listed): Promise<Table | null> {
  const text = await openText(name, path)
  const file = { ...text, dialect: await readDialect(text) }
  const header = await headerOf(file)
  const isProse = !file.dialect.isClear || header.includes('')
  return /\.txt$/i.test(name) && isProse ? null : { file, header: checkedHeader(name, header) }
}

async function headerOf(file: TableFile): Promise<readonly string[]> {
  for await (const { cells } of readRecords(file)) return cells
  return []
}

const email = /^\S+@\S+\.\S+$/
const phone = /^\+?\d[\d .()/-]{6,}\d$/

/** Field names go where no personal data may go, so a first line of data must not pass for a header. */
function checkedHeader(name: string, header: readonly string[]): readonly string[] {
  if (header.some((field) => field === '')) throw corrupt(name, 1, 'a field has no name')
  if (new Set(header).size < header.length) throw corrupt(name, 1, 'two fields have the same name')
  if (header.some((field) => email.test(field) || phone.test(field)))
    throw corrupt(name, 1, 'the first line looks like data, not like field names')
  return header
}

/** Reads a whole file to say what it holds, or what is wrong with it and where; null where there is no table. */
export async function describeFile(listed: Listed): Promise<CollectionDescription | null> {
  const whole = {
    name: listed.name,
    kind: 'file',
    comment: null,
    key: [],
    uniques: [],
    foreignKeys: [],
    checks: [],
  } as const
  const bad = (unreadable: string) => ({ ...whole, rows: 0, fields: [], writable: false, unreadable })
  if (listed.reason) return bad(listed.reason)
  try {
    const table = await openTable(listed)
    if (table === null) return null
    const guesses = table.header.map(() => kindGuess())
    let rows = 0
    for await (const { number, cells } of readRecords(table.file)) {
      if (number === 0) continue
      rows = number
      for (const [i, guess] of guesses.entries()) guess.look(cells[i] ?? '')
    }
    const fields = table.header.map(
      (name, i): FieldDescription => ({
        name,
        type: 'text',
        kind: guesses[i]?.kind() ?? 'text',
        nullable: true,
        maxLength: null,
        generated: false,
        default: null,
        comment: null,
        values: null,
      }),
    )
    return {
      ...whole,
      rows,
      fields,
      writable: table.header.length > 0 && hasOneName(table.file),
      unreadable: null,
    }
  } catch (error) {
    if (isProblem(error, 'connectors.corrupt'))
      return bad(`line ${error.params.line}: ${error.params.reason}`)
    if (isProblem(error, 'connectors.refused')) return bad('no right to read it')
    // Gone since the directory was listed.
    if (isProblem(error, 'connectors.unknown-collection')) return null
    throw error
  }
}
