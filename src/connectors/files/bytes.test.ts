import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import type { Cell } from '../connector.ts'
import { withFiles } from './directory.fixture.ts'

/** One value of a record, and whether it is written in quotes where it need not be. */
interface Written {
  readonly text: string
  readonly isQuoted: boolean
}

interface Sheet {
  readonly encoding: 'utf8' | 'utf-16le' | 'utf-16be' | 'windows-1252'
  readonly hasMark: boolean
  readonly delimiter: string
  readonly lineEnd: string
  readonly endsWithLine: boolean
  readonly blankLines: ReadonlySet<number>
  readonly records: readonly (readonly Written[])[]
}

const western = fc.constantFrom(...'aZ09éÜß€Šœ \'",;|\t\n\r.:-=@\\'.split(''))
const anything = fc.constantFrom(...'aZ09éΩЯ李€ \'",;|\t\n\r.:-=@\\'.split(''), '🐉', 'e\u0301', '\u0081')

const sheets: fc.Arbitrary<Sheet> = fc
  .record({
    encoding: fc.constantFrom(
      'utf8' as const,
      'utf-16le' as const,
      'utf-16be' as const,
      'windows-1252' as const,
    ),
    mark: fc.boolean(),
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    endsWithLine: fc.boolean(),
    columns: fc.integer({ min: 1, max: 4 }),
    blanks: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 2 }),
  })
  .chain(({ encoding, mark, columns, blanks, ...style }) => {
    const letter = encoding === 'windows-1252' ? western : anything
    const text = fc.array(letter, { maxLength: 6 }).map((letters) => letters.join(''))
    const record = fc.array(fc.record({ text, isQuoted: fc.boolean() }), {
      minLength: columns,
      maxLength: columns,
    })
    const header = Array.from({ length: columns }, (_, i) => ({ text: `f${i}`, isQuoted: i === 1 }))
    const hasMark = encoding.startsWith('utf-16') || (mark && encoding === 'utf8')
    return fc.array(record, { maxLength: 8 }).map((records) => ({
      ...style,
      encoding,
      hasMark,
      blankLines: new Set(blanks),
      records: [header, ...records],
    }))
  })

const encoded = (sheet: Sheet, text: string): Buffer =>
  sheet.encoding === 'utf8' ? Buffer.from(text) : iconv.encode(text, sheet.encoding)
const marks = { utf8: 'efbbbf', 'utf-16le': 'fffe', 'utf-16be': 'feff', 'windows-1252': '' }

