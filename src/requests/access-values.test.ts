import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { jsonText, spreadsheetText } from './access-values.ts'

test('numbers stand in JSON with the digits the system holds', () => {
  assert.equal(jsonText('decimal', '19.90'), '19.90')
  assert.equal(jsonText('integer', '-42'), '-42')
  assert.equal(jsonText('decimal', '0.000001234567890123'), '0.000001234567890123')
  assert.equal(jsonText('integer', '9007199254740991'), '9007199254740991')
})

test('a number a reader would round stays a string', () => {
  for (const cell of [
    '9007199254740993',
    '12345678901234567890',
    '0.1234567890123456789',
    '1e400',
    'NaN',
    '007',
    '+1',
    '.5',
    '',
  ])
    assert.equal(jsonText('decimal', cell), JSON.stringify(cell))
})

test('every number in JSON is read back as the digits it was written with', () => {
  // Inside these bounds JavaScript prints a number without an exponent, so that digits can be compared.
  const decimals = fc
    .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.stringMatching(/^(\.[0-9]{1,6})?$/))
    .map(([whole, fraction]) => `${whole}${fraction}`)
  const bare = (text: string) => text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
  fc.assert(
    fc.property(decimals, (cell) => {
      const value: unknown = JSON.parse(jsonText('decimal', cell))
      if (typeof value === 'number') assert.equal(String(value), bare(cell))
      else assert.equal(value, cell)
    }),
    { numRuns: 1000 },
  )
})

test('true and false are JSON in the spellings databases print, and nothing else is', () => {
  for (const cell of ['t', 'true', 'TRUE', '1']) assert.equal(jsonText('boolean', cell), 'true')
  for (const cell of ['f', 'false', '0']) assert.equal(jsonText('boolean', cell), 'false')
  assert.equal(jsonText('boolean', 'yes'), '"yes"')
  assert.equal(jsonText('text', 'true'), '"true"')
})

test('no value at all is null; an empty text is not', () => {
  assert.equal(jsonText('integer', null), 'null')
  assert.equal(jsonText('text', ''), '""')
})

test('what a spreadsheet would run gets an apostrophe, a negative number does not', () => {
  for (const cell of ['=1+1', '+33612345678', '-1+cmd', '@sum(a1)', '\t=1', '\r=1', '\n=1', '\0=1', '＝1'])
    assert.equal(spreadsheetText('text', cell), `'${cell}`)
  assert.equal(spreadsheetText('decimal', '-12.50'), '-12.50')
  assert.equal(spreadsheetText('text', '-12.50'), "'-12.50")
  assert.equal(spreadsheetText('text', 'a=b'), 'a=b')
})
