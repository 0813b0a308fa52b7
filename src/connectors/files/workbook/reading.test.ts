import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { isProblem } from '../../../platform/problem.ts'
import { cellsOf, everything } from '../../conformance/sketch.ts'
import { type TestDirectory, withFiles } from '../directory.fixture.ts'
import { relations, type TestCell, workbook, workbookParts, zipOf } from './workbook.fixture.ts'

async function described(files: TestDirectory) {
  await using session = await files.read()
  return (await session.describe()).collections
}

describe('an Excel file', () => {
  it('is a collection per sheet, hidden ones too, with the row of its first names for a header', async () => {
    const parts = workbookParts([
      {
        name: 'People & co',
        rows: [
          [],
          [null, 'id', 'e-mail', 'born'],
          [null, '7', 'ada@example.com', '1815-12-10'],
          [],
          [null, '8'],
        ],
      },
      { name: 'Secret', rows: [['note'], ['call Ada']] },
      { name: 'Empty', rows: [] },
    ])
    const hidden = String(parts['xl/workbook.xml']).replace(
      'name="Secret"',
      'name="Secret" state="veryHidden"',
    )
    await withFiles({ 'list.csv': 'a\n1\n' }, async (files) => {
      await writeFile(files.path('book.xlsx'), await zipOf({ ...parts, 'xl/workbook.xml': hidden }))
      const heads = (await described(files)).map(({ name, rows, fields, unreadable }) => [
        name,
        rows,
        fields.map((field) => `${field.name}:${field.kind}`).join(),
        unreadable,
      ])
      assert.deepEqual(heads, [
        ['book.xlsx/People & co', 2, 'id:integer,e-mail:text,born:date', null],
        ['book.xlsx/Secret', 1, 'note:text', null],
        ['book.xlsx/Empty', 0, '', null],
        ['list.csv', 1, 'a:integer', null],
      ])
      await using session = await files.read()
      const rows = await Array.fromAsync(session.stream('book.xlsx/People & co', ['e-mail', 'id']))
      assert.deepEqual(rows, [
        { key: '["3"]', cells: ['ada@example.com', '7'] },
        { key: '["5"]', cells: [null, '8'] },
      ])
    })
  })

  it('shows each cell as Excel does, dates in ISO form', async () => {
    const styles = `<numFmts><numFmt numFmtId="164" formatCode="[$-40C]d\\ mmmm\\ yyyy;@"/><numFmt numFmtId="165" formatCode="&quot;day &quot;0.00"/><numFmt numFmtId="166" formatCode="00000"/><numFmt numFmtId="167" formatCode="[h]:mm"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="20"/></cellXfs>`
    const cells: readonly (readonly [xml: string, shown: string | null, in1904?: string])[] = [
      ['<c r="A@"><v>42</v></c>', '42'],
      ['<c r="A@"><v>3.3612345566E10</v></c>', '33612345566'],
      ['<c r="A@"><v>1.9989999999999998E1</v></c>', '19.99'],
      ['<c r="A@"><v>-1.5E-7</v></c>', '-0.00000015'],
      ['<c r="A@"><v>0.30000000000000004</v></c>', '0.3'],
      ['<c r="A@" s="1"><v>1</v></c>', '1900-01-01', '1904-01-02'],
      ['<c r="A@" s="1"><v>59</v></c>', '1900-02-28', '1904-02-29'],
      ['<c r="A@" s="1"><v>61</v></c>', '1900-03-01', '1904-03-02'],
      ['<c r="A@" s="3"><v>46023</v></c>', '2026-01-01', '2030-01-02'],
      ['<c r="A@" s="2"><v>46023.520833333336</v></c>', '2026-01-01T12:30:00', '2030-01-02T12:30:00'],
      ['<c r="A@" s="4"><v>46023</v></c>', '46023'],
      ['<c r="A@" s="5"><v>1234</v></c>', '01234'],
      ['<c r="A@" s="6"><v>1.0625</v></c>', '25:30:00'],
      ['<c r="A@" s="7"><v>0.75</v></c>', '18:00:00'],
      ['<c r="A@" t="b"><v>1</v></c>', 'true'],
      ['<c r="A@" t="e"><v>#N/A</v></c>', '#N/A'],
      ['<c r="A@" t="d"><v>2026-01-01T00:00:00</v></c>', '2026-01-01T00:00:00'],
      ['<c r="A@" t="str"><f>B1&amp;""</f><v>Ada</v></c>', 'Ada'],
      [
        '<c r="A@" t="inlineStr"><is><r><t>A</t></r><r><rPr><b/></rPr><t xml:space="preserve">da </t></r><rPh sb="0" eb="1"><t>eida</t></rPh></is></c>',
        'Ada ',
      ],
      [
        '<c r="A@" t="inlineStr"><is><t>a_x000D_b _x005F_x0041_ &lt;&#233;<![CDATA[&]]></t></is></c>',
        'a\rb _x0041_ <é&',
      ],
      ['<c r="A@" s="1"/>', null],
      ['<c t="inlineStr"><is><t>placeless</t></is></c>', 'placeless'],
    ]
    const rows = [['value'], ...cells.map(([xml], i) => [{ xml: xml.replaceAll('A@', `A${i + 2}`) }])]
    for (const is1904 of [false, true]) {
      const book = await workbook([{ name: 'S', rows }], {
        styles,
        workbook: is1904 ? '<workbookPr date1904="1"/>' : '',
      })
      await withFiles({ 'book.xlsx': book }, async (files) => {
        await using session = await files.read()
        const shown = await Array.fromAsync(session.stream('book.xlsx/S', ['value']), (row) => row.cells[0])
        const expected = cells.flatMap(([, text, in1904]) => ((is1904 && in1904) || text) ?? [])
        assert.deepEqual(shown, expected)
      })
    }
  })

  it('says which fields are computed, and takes a link that somebody typed for a value', async () => {
    const rows: TestCell[][] = [
      ['first', 'both', 'mail', 'mixed'],
      ...['2', '3'].map((row): TestCell[] => [
        'Ada',
        { xml: `<c r="B${row}" t="str"><f>A${row}&amp;"!"</f><v>Ada!</v></c>` },
        { xml: `<c r="C${row}" t="str"><f>HYPERLINK("mailto:ada@example.com","Ada")</f><v>Ada</v></c>` },
        row === '2' ? 'typed' : { xml: '<c r="D3" t="str"><f>A3</f><v>Ada</v></c>' },
      ]),
    ]
    await withFiles({ 'book.xlsm': await workbook([{ name: 'S', rows }]) }, async (files) => {
      const [sheet] = await described(files)
      assert.deepEqual(
        sheet?.fields.map(({ generated }) => generated),
        [false, true, false, false],
      )
    })
  })

  it('finds what Excel keeps beside the cells: comments, links, unused strings, copies in pivot tables', async () => {
    const parts = workbookParts([
      {
        name: 'S',
        rows: [['mail'], ['x']],
        after: '<hyperlinks><hyperlink ref="A2" r:id="rId1"/></hyperlinks>',
      },
    ])
    const book = await zipOf({
      ...parts,
      'xl/worksheets/_rels/sheet1.xml.rels': relations([['rId1', 'hyperlink', 'mailto:linked@example.com']]),
      'xl/comments1.xml':
        '<comments><comment ref="A2"><text><r><t>wrote commented@example.com</t></r></text></comment></comments>',
      'xl/pivotCache/pivotCacheRecords1.xml':
        '<pivotCacheRecords><r><s v="pivoted@example.com"/><n v="612345566"/></r></pivotCacheRecords>',
      'xl/sharedStrings.xml': String(parts['xl/sharedStrings.xml']).replace(
        '</sst>',
        '<si><t>orphan@example.com</t></si></sst>',
      ),
      'docProps/core.xml': '<cp xmlns:dc="x"><dc:creator>author@example.com</dc:creator></cp>',
      'xl/drawings/vmlDrawing1.vml': '<xml><div><br>drawn@example.com</div></xml>',
      'xl/embeddings/oleObject1.bin': 'anything',
      'xl/media/image1.png': 'a picture',
    })
    await withFiles({ 'book.xlsx': book }, async (files) => {
      const all = await described(files)
      assert.deepEqual(
        all.map(({ name, writable, unreadable }) => [name, writable, unreadable]),
        [
          ['book.xlsx/S', true, null],
          ['book.xlsx/[beside the sheets]', false, null],
          [
            'book.xlsx/[xl/embeddings/oleObject1.bin]',
            false,
            'it may hold copies of cells, and cannot be searched',
          ],
        ],
      )
      await using session = await files.read()
      const collection = 'book.xlsx/[beside the sheets]'
      const found = async (text: string, fold: 'lower' | 'digits' = 'lower') =>
        (
          await cellsOf(session.search({ collection, fields: ['part', 'text'], needles: [{ fold, text }] }))
        )[0]?.[0]
      assert.equal(await found('linked@example.com'), 'xl/worksheets/_rels/sheet1.xml.rels')
      assert.equal(await found('commented@example.com'), 'xl/comments1.xml')
      assert.equal(await found('pivoted@example.com'), 'xl/pivotCache/pivotCacheRecords1.xml')
      assert.equal(await found('612345566', 'digits'), 'xl/pivotCache/pivotCacheRecords1.xml')
      assert.equal(await found('orphan@example.com'), 'xl/sharedStrings.xml')
      assert.equal(await found('author@example.com'), 'docProps/core.xml')
      assert.equal(await found('drawn@example.com'), 'xl/drawings/vmlDrawing1.vml')
      await assert.rejects(session.sample('book.xlsx/[xl/embeddings/oleObject1.bin]', 1), (error) =>
        isProblem(error, 'connectors.corrupt'),
      )
    })
  })

  it('names what is wrong with a sheet, and on which row', async () => {
    const book = await workbook([
      { name: 'twice', rows: [[], ['a', 'a']] },
      { name: 'nameless', rows: [['a'], ['1'], ['2', 'beyond the header']] },
      {
        name: 'data',
        rows: [
          ['ada@example.com', 'Ada'],
          ['bob@example.com', 'Bob'],
        ],
      },
      {
        name: 'backwards',
        rows: [[{ xml: '<c r="B1" t="str"><v>a</v></c><c r="A1" t="str"><v>b</v></c>' }]],
      },
      { name: 'good', rows: [['a'], ['1']] },
    ])
    await withFiles({ 'book.xlsx': book }, async (files) => {
      const reasons = Object.fromEntries(
        (await described(files)).map(({ name, unreadable }) => [name, unreadable]),
      )
      assert.equal(reasons['book.xlsx/twice'], 'line 2: two fields have the same name')
      assert.equal(reasons['book.xlsx/nameless'], 'line 3: a field has no name')
      assert.equal(reasons['book.xlsx/data'], 'line 1: the first line looks like data, not like field names')
      assert.equal(reasons['book.xlsx/good'], null)
      await using session = await files.read()
      await assert.rejects(everything(session, 'book.xlsx/backwards', []), { code: 'connectors.corrupt' })
      for (const name of [
        'book.xlsx',
        'book.xlsx/',
        'book.xlsx/none',
        'book.xlsx/[xl/workbook.xml]',
        'none.xlsx/good',
      ])
        await assert.rejects(session.sample(name, 1), { code: 'connectors.unknown-collection' }, name)
    })
  })
})
