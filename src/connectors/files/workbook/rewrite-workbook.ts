import { buffer } from 'node:stream/consumers'
import { relationsOf, relationsPart, type Sheet } from './book.ts'
import { cellText } from './cell-text.ts'
import { type Opened, openWorkbook } from './opened.ts'
import { requireSame } from './require-same.ts'
import { isErased, reviseRow, type SheetRevision } from './revise-row.ts'
import { withoutUnused } from './shared-strings.ts'
import { type SheetCell, type SheetRow, sheetPieces } from './sheet-rows.ts'
import {
  computedOnLoad,
  type IsErasedAt,
  withoutComments,
  withoutContentType,
  withoutCopies,
  withoutLinks,
  withoutRelationOfKind,
  withoutRelations,
} from './traces.ts'
import { writePackage } from './write-package.ts'

/** By the names of sheets. */
export type Revisions = ReadonlyMap<string, SheetRevision>

const nothing: SheetRevision = { removed: new Set(), changed: new Map() }

/**
 * Writes a workbook anew without what is erased: in the cells, in the shared strings that no cell shows any more, in
 * links and comments on the cells, and in results of formulas and copies in charts that hold it. Every other part keeps every byte. What was
 * written is read again before it counts.
 */
export async function rewriteWorkbook(opened: Opened, revisions: Revisions, path: string): Promise<void> {
  const survey = await surveyOf(opened, revisions)
  const parts = new Map<string, (() => AsyncIterable<Buffer>) | null>()
  for (const sheet of opened.book.sheets) {
    const revision = revisions.get(sheet.name) ?? nothing
    if (revision !== nothing || survey.hasFormulas) await reviseSheet(opened, sheet, revision, survey, parts)
  }
  const { strings, part: bookPart } = opened.book
  if (strings !== null && survey.hasUnused)
    parts.set(strings, () => withoutUnused(opened.zip.bytes(strings), survey.used))
  for (const { fileName } of opened.zip.entries)
    if (/\/charts\/[^/]+\.xml$/i.test(fileName))
      await edit(opened, parts, fileName, (text) => withoutCopies(text, survey.isCopy))
  if (survey.losesFormula) await dropCalcChain(opened, parts)
  if (survey.hasFormulas) await edit(opened, parts, bookPart, computedOnLoad)
  const named = new Map([...parts].map(([name, bytes]) => [entryName(opened, name), bytes]))
  await writePackage(opened.zip, named, path)
  await using written = await openWorkbook(path)
  await requireSame(opened, written, revisions, named)
}

interface Survey {
  /** Shared strings that a cell still shows. */
  readonly used: ReadonlySet<number>
  readonly hasUnused: boolean
  readonly hasFormulas: boolean
  readonly losesFormula: boolean
  /** Whether a text that was computed or copied from cells holds something erased. */
  isCopy(text: string): boolean
}

/** Beyond so many erased texts each result that is a text is computed anew, rather than compared with all of them. */
const mostCompared = 1_000
/** Shorter texts stand in results by chance. */
const shortestCopy = 3

async function surveyOf({ zip, book, strings }: Opened, revisions: Revisions): Promise<Survey> {
  const used = new Set<number>()
  const erased = new Set<string>()
  let hasFormulas = false
  let losesFormula = false
  for (const { name, part } of book.sheets) {
    const revision = revisions.get(name) ?? nothing
    for await (const { row } of sheetPieces(zip.bytes(part)))
      for (const cell of row?.cells ?? []) {
        const isGone = isErased(revision, row?.number ?? 0, cell.column)
        hasFormulas ||= cell.formula !== null
        losesFormula ||= isGone && cell.formula !== null
        if (!isGone && cell.type === 's' && cell.value) used.add(Number(cell.value))
        const text = isGone && erased.size <= mostCompared ? cellText(cell, book, strings) : null
        if (text !== null && text.length >= shortestCopy) erased.add(text)
      }
  }
  const texts = [...erased]
  return {
    used,
    hasUnused: strings.some((text, i) => text !== '' && !used.has(i)),
    hasFormulas,
    losesFormula,
    isCopy: (copy) => texts.length > mostCompared || texts.some((text) => copy.includes(text)),
  }
}

async function reviseSheet(
  opened: Opened,
  { part }: Sheet,
  revision: SheetRevision,
  survey: Survey,
  parts: Map<string, (() => AsyncIterable<Buffer>) | null>,
): Promise<void> {
  const { zip, book, strings } = opened
  const isCopy = (cell: SheetCell) =>
    cell.formula !== null && cell.value !== null && survey.isCopy(cellText(cell, book, strings) ?? '')
  const isErasedAt: IsErasedAt = (reference) => {
    const [, letters = '', row = ''] = /^\$?([A-Z]{1,3})\$?(\d+)/.exec(reference) ?? []
    const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0)
    return isErased(revision, Number(row), column)
  }
  const revised = (row: SheetRow) => reviseRow(row, revision, isCopy)
  parts.set(part, () => sheetBytes(zip.bytes(part), revised, (tail) => withoutLinks(tail, isErasedAt).text))
  if (revision === nothing) return
  const { orphans } = withoutLinks(await tailOf(zip.bytes(part)), isErasedAt)
  if (orphans.size > 0)
    await edit(opened, parts, relationsPart(part), (text) => withoutRelations(text, orphans))
  for (const { kind, target, isOutside } of await relationsOf(zip, part))
    if (!isOutside && zip.has(target) && /^(?:comments|threadedComment)$/i.test(kind))
      await edit(opened, parts, target, (text) => withoutComments(text, isErasedAt))
}

async function* sheetBytes(
  bytes: AsyncIterable<Buffer>,
  revised: (row: SheetRow) => string,
  finish: (tail: string) => string,
): AsyncGenerator<Buffer> {
  let between = ''
  for await (const { before, row } of sheetPieces(bytes)) {
    between += before
    if (row === null) continue
    yield Buffer.from(between + revised(row))
    between = ''
  }
  yield Buffer.from(finish(between))
}

async function tailOf(bytes: AsyncIterable<Buffer>): Promise<string> {
  let tail = ''
  for await (const { before, row } of sheetPieces(bytes)) tail = row === null ? tail + before : ''
  return tail
}

/** Notes what becomes of a small part, where anything does. */
async function edit(
  { zip }: Opened,
  parts: Map<string, (() => AsyncIterable<Buffer>) | null>,
  part: string,
  change: (text: string) => string,
): Promise<void> {
  const before = (await buffer(parts.get(part)?.() ?? zip.bytes(part))).toString()
  const after = change(before)
  if (after === before) return
  parts.set(part, async function* () {
    yield Buffer.from(after)
  })
}

async function dropCalcChain(
  opened: Opened,
  parts: Map<string, (() => AsyncIterable<Buffer>) | null>,
): Promise<void> {
  const { part } = opened.book
  const chain = (await relationsOf(opened.zip, part)).find(({ kind }) => kind === 'calcChain')?.target
  if (chain === undefined || !opened.zip.has(chain)) return
  parts.set(chain, null)
  await edit(opened, parts, relationsPart(part), (text) => withoutRelationOfKind(text, 'calcChain'))
  await edit(opened, parts, '[Content_Types].xml', (text) => withoutContentType(text, chain))
}

/** Names of parts ignore case, names in a zip do not. */
const entryName = ({ zip }: Opened, part: string): string =>
  zip.entries.find(({ fileName }) => fileName.toLowerCase() === part.toLowerCase())?.fileName ?? part
