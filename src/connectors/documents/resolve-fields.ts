import type { Cell, CollectionDescription, FoundRow, ReadSession } from '../connector.ts'
import { problem } from '../problems.ts'
import { type Node, parseDocument } from './document.ts'
import type { Path } from './path.ts'
import { readPathField } from './path-field.ts'
import { cellAt } from './read-path.ts'

/** A field somebody asked for: a column, or a path in its documents. */
export interface Asked {
  readonly name: string
  readonly column: string
  readonly path: Path | null
}

/** What a session knows of its collections' columns; looked up once, and only where a name may be a path. */
export interface Columns {
  resolve(collection: string, names: readonly string[]): Promise<readonly Asked[]>
  describe(collection: string): Promise<CollectionDescription | undefined>
}

/** Tells columns from paths. A session that is never asked for a path is never asked for its shape. */
export function columnsIn(session: ReadSession): Columns {
  let shapes: Promise<ReadonlyMap<string, CollectionDescription>> | undefined
  const shape = async () =>
    new Map(
      (await session.describe({ counts: false })).collections.map((collection) => [
        collection.name,
        collection,
      ]),
    )
  const describe = async (collection: string) => {
    shapes ??= shape()
    return (await shapes).get(collection)
  }
  return {
    describe,
    async resolve(collection, names) {
      const asColumn = (name: string): Asked => ({ name, column: name, path: null })
      if (!names.some(mayBePath)) return names.map(asColumn)
      const columns = (await describe(collection))?.fields ?? []
      return names.map((name) => {
        const found = mayBePath(name) ? readPathField(name, columns) : null
        return found ? { name, column: found.field, path: found.path } : asColumn(name)
      })
    },
  }
}

/** Most names need no second look. */
export const mayBePath = (name: string): boolean => name.includes('.$')

export const hasPaths = (asked: readonly Asked[]): boolean => asked.some(({ path }) => path !== null)

export const columnsOf = (asked: readonly Asked[]): readonly string[] => [
  ...new Set(asked.map(({ column }) => column)),
]

/** Cells of what was asked for, out of a row with the columns. */
export function cellsOf(asked: readonly Asked[], columns: readonly string[], row: FoundRow): readonly Cell[] {
  const documents = new Map<string, Node | null>()
  const documentOf = (column: string, text: string) => {
    const known = documents.get(column)
    if (known !== undefined) return known
    const document = parseDocument(text)
    documents.set(column, document)
    return document
  }
  return asked.map(({ column, path }) => {
    const cell = row.cells[columns.indexOf(column)] ?? null
    if (path === null || cell === null || cell.trim() === '') return path === null ? cell : null
    const document = documentOf(column, cell)
    // What is no JSON may hold anything: it is shown whole at each of its paths rather than as nothing.
    return document === null ? cell : cellAt(cell, document, path)
  })
}

export const noDocument = (collection: string, field: string) =>
  problem('connectors.no-document', { collection, field })
