import { isProblem } from '../../platform/problem.ts'
import type { Cell, CollectionDescription, RowChange, RowKey, WriteSession } from '../connector.ts'
import { problem } from '../problems.ts'
import { type Emptying, editDocument } from './edit-document.ts'
import { type Asked, type Columns, columnsOf, hasPaths, noDocument } from './resolve-fields.ts'
import { sameDocument } from './same-document.ts'

/**
 * Changes rows, documents among them: each is read under the row's lock, edited, written back whole and read once more.
 * What a CHECK does not want removed becomes JSON null, where one row is changed by itself. Throws
 * `connectors.no-document` where a text is no JSON, and `connectors.document-differs` where the target keeps another
 * document than it was given, or its lists are not those that were read.
 */
export async function changeDocuments(
  session: WriteSession,
  known: Columns,
  collection: string,
  wanted: readonly RowChange[],
): Promise<number> {
  const names = [...new Set(wanted.flatMap(({ set }) => Object.keys(set)))]
  const asked = new Map((await known.resolve(collection, names)).map((one) => [one.name, one]))
  if (!hasPaths([...asked.values()])) return session.change(collection, wanted)
  const changes = merged(wanted)
  const paths = [...asked.values()].filter(({ path }) => path !== null)
  const description = await known.describe(collection)
  const documents = await readDocuments(session, collection, paths, changes)
  const write = async (emptying: Emptying): Promise<number> => {
    const written = changes.map((change) => withDocuments(collection, change, asked, documents, emptying))
    const some = written.filter(({ set }) => Object.keys(set).length > 0)
    // A row without a document holds nothing at its paths: there is nothing to be done, and it was done.
    const idle = written.filter((one) => !some.includes(one) && documents.has(one.key)).length
    const changed = some.length === 0 ? 0 : await session.change(collection, some)
    if (description) await confirm(session, description, paths, some)
    return changed + idle
  }
  try {
    return await session.savepoint(() => write('remove'))
  } catch (error) {
    // Of several rows one is meant, and the others need not put up with its constraint: callers halve.
    if (!isProblem(error, 'connectors.constraint') || changes.length > 1) throw ofPaths(error, paths)
    return await write('null').catch((second: unknown) => {
      throw ofPaths(second, paths)
    })
  }
}

/** A document that is edited twice is edited once, with both edits. */
const merged = (changes: readonly RowChange[]): readonly RowChange[] =>
  [...Map.groupBy(changes, ({ key }) => key)].map(([key, ofRow]) => ({
    key,
    set: Object.fromEntries(ofRow.flatMap(({ set }) => Object.entries(set))),
  }))

type Documents = ReadonlyMap<RowKey, ReadonlyMap<string, Cell>>

async function readDocuments(
  session: WriteSession,
  collection: string,
  paths: readonly Asked[],
  changes: readonly RowChange[],
): Promise<Documents> {
  const columns = columnsOf(paths)
  const keys = changes.map(({ key }) => key)
  const documents = new Map<RowKey, ReadonlyMap<string, Cell>>()
  for await (const row of session.find({ collection, keys, fields: columns }))
    documents.set(row.key, new Map(columns.map((column, i) => [column, row.cells[i] ?? null])))
  return documents
}

/** The change as the target understands it; a column that is written whole is not edited besides. */
function withDocuments(
  collection: string,
  { key, set }: RowChange,
  asked: ReadonlyMap<string, Asked>,
  documents: Documents,
  emptying: Emptying,
): RowChange {
  const columns = Object.entries(set).filter(([name]) => !asked.get(name)?.path)
  const cells = new Map(columns)
  const paths = Object.entries(set).flatMap(([name, cell]) => {
    const one = asked.get(name)
    return one?.path ? [{ column: one.column, path: one.path, cell }] : []
  })
  for (const [column, edits] of Map.groupBy(paths, (one) => one.column)) {
    const text = documents.get(key)?.get(column) ?? null
    if (cells.has(column) || text === null || text.trim() === '') continue
    const edited = editDocument(text, edits, emptying)
    if ('text' in edited) cells.set(column, edited.text)
    else if (edited.refused === 'no-document') throw noDocument(collection, column)
    else throw problem('connectors.document-differs', { collection, field: column })
  }
  return { key, set: Object.fromEntries(cells) }
}

/** Engines keep numbers and texts of documents in forms of their own: what they made of one has to say the same. */
async function confirm(
  session: WriteSession,
  { name: collection, key: keyFields, fields }: CollectionDescription,
  paths: readonly Asked[],
  written: readonly RowChange[],
): Promise<void> {
  // Texts are kept as they are given.
  const columns = columnsOf(paths).filter((column) =>
    fields.some(({ name, kind }) => name === column && kind === 'json'),
  )
  const lasting = written.filter(({ set }) => !keyFields.some((field) => Object.hasOwn(set, field)))
  if (columns.length === 0 || keyFields.length === 0 || lasting.length === 0) return
  const expected = new Map(lasting.map(({ key, set }) => [key, set]))
  for await (const row of session.find({ collection, keys: [...expected.keys()], fields: columns }))
    for (const [i, column] of columns.entries()) {
      const [wanted, now] = [expected.get(row.key)?.[column], row.cells[i] ?? null]
      if (wanted === undefined || wanted === now) continue
      if (wanted === null || now === null || !sameDocument(wanted, now))
        throw problem('connectors.document-differs', { collection, field: column })
    }
}

/** A refusal that names the column speaks of every path in it: the caller knows only those. */
function ofPaths(error: unknown, paths: readonly Asked[]): unknown {
  if (!isProblem(error, 'connectors.constraint')) return error
  return paths.some(({ column }) => column === error.params['constraint'])
    ? problem('connectors.constraint', { ...error.params, constraint: '' }, error)
    : error
}
