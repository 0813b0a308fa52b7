import type { FileHandle } from 'node:fs/promises'
import { isProblem } from '../../platform/problem.ts'
import type { Cell, CollectionDescription, FieldDescription } from '../connector.ts'
import type { Reason } from '../reasons.ts'
import { kindGuess } from './infer-kind.ts'
import type { Revision } from './rewrite.ts'
import { corrupt, type Identity } from './text-file.ts'

/** A file in one of its states. */
export interface SourceFile {
  /** Its path below the directory. */
  readonly name: string
  readonly path: string
  readonly identity: Identity
}

/** A collection that may be read: all of a CSV file, or a sheet of a workbook. */
export interface Table {
  /** The collection's name. */
  readonly name: string
  readonly file: SourceFile
  readonly header: readonly string[]
  /** The fields that are computed from others. */
  readonly generated: ReadonlySet<string>
  /** In characters; null where there is no limit. */
  readonly maxLength: number | null
  /** What cannot be done, and why, where it may only be read (`rewriting b.csv, which has …`). */
  readonly fixed: string | null
  /** Every record of data in its order. Throws `connectors.corrupt` at the first that is none. */
  records(): AsyncIterable<TableRecord>
  /** The constraint that a text breaks, as `connectors.constraint` has it; null where it can be held. */
  refusal(field: string, text: string): { readonly kind: string; readonly constraint: string } | null
  /** Writes the file anew, with what became of its collections. */
  rewrite(revisions: ReadonlyMap<string, Revision>, draft: Draft): Promise<void>
}

export interface TableRecord {
  readonly number: number
  readonly cells: readonly (Cell | undefined)[]
}

/** An empty file that is to take the place of another. */
export interface Draft {
  readonly path: string
  readonly handle: FileHandle
}

const email = /^\S+@\S+\.\S+$/
const phone = /^\+?\d[\d .()/-]{6,}\d$/

/** Field names go where no personal data may go, so a first line of data must not pass for a header. */
export function checkedHeader(name: string, header: readonly string[], line = 1): readonly string[] {
  if (header.some((field) => field === '')) throw corrupt(name, line, 'a field has no name')
  if (new Set(header).size < header.length) throw corrupt(name, line, 'two fields have the same name')
  if (header.some((field) => email.test(field) || phone.test(field)))
    throw corrupt(name, line, 'the first line looks like data, not like field names')
  return header
}

/** A collection nobody can read, and why. */
export const unreadable = (name: string, reason: string): CollectionDescription => ({
  ...whole(name),
  rows: 0,
  fields: [],
  writable: false,
  unreadable: reason,
})

const whole = (name: string) =>
  ({ name, kind: 'file', comment: null, key: [], uniques: [], foreignKeys: [], checks: [] }) as const

/** Reads a whole table to say what it holds, or what is wrong with it and where; null where there is none. */
export async function describeTable(
  name: string,
  open: () => Promise<Table | null>,
): Promise<CollectionDescription | null> {
  try {
    const table = await open()
    return table && (await description(table))
  } catch (error) {
    if (isProblem(error, 'connectors.corrupt'))
      return unreadable(name, `line ${error.params.line}: ${error.params.reason}`)
    const noRight: Reason = 'no right to read it'
    if (isProblem(error, 'connectors.refused')) return unreadable(name, noRight)
    // Gone since the directory was listed.
    if (isProblem(error, 'connectors.unknown-collection')) return null
    throw error
  }
}

async function description(table: Table): Promise<CollectionDescription> {
  const guesses = table.header.map(() => kindGuess())
  let rows = 0
  for await (const { cells } of table.records()) {
    rows++
    for (const [i, guess] of guesses.entries()) guess.look(cells[i] ?? '')
  }
  const fields = table.header.map(
    (name, i): FieldDescription => ({
      name,
      type: 'text',
      kind: guesses[i]?.kind() ?? 'text',
      nullable: true,
      maxLength: table.maxLength,
      generated: table.generated.has(name),
      default: null,
      comment: null,
      values: null,
    }),
  )
  const writable = table.header.length > 0 && table.fixed === null
  return { ...whole(table.name), rows, fields, writable, unreadable: null }
}
