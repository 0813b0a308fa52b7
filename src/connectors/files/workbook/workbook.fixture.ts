import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { fromBufferPromise } from 'yauzl'
import { ZipFile } from 'yazl'
import { escapeText } from './escaped-text.ts'
import { columnName } from './sheet-rows.ts'

/** What a sheet of a test holds: a text, nothing, or XML of its own (`{ xml: '<c r="A1"><v>1</v></c>' }`). */
export type TestCell = string | null | { readonly xml: string }

export interface TestSheet {
  readonly name: string
  readonly rows: readonly (readonly TestCell[])[]
  /** What follows the rows, e.g. links. */
  readonly after?: string
}

export type Parts = Readonly<Record<string, string | Buffer>>

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const relation = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const attribute = (text: string): string =>
  text.replace(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)

export const relations = (all: readonly (readonly [id: string, kind: string, target: string])[]): string =>
  `${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all
    .map(([id, kind, target]) => {
      const mode = kind === 'hyperlink' ? ' TargetMode="External"' : ''
      return `<Relationship Id="${id}" Type="${relation}/${kind}" Target="${attribute(target)}"${mode}/>`
    })
    .join('')}</Relationships>`

/** The parts of a workbook as Excel writes them: every text once, among the shared strings. */
export function workbookParts(
  sheets: readonly TestSheet[],
  { workbook = '', styles = '' }: { readonly workbook?: string; readonly styles?: string } = {},
): Parts {
  const strings = new Map<string, number>()
  const shared = (text: string): number => {
    const known = strings.get(text) ?? strings.size
    strings.set(text, known)
    return known
  }
  const bodies = sheets.map(({ rows, after }) => sheetXml(rows, shared, after))
  const numbered = sheets.map(({ name }, i) => ({ name, id: i + 1 }))
  const texts = [...strings.keys()].map((text) => `<si><t xml:space="preserve">${escapeText(text)}</t></si>`)
  return {
    '[Content_Types].xml': `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    '_rels/.rels': relations([['rId1', 'officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': `${xml}<workbook ${main} xmlns:r="${relation}">${workbook}<sheets>${numbered
      .map(({ name, id }) => `<sheet name="${attribute(name)}" sheetId="${id}" r:id="rId${id}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations([
      ...numbered.map(({ id }) => [`rId${id}`, 'worksheet', `worksheets/sheet${id}.xml`] as const),
      ['rIdStrings', 'sharedStrings', 'sharedStrings.xml'],
      ['rIdStyles', 'styles', '/xl/styles.xml'],
      ['rIdChain', 'calcChain', 'calcChain.xml'],
    ]),
    ...Object.fromEntries(bodies.map((body, i) => [`xl/worksheets/sheet${i + 1}.xml`, body])),
    'xl/sharedStrings.xml': `${xml}<sst ${main}>${texts.join('')}</sst>`,
    'xl/styles.xml': `${xml}<styleSheet ${main}>${styles}</styleSheet>`,
  }
}

function sheetXml(rows: TestSheet['rows'], shared: (text: string) => number, after = ''): string {
  const body = rows.map((cells, i) => {
    const row = i + 1
    const written = cells.map((cell, place) => {
      if (cell === null) return ''
      if (typeof cell !== 'string') return cell.xml
      return `<c r="${columnName(place + 1)}${row}" t="s"><v>${shared(cell)}</v></c>`
    })
    return written.every((cell) => cell === '') ? '' : `<row r="${row}">${written.join('')}</row>`
  })
  return `${xml}<worksheet ${main} xmlns:r="${relation}"><sheetData>${body.join('\n')}</sheetData>${after}</worksheet>`
}

export async function zipOf(parts: Parts): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(parts)) zip.addBuffer(Buffer.from(content), name)
  zip.end()
  return buffer(zip.outputStream as Readable)
}

/** Every part of a workbook, inflated. */
export async function partsOf(bytes: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  const zip = await fromBufferPromise(bytes)
  const parts = new Map<string, Buffer>()
  for await (const entry of zip.eachEntry())
    parts.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)))
  return parts
}

export const workbook = (...of: Parameters<typeof workbookParts>): Promise<Buffer> =>
  zipOf(workbookParts(...of))
