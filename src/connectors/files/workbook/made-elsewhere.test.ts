import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { everything } from '../../conformance/sketch.ts'
import { type TestDirectory, withFiles } from '../directory.fixture.ts'
import { partsOf } from './workbook.fixture.ts'

/**
 * Two workbooks of invented people: `xlsxwriter.xlsx` by XlsxWriter 3.3.1, which writes as Excel does (a table, links, a
 * comment, rich text, a hidden row and sheet, a chart, cached formulas), `openpyxl.xlsx` by openpyxl 3.1.5.
 */
const madeElsewhere = (name: string): Promise<Buffer> =>
  readFile(new URL(`./made-elsewhere/${name}`, import.meta.url))

const parts = async (files: TestDirectory, name: string) => partsOf(await readFile(files.path(name)))

describe('an Excel file made by another program', () => {
  it('is read as that program shows it', async () => {
    await withFiles(
      { 'a.xlsx': await madeElsewhere('xlsxwriter.xlsx'), 'b.xlsx': await madeElsewhere('openpyxl.xlsx') },
      async (files) => {
        await using session = await files.read()
        const fields = ['name', 'e-mail', 'phone', 'postcode', 'active', 'greeting']
        assert.deepEqual(await everything(session, 'a.xlsx/Customers', fields), [
          ['Ada Lovelace', 'ada@example.com', '+33 6 12 34 55 66', '01234', 'true', 'Dear Ada Lovelace'],
          ['Élodie Müller', 'elodie@example.fr', '0612345567', '75002', 'false', 'Dear Élodie Müller'],
          ['李 小龍', 'li@example.cn', null, '99999', 'true', 'Dear 李 小龍'],
        ])
        assert.deepEqual(await everything(session, 'b.xlsx/Customers', ['name', 'born', 'total']), [
          ['Ada Lovelace', '1990-12-10', '12.5'],
          ['Bob', '2026-01-01T12:30:00', null],
        ])
      },
    )
  })

  it('holds nothing of a person once all her rows are erased', async () => {
    await withFiles(
      { 'a.xlsx': await madeElsewhere('xlsxwriter.xlsx'), 'b.xlsx': await madeElsewhere('openpyxl.xlsx') },
      async (files) => {
        const old = await parts(files, 'a.xlsx')
        {
          await using session = await files.write()
          await session.remove('a.xlsx/Customers', ['["2"]'])
          await session.change('a.xlsx/Orders', [{ key: '["2"]', set: { customer: null } }])
          await session.remove('b.xlsx/Customers', ['["2"]'])
          await session.commit()
        }
        for (const name of ['a.xlsx', 'b.xlsx'])
          for (const [part, bytes] of await parts(files, name))
            assert.doesNotMatch(bytes.toString(), /\bada\b|lovelace/i, `${part} of ${name}`)
        const fresh = await parts(files, 'a.xlsx')
        assert.deepEqual([...fresh.keys()], [...old.keys()])
        for (const part of [
          'xl/styles.xml',
          'xl/tables/table1.xml',
          'xl/drawings/vmlDrawing1.vml',
          'docProps/core.xml',
        ])
          assert.deepEqual(fresh.get(part), old.get(part), part)
        await using session = await files.read()
        assert.deepEqual(await everything(session, 'a.xlsx/Orders', ['customer', 'total']), [
          ['李 小龍', '7'],
          [null, '12.5'],
        ])
        assert.equal((await everything(session, 'a.xlsx/Customers', ['name'])).length, 2)
      },
    )
  })
})
