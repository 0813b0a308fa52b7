import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareDecimals, readDecimal } from './decimal.ts'

const compared = (left: string, right: string): number => {
  const [a, b] = [readDecimal(left), readDecimal(right)]
  assert.ok(a && b)
  return compareDecimals(a, b)
}

test('a number equals itself however it is written', () => {
  for (const text of ['1.50', '1.5', '+1.5', '01.5', '15e-1', '.15E1', '150e-2', ' 1.5 '])
    assert.equal(compared(text, '1.5'), 0)
  assert.equal(compared('-0.0', '0'), 0)
})

test('what is not one finite number is none', () => {
  for (const text of [
    '',
    '.',
    '-',
    'NaN',
    'Infinity',
    '1,5',
    '1 000',
    '0x10',
    '1e99999',
    '€ 3',
    '1.2.3',
    '9'.repeat(3000),
  ])
    assert.equal(readDecimal(text), null, text.slice(0, 20))
})

test('numbers of any length and scale keep their order', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt(), fc.nat(30), (a, b, scale) => {
      const order = a < b ? -1 : a > b ? 1 : 0
      assert.equal(compared(`${a}e-${scale}`, `${b}e-${scale}`), order)
    }),
  )
})
