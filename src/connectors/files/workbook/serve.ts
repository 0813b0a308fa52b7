import { stat } from 'node:fs/promises'
import type { Cell } from '../../connector.ts'
import { besideTexts, lookBeside } from './beside.ts'
import type { Sheet } from './book.ts'
import { linesOf } from './lines.ts'
import type { Answer, Contents, Request, Row, Scanned, SheetRequest } from './messages.ts'
import { columnsOf, type Opened, openWorkbook, sheetRecords } from './opened.ts'
import { damaged, Refusal } from './refusal.ts'
import type { SheetRevision } from './revise-row.ts'
import { type Revisions, rewriteWorkbook } from './rewrite-workbook.ts'

/**
 * The process that reads workbooks, so that a hostile one takes down this process and nothing else: started by
 * `process.ts` with a bound on its memory, and ended by it when it takes too long.
 */

interface Kept {
  readonly identity: string
  readonly opened: Opened
  /** What was found by reading sheets from end to end, by the request. */
  readonly known: Map<string, Contents | Scanned>
}
let kept: Kept | null = null

/** The workbook asked for last stays open, for as long as its file is the same. */
async function workbookAt(path: string): Promise<Kept> {
  const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true })
  const identity = [path, dev, ino, size, mtimeNs].join(' ')
  if (kept?.identity === identity) return kept
  await kept?.opened[Symbol.asyncDispose]()
  kept = null
  kept = { identity, opened: await openWorkbook(path), known: new Map() }
  return kept
}

async function answer(request: Request): Promise<Contents | Scanned | null> {
  const { opened, known } = await workbookAt(request.path)
  if (request.act === 'texts') return sendTexts(opened)
  if (request.act === 'rewrite') {
    await rewriteWorkbook(opened, await revisionsOf(opened, request.sheets), request.draft)
    return null
  }
  if (request.act === 'rows') return sendRows(opened, sheetOf(opened, request.sheet))
  const question = request.act === 'look' ? 'look' : `scan ${request.sheet}`
  const found =
    known.get(question) ??
    (request.act === 'look' ? await look(opened) : await scan(opened, sheetOf(opened, request.sheet)))
  known.set(question, found)
  return found
}

async function look(opened: Opened): Promise<Contents> {
  const { sheets, isSigned } = opened.book
  return { sheets: sheets.map(({ name }) => name), isSigned, ...(await lookBeside(opened)) }
}

function sheetOf({ book }: Opened, name: string): Sheet {
  const sheet = book.sheets.find((one) => one.name === name)
  if (!sheet) throw damaged()
  return sheet
}

async function revisionsOf(opened: Opened, sheets: readonly SheetRequest[]): Promise<Revisions> {
  const revisions = new Map<string, SheetRevision>()
  for (const { sheet: name, removed, changed } of sheets) {
    const columns = await columnsOf(opened, sheetOf(opened, name))
    const rows = changed.map(
      ([row, cells]) => [row, new Map(cells.map(([place, cell]) => [columns[place] ?? 0, cell]))] as const,
    )
    revisions.set(name, { removed: new Set(removed), changed: new Map(rows) })
  }
  return revisions
}

async function scan(opened: Opened, sheet: Sheet): Promise<Scanned> {
  let head: Pick<Scanned, 'header' | 'line'> | null = null
  const [filled, computed] = [new Set<number>(), new Set<number>()]
  const typed = new Set<number>()
  for await (const record of sheetRecords(opened, sheet)) {
    if (head === null) head = { header: record.cells.map((cell) => cell ?? ''), line: record.number }
    else {
      for (const place of record.computed) computed.add(place)
      for (const [place, cell] of record.cells.entries()) {
        if (cell === null) continue
        filled.add(place)
        if (!record.computed.includes(place)) typed.add(place)
      }
    }
  }
  const generated = [...computed].filter((place) => filled.has(place) && !typed.has(place))
  return { ...(head ?? { header: [], line: 1 }), generated }
}

async function sendRows(opened: Opened, sheet: Sheet): Promise<null> {
  const batch = batches()
  let isHeader = true
  for await (const { number, cells } of sheetRecords(opened, sheet)) {
    if (!isHeader) await batch.add([number, cells])
    isHeader = false
  }
  await batch.flush()
  return null
}

async function sendTexts(opened: Opened): Promise<null> {
  const batch = batches()
  let number = 0
  for await (const { part, text } of besideTexts(opened)) await batch.add([++number, [part, text]])
  await batch.flush()
  return null
}

const batchCharacters = 65_536

function batches() {
  let rows: Row[] = []
  let characters = 0
  const flush = async () => {
    if (rows.length > 0) await send({ rows })
    rows = []
    characters = 0
  }
  return {
    flush,
    async add(row: readonly [number, readonly Cell[]]) {
      rows.push(row)
      for (const cell of row[1]) characters += (cell?.length ?? 0) + 4
      if (characters >= batchCharacters) await flush()
    },
  }
}

/** Waits until the parent has taken it: a reader that is slower than we are must not fill our memory. */
const send = (line: Answer): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify(line)}\n`, () => resolve())
  })

function failure(error: unknown): Answer {
  if (error instanceof Refusal) return { refused: error.reason, line: error.line }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return { failed: /^E[A-Z]+$/.test(code) ? code : 'bug' }
}

for await (const line of linesOf(process.stdin)) {
  const request: Request = JSON.parse(line)
  await send(await answer(request).then((end): Answer => ({ end }), failure))
}
