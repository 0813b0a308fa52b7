import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ZipFile } from 'yazl'
import { type TestDirectory, withFiles } from '../directory.fixture.ts'
import { openWorkbook, sheetRecords } from './opened.ts'
import { type ReadRequest, type WorkbookReaders, workbookReaders } from './process.ts'
import { Refusal } from './refusal.ts'
import { type Parts, workbookParts, zipOf } from './workbook.fixture.ts'

const good = workbookParts([{ name: 'S', rows: [['mail'], ['ada@example.com']] }])
const laughs =
  '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY e SYSTEM "file:///etc/passwd">]>'

async function reasonsOf(files: TestDirectory) {
  await using session = await files.read()
  const { collections } = await session.describe()
  return Object.fromEntries(collections.map(({ name, unreadable }) => [name, unreadable]))
}

/** A workbook with a part of so many times the same megabyte. */
async function inflated(part: string, megabytes: number): Promise<Buffer> {
  const zip = new ZipFile()
  const block = Buffer.alloc(2 ** 20, 0x20)
  const blocks = Array.from({ length: megabytes }, () => block)
  for (const [name, content] of Object.entries(good))
    if (name === part) zip.addReadStream(Readable.from(blocks), name, { compressionLevel: 1 })
    else zip.addBuffer(Buffer.from(content), name)
  zip.end()
  return buffer(zip.outputStream as Readable)
}

/** The same zip, saying other sizes of its parts in both of its headers. */
function lying(zip: Buffer, size: number): Buffer {
  const copy = Buffer.from(zip)
  for (let at = copy.indexOf('PK\x01\x02'); at >= 0; at = copy.indexOf('PK\x01\x02', at + 4))
    copy.writeUInt32LE(size, at + 24)
  for (let at = copy.indexOf('PK\x03\x04'); at >= 0; at = copy.indexOf('PK\x03\x04', at + 4))
    copy.writeUInt32LE(size, at + 22)
  return copy
}

const renamed = (zip: Buffer, from: string, to: string): Buffer =>
  Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1')

const ask = async (readers: WorkbookReaders, request: ReadRequest): Promise<unknown> => {
  for await (const _ of readers.ask(request));
  return null
}

