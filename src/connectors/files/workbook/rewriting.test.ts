import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isProblem } from '../../../platform/problem.ts'
import { type TestDirectory, withFiles } from '../directory.fixture.ts'
import { openWorkbook, sheetRecords } from './opened.ts'
import { rewriteWorkbook } from './rewrite-workbook.ts'
import {
  type Parts,
  partsOf,
  relations,
  type TestCell,
  workbook,
  workbookParts,
  zipOf,
} from './workbook.fixture.ts'

const acts = ['keep', 'clear', 'replace', 'remove'] as const
type Act = (typeof acts)[number]

/** A row of people's data: how its first cell is written, what hangs on it, and what becomes of it. */
interface TestRow {
  readonly act: Act
  readonly writing: 'shared' | 'inline' | 'rich' | 'entity'
  readonly hasLink: boolean
  readonly hasComment: boolean
  readonly hasFormula: boolean
  /** Shares its second text with the other sheet. */
  readonly isShared: boolean
}

const testRow: fc.Arbitrary<TestRow> = fc.record({
  act: fc.constantFrom(...acts),
  writing: fc.constantFrom('shared', 'inline', 'rich', 'entity'),
  hasLink: fc.boolean(),
  hasComment: fc.boolean(),
  hasFormula: fc.boolean(),
  isShared: fc.boolean(),
})

/** A text that is in no other; `<` makes it look different in XML. */
const secret = (row: number, what: string): string => `${what}-${row}-é"q`
const mail = (row: number): string => `person-${row}-end@example.com`

function nameCell(writing: TestRow['writing'], row: number): TestCell {
  const text = secret(row, 'name')
  if (writing === 'shared') return text
  if (writing === 'rich')
    return { xml: `<c r="A${row}" s="0" t="inlineStr"><is><r><t>${text}</t></r><r><t>x</t></r></is></c>` }
  const written = writing === 'entity' ? text.replace('n', '&#110;') : text
  return { xml: `<c t="inlineStr" r='A${row}'><is><t xml:space="preserve">${written}</t></is></c>` }
}

/** The workbook of such rows, from the second row on; every row a blank one apart, to have gaps. */
function bookOf(rows: readonly TestRow[]): Parts {
  const places = rows.map((_, i) => 2 + i * 2)
  const people = rows.flatMap((row, i): TestCell[][] => {
    const place = places[i] ?? 0
    const formula = {
      xml: `<c r="C${place}" t="str"><f>A${place}&amp;"!"</f><v>${secret(place, 'name')}!</v></c>`,
    }
    return [
      [nameCell(row.writing, place), mail(place), row.hasFormula ? formula : null, secret(place, 'note')],
      [],
    ]
  })
  const copies = rows.map((row, i): TestCell[] => {
    const place = places[i] ?? 0
    const copy = { xml: `<c r="B${i + 2}" t="str"><f>People!B${place}</f><v>${mail(place)}</v></c>` }
    return [row.isShared ? secret(place, 'note') : `other ${i}`, row.hasFormula ? copy : null]
  })
  const linked = rows.flatMap(({ hasLink }, i) => (hasLink ? [places[i] ?? 0] : []))
  const links = linked.map(
    (place) => `<hyperlink ref="B${place}" r:id="rId${place}" tooltip="to > ${mail(place)}"/>`,
  )
  const comments = rows.flatMap(({ hasComment }, i) => {
    const place = places[i] ?? 0
    return hasComment
      ? [`<comment ref="B${place}" authorId="0"><text><r><t>about ${mail(place)}</t></r></text></comment>`]
      : []
  })
  return {
    ...workbookParts([
      {
        name: 'People',
        rows: [['name', 'mail', 'both', 'note'], ...people],
        after: links.length > 0 ? `<hyperlinks>${links.join('')}</hyperlinks>` : '',
      },
      { name: 'Copies', rows: [['text', 'copy'], ...copies] },
    ]),
    'xl/worksheets/_rels/sheet1.xml.rels': relations([
      ...linked.map((place) => [`rId${place}`, 'hyperlink', `mailto:${mail(place)}`] as const),
      ['rIdC', 'comments', '../comments1.xml'],
    ]),
    'xl/comments1.xml': `<comments><authors><author>me</author></authors><commentList>${comments.join('')}</commentList></comments>`,
    'xl/calcChain.xml': '<calcChain><c r="C2" i="1"/></calcChain>',
    'xl/vbaProject.bin': Buffer.from([0, 255, 1, 254]),
    'xl/theme/theme1.xml': '<theme  odd="spaces" />',
  }
}

