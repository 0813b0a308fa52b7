import { posix } from 'node:path'
import { type CellFormat, formatOf } from './number-format.ts'
import type { Package } from './package.ts'
import { damaged } from './refusal.ts'
import { readXml } from './xml.ts'

export interface Sheet {
  readonly name: string
  readonly part: string
}

/** What has to be known of a workbook before a cell of it can be read. */
export interface Book {
  readonly part: string
  readonly sheets: readonly Sheet[]
  /** Days are counted from 1904, as old Macs did, not from 1900. */
  readonly since1904: boolean
  /** How the numbers of a style are to be read, by the style's index. */
  readonly formats: readonly CellFormat[]
  /** The part of the shared strings; null where there is none. */
  readonly strings: string | null
  /** A change would break its digital signature. */
  readonly isSigned: boolean
}

export interface Relation {
  readonly id: string
  /** The last step of its type's address, which is the same in both editions of the standard. */
  readonly kind: string
  readonly target: string
  readonly isOutside: boolean
}

export const relationsPart = (part: string): string =>
  posix.join(posix.dirname(part), '_rels', `${posix.basename(part)}.rels`)

/** What a part leads to; the targets inside the workbook as names of parts. `''` is the workbook as a whole. */
export async function relationsOf(zip: Package, part: string): Promise<readonly Relation[]> {
  const from = part === '' ? '_rels/.rels' : relationsPart(part)
  if (!zip.has(from)) return []
  const relations: Relation[] = []
  await readXml(zip.bytes(from), {
    open(name, { attributes }) {
      if (name !== 'Relationship') return
      const { Id = '', Type = '', Target = '', TargetMode } = attributes
      const isOutside = TargetMode === 'External'
      const target = isOutside ? Target : posix.join('/', posix.dirname(part), Target).slice(1)
      const kind = Type.slice(Type.lastIndexOf('/') + 1)
      relations.push({
        id: Id,
        kind,
        target: Target.startsWith('/') && !isOutside ? Target.slice(1) : target,
        isOutside,
      })
    },
  })
  return relations
}

export async function readBook(zip: Package): Promise<Book> {
  const start = (await relationsOf(zip, '')).find(({ kind }) => kind === 'officeDocument')
  if (!start || start.isOutside || !zip.has(start.target)) throw damaged()
  const relations = (await relationsOf(zip, start.target)).filter(({ isOutside }) => !isOutside)
  const byId = new Map(relations.map((relation) => [relation.id, relation]))
  const partOf = (wanted: string) => {
    const part = relations.find(({ kind }) => kind === wanted)?.target
    return part !== undefined && zip.has(part) ? part : null
  }
  const { named, since1904 } = await readWorkbookPart(zip, start.target)
  const sheets = named.flatMap(({ name, relation }): readonly Sheet[] => {
    const found = byId.get(relation)
    if (!found || !zip.has(found.target)) throw damaged()
    return found.kind === 'worksheet' ? [{ name, part: found.target }] : []
  })
  if (new Set(sheets.map(({ name }) => name)).size < sheets.length) throw damaged()
  const styles = partOf('styles')
  return {
    part: start.target,
    sheets,
    since1904,
    formats: styles === null ? [] : await readFormats(zip, styles),
    strings: partOf('sharedStrings'),
    isSigned: zip.entries.some(({ fileName }) => /^_xmlsignatures\//i.test(fileName)),
  }
}

async function readWorkbookPart(zip: Package, part: string) {
  const named: { readonly name: string; readonly relation: string }[] = []
  let since1904 = false
  await readXml(zip.bytes(part), {
    open(name, { attributes }) {
      if (name === 'workbookPr') since1904 = /^(?:1|true)$/.test(attributes['date1904'] ?? '')
      if (name !== 'sheet' || attributes['name'] === undefined) return
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? ''
      named.push({ name: attributes['name'], relation: id })
    },
  })
  return { named, since1904 }
}

/** A style's own formats (`cellXfs`) by index: those that other styles are made from do not count. */
async function readFormats(zip: Package, part: string): Promise<readonly CellFormat[]> {
  const codes = new Map<number, string>()
  const formats: CellFormat[] = []
  let isOfCells = false
  await readXml(zip.bytes(part), {
    open(name, { attributes }) {
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '')
      if (name === 'cellXfs') isOfCells = true
      if (name !== 'xf' || !isOfCells) return
      const id = Number(attributes['numFmtId'] ?? 0)
      formats.push(formatOf(id, codes.get(id)))
    },
    close(name) {
      if (name === 'cellXfs') isOfCells = false
    },
  })
  return formats
}