describe('an Excel file made to do harm', () => {
  it('is described as unreadable, with the reason, and leaves memory flat', async () => {
    const zip = await zipOf(good)
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`xl/media/${i}.png`, '']))
    const sheet = 'xl/worksheets/sheet1.xml'
    const [large, laughing] = [
      'the workbook is too large to be read safely',
      'the workbook declares a document type',
    ]
    const inSheet = (text: string): Parts => ({ ...good, [sheet]: text })
    const bombs: readonly (readonly [Buffer | Promise<Buffer>, reason: string])[] = [
      [inflated(sheet, 101), large],
      [inflated('xl/sharedStrings.xml', 20), large],
      [inflated('xl/styles.xml', 20).then((bomb) => lying(bomb, 1000)), 'the workbook is damaged'],
      [lying(zip, 2 ** 31), large],
      [lying(zip, 10), 'the workbook is damaged'],
      [zipOf({ ...good, ...many }), large],
      [renamed(zip, 'xl/styles.xml', '../tyles.xml'), 'the workbook is damaged'],
      [renamed(zip, 'xl/styles.xml', '/l/styles.xml'), 'the workbook is damaged'],
      [zipOf({ ...good, 'XL/Workbook.XML': '<workbook/>' }), 'the workbook is damaged'],
      [zip.subarray(0, zip.length - 30), 'the workbook is damaged'],
      [zipOf({ ...good, 'xl/workbook.xml': `${laughs}<workbook>&c;&e;</workbook>` }), laughing],
      [zipOf({ ...good, 'xl/sharedStrings.xml': `${laughs}<sst><si><t>&c;&e;</t></si></sst>` }), laughing],
      [zipOf({ ...good, 'xl/styles.xml': `<s>${'<a>'.repeat(100_000)}` }), 'the workbook is damaged'],
      [
        zipOf({ ...good, 'xl/workbook.xml': '<?xml version="1.0" encoding="UTF-16"?><workbook/>' }),
        'the workbook is damaged',
      ],
      [zipOf({ 'word/document.xml': '<w/>' }), 'the workbook is damaged'],
      [
        Buffer.from('d0cf11e0a1b11ae1', 'hex'),
        'the workbook is locked with a password, or of the format before .xlsx',
      ],
      [Buffer.from('not a zip'), 'the workbook is damaged'],
      [Buffer.alloc(0), 'the workbook is damaged'],
    ]
    await withFiles({ 'old.xls': 'anything' }, async (files) => {
      const expected: Record<string, string> = {
        'old.xls': 'this spreadsheet format is not read; save it as .xlsx',
      }
      for (const [i, [bomb, reason]] of bombs.entries()) {
        const name = `${String(i).padStart(2, '0')}.xlsx`
        await writeFile(files.path(name), await bomb)
        expected[name] = reason
      }
      await writeFile(
        files.path('laughing-sheet.xlsx'),
        await zipOf(inSheet(`${laughs}<worksheet><sheetData/></worksheet>`)),
      )
      await writeFile(
        files.path('entity-sheet.xlsx'),
        await zipOf(
          inSheet('<worksheet><sheetData><row><c t="str"><v>&e;</v></c></row></sheetData></worksheet>'),
        ),
      )
      const found = await reasonsOf(files)
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, found[name]])), expected)
      assert.equal(found['laughing-sheet.xlsx/S'], `line 1: ${laughing}`)
      assert.equal(found['entity-sheet.xlsx/S'], 'line 1: the workbook is damaged')
    })
    assert.ok(process.memoryUsage().rss < 300 * 2 ** 20, `${process.memoryUsage().rss} bytes`)
  })

  it('is refused within 50 ms where it declares entities', async () => {
    const deep = Array.from({ length: 5_000 }, (_, i) => `<!ENTITY e${i + 1} "&e${i};&e${i};">`).join('')
    const parts = {
      ...good,
      'xl/worksheets/sheet1.xml': `<!DOCTYPE x [<!ENTITY e0 "ha">${deep}]><worksheet>&e5000;</worksheet>`,
    }
    await withFiles({ 'book.xlsx': await zipOf(parts) }, async (files) => {
      await using opened = await openWorkbook(files.path('book.xlsx'))
      const [sheet] = opened.book.sheets
      assert.ok(sheet)
      const before = process.cpuUsage()
      await assert.rejects(
        Array.fromAsync(sheetRecords(opened, sheet)),
        new Refusal('the workbook declares a document type'),
      )
      const { user, system } = process.cpuUsage(before)
      assert.ok(user + system < 50_000, `${user + system} µs`)
    })
  })

  it('is a nested zip only on the outside: what is embedded is said to be there and not opened', async () => {
    const parts = { ...good, 'xl/embeddings/inner.xlsx': await inflated('xl/styles.xml', 20) }
    await withFiles({ 'book.xlsx': await zipOf(parts) }, async (files) => {
      assert.deepEqual(await reasonsOf(files), {
        'book.xlsx/S': null,
        'book.xlsx/[xl/embeddings/inner.xlsx]': 'it may hold copies of cells, and cannot be searched',
      })
    })
  })

  it('is given up when it takes too long, or too much memory, and others are still read', async () => {
    const texts = Array.from(
      { length: 200_000 },
      (_, i) => `<si><t>${(i * 2_654_435_761).toString(36)}${i}</t></si>`,
    )
    const parts = { ...good, 'xl/sharedStrings.xml': `<sst>${texts.join('')}</sst>` }
    await withFiles({ 'big.xlsx': await zipOf(parts), 'book.xlsx': await zipOf(good) }, async (files) => {
      const refusal = async (limits: Parameters<typeof workbookReaders>[0]) => {
        await using readers = workbookReaders(limits)
        const error = await ask(readers, { act: 'look', path: files.path('big.xlsx') }).catch(
          (thrown: unknown) => thrown,
        )
        assert.ok(error instanceof Refusal)
        return error.reason
      }
      assert.equal(await refusal({ waitMs: 20, heapMb: 256 }), 'it takes too long to read')
      assert.equal(
        await refusal({ waitMs: 60_000, heapMb: 12 }),
        'the workbook is too large to be read safely',
      )
      await using readers = workbookReaders({ waitMs: 60_000, heapMb: 12 })
      for (const name of ['big.xlsx', 'book.xlsx'])
        await ask(readers, { act: 'look', path: files.path(name) }).catch(() => null)
      assert.equal(await ask(readers, { act: 'scan', path: files.path('book.xlsx'), sheet: 'S' }), null)
    })
  })

  it('is read or refused, whatever bytes of it are changed', async () => {
    const zip = await zipOf(good)
    const changes = fc.array(fc.tuple(fc.nat(zip.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    await withFiles({}, async (files) => {
      await using readers = workbookReaders()
      const path = files.path('book.xlsx')
      await fc.assert(
        fc.asyncProperty(changes, async (at) => {
          const bytes = Buffer.from(zip)
          for (const [place, byte] of at) bytes[place] = byte
          await writeFile(path, bytes)
          for (const act of ['look', 'scan', 'rows', 'texts'] as const) {
            const error = await ask(readers, { act, path, sheet: 'S' }).catch((thrown: unknown) => thrown)
            assert.ok(error === null || error instanceof Refusal, String(error))
          }
        }),
        { numRuns: 300 },
      )
    })
  })
})