/** Erases in this process: another one for each of many runs would take long. */
async function erased(files: TestDirectory, book: Buffer, rows: readonly TestRow[]): Promise<Buffer> {
  const [path, draft] = [files.path('book.xlsm'), files.path('draft')]
  await writeFile(path, book)
  await writeFile(draft, '')
  const places = (act: Act) => rows.flatMap((row, i) => (row.act === act ? [2 + i * 2] : []))
  const set = (name: string | null, other: string | null) =>
    new Map([
      [1, name],
      [2, other],
      [4, other],
    ])
  const changed = new Map([
    ...places('clear').map((row) => [row, set(null, null)] as const),
    ...places('replace').map((row) => [row, set(' _x0041_\r\n<&', 'erased')] as const),
  ])
  await using opened = await openWorkbook(path)
  const revision = { removed: new Set(places('remove')), changed }
  await rewriteWorkbook(opened, new Map([['People', revision]]), draft)
  return readFile(draft)
}

/** What every entity and escape in a part stands for. */
const plain = (part: Buffer | undefined): string =>
  String(part)
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll('&gt;', '>')

describe('an Excel file that is written anew', () => {
  it('keeps every byte of what is not erased, and no trace of what is', async () => {
    await withFiles({}, async (files) => {
      await fc.assert(
        fc.asyncProperty(fc.array(testRow, { minLength: 1, maxLength: 5 }), async (rows) => {
          const before = await zipOf(bookOf(rows))
          const after = await erased(files, before, rows)
          const [old, fresh] = [await partsOf(before), await partsOf(after)]
          for (const name of ['xl/styles.xml', 'xl/theme/theme1.xml', 'xl/vbaProject.bin', '_rels/.rels'])
            assert.deepEqual(fresh.get(name), old.get(name), name)
          const sheet = String(fresh.get('xl/worksheets/sheet1.xml'))
          for (const [i, row] of rows.entries()) {
            const place = 2 + i * 2
            const element = new RegExp(`<row r="${place}">.*</row>`).exec(
              String(old.get('xl/worksheets/sheet1.xml')),
            )?.[0]
            assert.ok(element)
            if (row.act === 'keep') {
              assert.ok(sheet.includes(element), 'the row is as it was')
              const link = plain(fresh.get('xl/worksheets/_rels/sheet1.xml.rels')).includes(
                `mailto:${mail(place)}`,
              )
              assert.equal(link, row.hasLink)
              assert.equal(plain(fresh.get('xl/comments1.xml')).includes(mail(place)), row.hasComment)
            } else {
              const gone = ['name', ...(row.isShared ? [] : ['note'])].map((what) => secret(place, what))
              for (const text of [mail(place), ...gone])
                for (const [name, part] of fresh) assert.ok(!plain(part).includes(text), `${text} in ${name}`)
              if (row.isShared)
                assert.ok(plain(fresh.get('xl/sharedStrings.xml')).includes(secret(place, 'note')))
            }
          }
          await using opened = await openWorkbook(files.path('draft'))
          const [people] = opened.book.sheets
          assert.ok(people)
          const records = await Array.fromAsync(sheetRecords(opened, people))
          const cells = records.slice(1).map(({ cells: [name, address, , note] }) => [name, address, note])
          const expected = rows.flatMap(({ act, writing }, i) => {
            const place = 2 + i * 2
            const name = writing === 'rich' ? `${secret(place, 'name')}x` : secret(place, 'name')
            if (act === 'keep') return [[name, mail(place), secret(place, 'note')]]
            return act === 'replace' ? [[' _x0041_\r\n<&', 'erased', 'erased']] : []
          })
          assert.deepEqual(cells, expected)
        }),
        { numRuns: 100 },
      )
    })
  })

  it('keeps shared formulas for the rows that lean on them, and lets Excel compute again', async () => {
    const cell = (xml: string): TestCell => ({ xml })
    const rows = [
      ['a', 'b'],
      ['one', cell('<c r="B2" t="str"><f t="shared" ref="B2:B3" si="0">A2&amp;"!"</f><v>one!</v></c>')],
      ['two', cell('<c r="B3" t="str"><f t="shared" si="0"/><v>two!</v></c>')],
    ]
    const parts = workbookParts([{ name: 'S', rows }])
    const types = String(parts['[Content_Types].xml']).replace(
      '</Types>',
      '<Override PartName="/xl/calcChain.xml" ContentType="x"/></Types>',
    )
    const chain = '<calcChain><c r="B2" i="1"/><c r="B3"/></calcChain>'
    await withFiles(
      { 'book.xlsx': await zipOf({ ...parts, '[Content_Types].xml': types, 'xl/calcChain.xml': chain }) },
      async (files) => {
        await using session = await files.write()
        assert.equal(await session.remove('book.xlsx/S', ['["2"]']), 1)
        await session.commit()
        const fresh = await partsOf(await readFile(files.path('book.xlsx')))
        const sheet = String(fresh.get('xl/worksheets/sheet1.xml'))
        assert.match(
          sheet,
          /<row r="2"><c r="B2" t="str"><f t="shared" ref="B2:B3" si="0">A2&amp;"!"<\/f><\/c><\/row>/,
        )
        assert.match(sheet, /<v>two!<\/v>/)
        assert.match(String(fresh.get('xl/workbook.xml')), /<\/sheets><calcPr fullCalcOnLoad="1"\/>/)
        assert.ok(!fresh.has('xl/calcChain.xml'))
        assert.ok(!String(fresh.get('[Content_Types].xml')).includes('calcChain'))
        assert.ok(!String(fresh.get('xl/_rels/workbook.xml.rels')).includes('calcChain'))
      },
    )
  })

  it('is left alone where it is signed, open in Excel, or known by a second name', async () => {
    const parts = workbookParts([{ name: 'S', rows: [['a'], ['1']] }])
    const book = await zipOf(parts)
    const signed = await zipOf({ ...parts, '_xmlsignatures/sig1.xml': '<s/>' })
    await withFiles({ 'open.xlsx': book, '~$open.xlsx': 'owner', 'signed.xlsx': signed }, async (files) => {
      await using session = await files.write()
      for (const name of ['open.xlsx', 'signed.xlsx'])
        await assert.rejects(
          session.remove(`${name}/S`, ['["2"]']),
          (error) => isProblem(error, 'connectors.refused'),
          name,
        )
      const { collections } = await session.describe()
      assert.deepEqual(
        collections
          .filter(({ name }) => name.endsWith('/S'))
          .map(({ writable, unreadable }) => [writable, unreadable]),
        [
          [false, null],
          [false, null],
        ],
      )
    })
  })

  it('does not take what no cell of it can hold', async () => {
    const rows: TestCell[][] = [
      ['a', 'b'],
      ['1', { xml: '<c r="B2"><f>A2</f><v>1</v></c>' }],
    ]
    await withFiles({ 'book.xlsx': await workbook([{ name: 'S', rows }]) }, async (files) => {
      await using session = await files.write()
      const refusals: readonly (readonly [Record<string, string>, kind: string])[] = [
        [{ a: 'x'.repeat(32_768) }, 'length'],
        [{ a: 'a\0b' }, 'type'],
        [{ a: '\ud800' }, 'type'],
        [{ b: 'computed' }, 'generated'],
      ]
      for (const [set, kind] of refusals)
        await assert.rejects(session.change('book.xlsx/S', [{ key: '["2"]', set }]), (error) => {
          assert.ok(isProblem(error, 'connectors.constraint'))
          assert.equal(error.params.kind, kind)
          return true
        })
    })
  })
})
