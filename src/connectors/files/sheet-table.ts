import { access } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { CollectionDescription } from '../connector.ts'
import { problem } from '../problems.ts'
import { type Listed, ownerMark } from './directory.ts'
import { identityAt } from './replace.ts'
import type { Revision } from './rewrite.ts'
import { checkedHeader, describeTable, type SourceFile, type Table, unreadable } from './table.ts'
import { corrupt, fileProblem, hasOneName } from './text-file.ts'
import type { Contents, Row, Scanned, SheetRequest } from './workbook/messages.ts'
import type { ReadRequest, WorkbookReaders } from './workbook/process.ts'
import { Refusal } from './workbook/refusal.ts'

/** No sheet can have this name: Excel forbids brackets in them. */
export const besideName = '[beside the sheets]'
/** Excel's own limit. */
const longestCell = 32_767

export const isWorkbook = (name: string): boolean => /\.xls[xm]$/i.test(name)

/** Every sheet of a workbook as a collection, and what it holds beside them. */
export async function describeWorkbook(
  readers: WorkbookReaders,
  listed: Listed,
): Promise<readonly CollectionDescription[]> {
  const file = await sourceOf(listed)
  if (!file) return []
  const contents = await look(readers, file).catch((error: unknown) => {
    if (error instanceof Refusal) return error
    throw fileProblem(error, file.name)
  })
  if (contents instanceof Refusal) return [unreadable(listed.name, contents.reason)]
  const names = [...contents.sheets, ...(contents.hasTexts ? [besideName] : [])]
  const described: CollectionDescription[] = []
  for (const sheet of names) {
    const name = `${listed.name}/${sheet}`
    const one = await describeTable(name, () => openSheet(readers, file, sheet, contents))
    if (one) described.push(one)
  }
  const parts = contents.unsearched.map((part) =>
    unreadable(`${listed.name}/[${part}]`, 'it may hold copies of cells, and cannot be searched'),
  )
  return [...described, ...parts]
}

/** The table of `book.xlsx/Sheet name`; null where there is no such sheet. Throws `connectors.corrupt`. */
export async function openSheetOf(
  readers: WorkbookReaders,
  listed: Listed,
  collection: string,
): Promise<Table | null> {
  const file = await sourceOf(listed)
  if (!file) return null
  const contents = await look(readers, file).catch((error: unknown) => {
    throw sheetProblem(error, file.name)
  })
  const sheet = collection.slice(listed.name.length + 1)
  const isKnown = contents.sheets.includes(sheet) || (contents.hasTexts && sheet === besideName)
  if (contents.unsearched.some((part) => sheet === `[${part}]`))
    throw corrupt(collection, 1, 'it may hold copies of cells, and cannot be searched')
  return isKnown ? openSheet(readers, file, sheet, contents) : null
}

async function sourceOf({ name, path }: Listed): Promise<SourceFile | null> {
  const identity = await identityAt(path)
  return identity && { name, path, identity }
}

const look = (readers: WorkbookReaders, { path }: SourceFile): Promise<Contents> =>
  endOf(readers, { act: 'look', path }) as Promise<Contents>

async function openSheet(
  readers: WorkbookReaders,
  file: SourceFile,
  sheet: string,
  contents: Contents,
): Promise<Table> {
  const name = `${file.name}/${sheet}`
  const { path } = file
  if (sheet === besideName) return besideTable(readers, file, name)
  const scanned = (await endOf(readers, { act: 'scan', path, sheet }).catch((error: unknown) => {
    throw sheetProblem(error, name)
  })) as Scanned
  const header = checkedHeader(name, scanned.header, scanned.line)
  return {
    name,
    file,
    header,
    generated: new Set(scanned.generated.map((place) => header[place] ?? '')),
    maxLength: longestCell,
    fixed: await reasonToLeave(file, contents),
    records: () => recordsOf(readers, { act: 'rows', path, sheet }, name),
    refusal: (field, text) => {
      if (text.length > longestCell) return { kind: 'length', constraint: field }
      if (scanned.generated.includes(header.indexOf(field))) return { kind: 'generated', constraint: field }
      return text.includes('\0') || !text.isWellFormed() ? { kind: 'type', constraint: field } : null
    },
    rewrite: (revisions, { path: draft }) =>
      readers
        .rewrite({ act: 'rewrite', path, draft, sheets: requestsOf(file, revisions) })
        .catch((error: unknown) => {
          throw sheetProblem(error, file.name)
        }),
  }
}

const requestsOf = (file: SourceFile, revisions: ReadonlyMap<string, Revision>): readonly SheetRequest[] =>
  [...revisions].map(([name, { removed, changed }]) => ({
    sheet: name.slice(file.name.length + 1),
    removed: [...removed],
    changed: [...changed].map(([row, cells]) => [row, [...cells]]),
  }))

/** Why a workbook is not written to. Until then it is read like any other. */
async function reasonToLeave(
  { name, path, identity }: SourceFile,
  { isSigned }: Contents,
): Promise<string | null> {
  if (!hasOneName({ identity })) return `rewriting ${name}, which has a second name (a hard link)`
  if (isSigned) return `rewriting ${name}, which has a digital signature`
  const isOpenElsewhere = await access(join(dirname(path), ownerMark + basename(path))).then(
    () => true,
    () => false,
  )
  return isOpenElsewhere ? `rewriting ${name}, which somebody has open in Excel` : null
}

/** Texts outside the cells can be read and searched; what to take out of them only Excel knows. */
const besideTable = (readers: WorkbookReaders, file: SourceFile, name: string): Table => ({
  name,
  file,
  header: ['part', 'text'],
  generated: new Set(['part', 'text']),
  maxLength: null,
  fixed: `rewriting ${name}`,
  records: () => recordsOf(readers, { act: 'texts', path: file.path }, name),
  refusal: (field) => ({ kind: 'generated', constraint: field }),
  rewrite: async () => {
    throw problem('connectors.refused', { what: `rewriting ${name}` })
  },
})

async function* recordsOf(readers: WorkbookReaders, request: ReadRequest, name: string) {
  try {
    for await (const rows of readers.ask(request)) yield* rows.map(([number, cells]) => ({ number, cells }))
  } catch (error) {
    throw sheetProblem(error, name)
  }
}

async function endOf(readers: WorkbookReaders, request: ReadRequest): Promise<unknown> {
  const answer = readers.ask(request)
  for (;;) {
    const next: IteratorResult<readonly Row[], unknown> = await answer.next()
    if (next.done) return next.value
  }
}

const sheetProblem = (error: unknown, name: string): unknown =>
  error instanceof Refusal ? corrupt(name, error.line ?? 1, error.reason) : fileProblem(error, name)