const isInQuotes = (sheet: Sheet, { text, isQuoted }: Written, isAlone: boolean): boolean =>
  isQuoted || /["\r\n]/.test(text) || text.includes(sheet.delimiter) || (isAlone && text === '')

const written = (sheet: Sheet, value: Written, isAlone: boolean): string =>
  isInQuotes(sheet, value, isAlone) ? `"${value.text.replaceAll('"', '""')}"` : value.text

/** A value in the place of another, in quotes where that was. */
const instead = (sheet: Sheet, record: readonly Written[], place: number, text: string): readonly Written[] =>
  record.map((value, i) =>
    i === place ? { text, isQuoted: isInQuotes(sheet, value, record.length === 1) } : value,
  )

/** The file a sheet is, without the records left out: written here a second time, in another way than the driver's. */
function fileOf(
  sheet: Sheet,
  records: Sheet['records'] | readonly (Sheet['records'][number] | null)[],
): Buffer {
  const lines = sheet.records.flatMap((_, i) => {
    const values = records[i]
    const blank = i > 0 && sheet.blankLines.has(i) ? sheet.lineEnd : ''
    if (!values) return [blank]
    return [
      blank +
        values.map((value) => written(sheet, value, values.length === 1)).join(sheet.delimiter) +
        sheet.lineEnd,
    ]
  })
  const text = lines.join('')
  const body =
    sheet.endsWithLine || !text.endsWith(sheet.lineEnd) ? text : text.slice(0, -sheet.lineEnd.length)
  return Buffer.concat([Buffer.from(sheet.hasMark ? marks[sheet.encoding] : '', 'hex'), encoded(sheet, body)])
}

/** Not to be told apart from another encoding, or from other line ends: then the bytes are right, and the text is not. */
const isReadable = (sheet: Sheet): boolean => {
  const body = fileOf(sheet, sheet.records)
  if (sheet.encoding === 'windows-1252' && Buffer.from(body.toString('utf8')).equals(body)) return false
  return sheet.records.length > 1 && (sheet.delimiter === ',' || (sheet.records[0]?.length ?? 0) > 1)
}

const cell = (text: string | undefined): Cell => text || null

describe('a CSV file that is written anew', () => {
  it('keeps every byte of what is not erased, however it is written', async () => {
    const erasures = fc.array(
      fc.constantFrom(
        'keep' as const,
        'keep' as const,
        'clear' as const,
        'replace' as const,
        'remove' as const,
      ),
      { minLength: 9, maxLength: 9 },
    )
    await withFiles({}, async (files) => {
      await fc.assert(
        fc.asyncProperty(sheets.filter(isReadable), erasures, async (sheet, acts) => {
          await writeFile(files.path('list.csv'), fileOf(sheet, sheet.records))
          const fields = sheet.records[0]?.map(({ text }) => text) ?? []
          const replacement = 'x"y\n'
          const expected = sheet.records.map((record, i) => {
            const act = i === 0 ? 'keep' : acts[i - 1]
            if (act === 'remove') return null
            if (act === 'clear') return instead(sheet, record, 0, '')
            return act === 'replace' ? instead(sheet, record, record.length - 1, replacement) : record
          })
          {
            await using session = await files.write()
            const rows = await Array.fromAsync(session.stream('list.csv', fields))
            const texts = sheet.records.slice(1).map((record) => record.map(({ text }) => cell(text)))
            assert.deepEqual(
              rows.map(({ cells }) => cells),
              texts,
            )
            const doing = (act: string) => rows.filter((_, i) => acts[i] === act).map(({ key }) => key)
            const last = fields.at(-1) ?? ''
            await session.change(
              'list.csv',
              doing('clear').map((key) => ({ key, set: { [fields[0] ?? '']: null } })),
            )
            await session.change(
              'list.csv',
              doing('replace').map((key) => ({ key, set: { [last]: replacement } })),
            )
            await session.remove('list.csv', doing('remove'))
            await session.commit()
          }
          assert.deepEqual(
            (await readFile(files.path('list.csv'))).toString('latin1'),
            fileOf(sheet, expected).toString('latin1'),
          )
        }),
        { numRuns: 150 },
      )
    })
  })

  it('takes a single changed value apart from the rest, and nothing else', async () => {
    const before =
      '\ufeffname;"e-mail";note\r\n"Ada";ada@example.com;"said ""hi"""\n\r\n Bob ;bob@example.com;\r\n;;last'
    await withFiles({ 'list.csv': before }, async (files) => {
      await using session = await files.write()
      assert.equal(
        await session.change('list.csv', [
          { key: '["1"]', set: { 'e-mail': 'a;b', name: null } },
          { key: '["3"]', set: { note: '' } },
        ]),
        2,
      )
      await session.commit()
      const after = await readFile(files.path('list.csv'), 'utf8')
      assert.equal(
        after,
        '\ufeffname;"e-mail";note\r\n"";"a;b";"said ""hi"""\n\r\n Bob ;bob@example.com;\r\n;;',
      )
    })
  })

  it('refuses text its encoding cannot hold, and goes on', async () => {
    await withFiles({ 'list.csv': Buffer.from('name,city\nJos\xe9,K\xf6ln\n', 'latin1') }, async (files) => {
      await using session = await files.write()
      const set = (city: string) => session.change('list.csv', [{ key: '["1"]', set: { city } }])
      for (const text of ['Łódź', '🐉', 'a\0b', '\ud800'])
        await assert.rejects(set(text), {
          code: 'connectors.constraint',
          params: { kind: 'type', constraint: 'city: windows-1252', collection: 'list.csv' },
        })
      assert.equal(await set('Zürich €'), 1)
      await session.commit()
      assert.equal(
        (await readFile(files.path('list.csv'))).toString('latin1'),
        'name,city\nJos\xe9,Z\xfcrich \x80\n',
      )
    })
  })
})
