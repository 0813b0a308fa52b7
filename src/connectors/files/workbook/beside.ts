import { buffer } from 'node:stream/consumers'
import type { Opened } from './opened.ts'
import { Refusal } from './refusal.ts'
import { sheetPieces } from './sheet-rows.ts'
import { readXml, type XmlHandlers } from './xml.ts'

/** A text of a workbook that is in no cell: a comment, a link's address, a copy kept by a pivot table or a chart. */
export interface BesideText {
  readonly part: string
  readonly text: string
}

const withoutData = /^(?:\[content_types\]\.xml|.*\/(?:styles|calcchain)\.xml|.*\/theme\/.*)$/i
/** Pictures, printers' settings and programs are not searched, as no binary field of a database is. */
const binary =
  /(?:\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|ttf|odttf)|\/printersettings\d*\.bin|\/vbaproject(?:signature\w*)?\.bin)$/i
const thumbnail = /^docprops\/thumbnail/i
const markup = /\.(?:xml|rels|svg)$/i
/** Parts that keep copies of cells: there even a number is somebody's. */
const copies = /\/(?:pivotcache|externallinks|revisions|querytables)\//i
/** Attributes that say how something looks or where it is, and the names of sheets, which name the collections. */
const structure =
  /^(?:xmlns.*|mc:.*|xr\d*:.*|r:.*|.*type|visibility|uri|requires|orientation|state|(?:active)?pane|operator|.*(?:ref|uid|id|cell)|horizontal|vertical|cellcomments|pageorder|errorstyle|imemode)$/i
const noise =
  /^(?:.{0,2}|true|false|-?[\d.,\s]{1,8}|[\d\s]+(?:,[\d\s]+)+|\d{4}-\d\d-\d\dT[\d:.]+Z|\$?[a-z]{1,3}\$?\d+(?::\$?[a-z]{1,3}\$?\d+)?|#?[0-9a-f]{6}(?:[0-9a-f]{2})?|\{[0-9a-f-]{36}\}|rid\d+)$/i

/** The parts that can be searched, and those that may hold copies of cells and cannot. */
export async function lookBeside(
  opened: Opened,
): Promise<{ readonly hasTexts: boolean; readonly unsearched: readonly string[] }> {
  const unsearched: string[] = []
  let hasTexts = false
  for await (const _ of besideTexts(opened, (part) => unsearched.push(part))) hasTexts = true
  return { hasTexts, unsearched }
}

/** Every text in a workbook beside its cells. Parts that cannot be read are handed to `skip`. */
export async function* besideTexts(
  opened: Opened,
  skip: (part: string) => void = () => undefined,
): AsyncGenerator<BesideText> {
  const sheets = new Set(opened.book.sheets.map(({ part }) => part.toLowerCase()))
  for (const { fileName: part } of opened.zip.entries) {
    const isBinary = !thumbnail.test(part) && binary.test(part)
    if (part.endsWith('/') || withoutData.test(part) || isBinary) continue
    const texts = textsIn(opened, part, sheets.has(part.toLowerCase()))
    try {
      if (texts) yield* texts
      else skip(part)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      skip(part)
    }
  }
}

function textsIn(opened: Opened, part: string, isSheet: boolean): AsyncGenerator<BesideText> | null {
  if (part.toLowerCase() === opened.book.strings?.toLowerCase()) return unusedStrings(opened, part)
  if (/\.vml$/i.test(part)) return textsOfVml(opened, part)
  if (!markup.test(part)) return null
  return isSheet ? aroundTheCells(opened, part) : textsOf(opened, part)
}

async function* textsOf({ zip }: Opened, part: string): AsyncGenerator<BesideText> {
  const found: string[] = []
  await readXml(zip.bytes(part), gather(part, found))
  for (const text of found) yield { part, text }
}

/** Of relations only what leads out of the workbook: an address to write to is a person's. */
function gather(part: string, found: string[]): XmlHandlers {
  const isRelations = /\.rels$/i.test(part)
  let text = ''
  const finish = () => {
    const isData = copies.test(part) ? text.trim() !== '' : !noise.test(text.trim())
    if (isData) found.push(text.trim())
    text = ''
  }
  return {
    open(name, { attributes }) {
      finish()
      if (name === 'sheet') return
      if (isRelations) {
        if (attributes['TargetMode'] === 'External') found.push(attributes['Target'] ?? '')
        return
      }
      for (const [key, value] of Object.entries(attributes)) {
        const isData = copies.test(part) ? value.length > 2 : !structure.test(key) && !noise.test(value)
        if (isData) found.push(value)
      }
    },
    text(piece) {
      text += piece
    },
    close: finish,
  }
}

/**
 * What a sheet holds apart from what its cells show: filters, links, lists to choose from, page headers, and the texts
 * written into formulas, such as the address behind a HYPERLINK.
 */
async function* aroundTheCells({ zip }: Opened, part: string): AsyncGenerator<BesideText> {
  const found: string[] = []
  const around = async function* () {
    for await (const { before, row } of sheetPieces(zip.bytes(part))) {
      for (const { formula } of row?.cells ?? [])
        for (const [, text = ''] of formula?.matchAll(/"((?:[^"]|"")*)"/g) ?? [])
          if (!noise.test(text)) found.push(text.replaceAll('""', '"'))
      yield Buffer.from(before)
    }
  }
  await readXml(around(), gather(part, found))
  for (const text of found) yield { part, text }
}

/** Old drawings are not well-formed; there is no text in them but between tags. */
async function* textsOfVml({ zip }: Opened, part: string): AsyncGenerator<BesideText> {
  const text = (await buffer(zip.bytes(part))).toString('utf8')
  for (const [, found = ''] of text.matchAll(/>([^<]*[^<\s][^<]*)</g))
    if (!noise.test(found.trim())) yield { part, text: found.trim() }
}

/** Shared strings that no cell shows any more: what was in cells that somebody emptied. */
async function* unusedStrings(opened: Opened, part: string): AsyncGenerator<BesideText> {
  const used = await usedStrings(opened)
  for (const [i, text] of opened.strings.entries()) if (text !== '' && !used.has(i)) yield { part, text }
}

async function usedStrings({ zip, book }: Opened): Promise<ReadonlySet<number>> {
  const used = new Set<number>()
  for (const { part } of book.sheets)
    for await (const { row } of sheetPieces(zip.bytes(part)))
      for (const { type, value } of row?.cells ?? []) if (type === 's' && value) used.add(Number(value))
  return used
}
