import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Cell, FieldKind } from '../connectors/public.ts'
import { keptUntil } from './keep-until.ts'

const tenYears = { years: 10 }

test('a German invoice of March 2026 is kept to the end of 2034, eight years after its year', () => {
  assert.equal(keptUntil({ years: 8, roundTo: 'end-of-year' }, '2026-03-15'), '2034-12-31')
})

test('a French financial year that ends on 30 June 2026 is kept for ten years to the day', () => {
  assert.equal(keptUntil(tenYears, '2026-06-30'), '2036-06-30')
})

test('a prospect who last clicked on 28 February 2026 is kept for three years from that click', () => {
  assert.equal(keptUntil({ years: 3, roundTo: 'exact' }, '2026-02-28'), '2029-02-28')
})

test('29 February ends on the 28th, and on the 29th in a leap year', () => {
  assert.equal(keptUntil({ years: 1 }, '2024-02-29'), '2025-02-28')
  assert.equal(keptUntil({ years: 4 }, '2024-02-29'), '2028-02-29')
})

test('a rule without years has no last day of its own', () => {
  assert.equal(keptUntil({}, '2026-03-15'), null)
  assert.equal(keptUntil({ roundTo: 'end-of-year' }, 'nonsense'), null)
})

const readable: readonly (readonly [string, FieldKind, string])[] = [
  ['2026-03-15', 'date', '2036-03-15'],
  [' 2026-03-15 ', 'text', '2036-03-15'],
  ['2026-03-15 23:59:59', 'timestamp', '2036-03-15'],
  ['2026-03-15 23:59:59.123456+00', 'timestamp', '2036-03-15'],
  ['2026-03-15 00:30:00+05:30', 'timestamp', '2036-03-15'],
  ['2026-03-15T10:00:00Z', 'text', '2036-03-15'],
  ['2026-03-15T10:00:00.000+0100', 'text', '2036-03-15'],
  ['2026-03-15 10:00', 'text', '2036-03-15'],
  ['2026/3/5', 'text', '2036-03-05'],
  ['15.03.2026', 'text', '2036-03-15'],
  ['5.3.2026 10:00', 'text', '2036-03-05'],
  ['20260315', 'text', '2036-03-15'],
  ['20260315', 'integer', '2036-03-15'],
  ['1773532800', 'integer', '2036-03-15'],
  ['1773532800000', 'integer', '2036-03-15'],
  ['1773532800000000', 'integer', '2036-03-15'],
  ['1950-05-01', 'date', '1960-05-01'],
  ['9999-12-31', 'date', '9999-12-31'],
]
for (const [cell, kind, expected] of readable)
  test(`ten years from "${cell}" (${kind}) end on ${expected}`, () => {
    assert.equal(keptUntil(tenYears, cell, kind), expected)
  })

test('a year or month alone counts from its last day, so that nothing goes too early', () => {
  assert.equal(keptUntil(tenYears, '2026', 'integer'), '2036-12-31')
  assert.equal(keptUntil(tenYears, '2026', 'text'), '2036-12-31')
  assert.equal(keptUntil(tenYears, '2026-02', 'text'), '2036-02-28')
})

const unreadable: readonly (readonly [Cell, FieldKind])[] = [
  [null, 'date'],
  ['', 'text'],
  ['soon', 'text'],
  ['2026-02-30', 'text'],
  ['2026-13-01', 'text'],
  ['2026-00', 'text'],
  ['0000-00-00', 'date'],
  ['01/02/2026', 'text'],
  ['infinity', 'timestamp'],
  ['0044-03-15 BC', 'date'],
  ['46096', 'integer'],
  ['0', 'integer'],
  ['1773532800', 'text'],
  ['2461115.5', 'decimal'],
  ['2026-03-15; drop', 'text'],
  // Dates that were never set.
  ['0001-01-01 00:00:00', 'timestamp'],
  ['1753-01-01', 'timestamp'],
  ['1899-12-30', 'date'],
  ['1900-01-01 00:00:00', 'timestamp'],
  ['1970-01-01 00:00:00', 'timestamp'],
]
for (const [cell, kind] of unreadable)
  test(`no period is counted from ${cell === null ? 'NULL' : `"${cell}"`} (${kind})`, () => {
    assert.equal(keptUntil(tenYears, cell, kind), 'unreadable')
  })

test('more years never end earlier, and the end of the year never before the day', () => {
  const day = fc.date({ min: new Date('1971-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
  const years = fc.integer({ min: 1, max: 100 })
  fc.assert(
    fc.property(day, years, years, (date, some, more) => {
      const cell = date.toISOString()
      const exact = keptUntil({ years: some }, cell) ?? ''
      assert.ok(exact <= (keptUntil({ years: some + more }, cell) ?? ''))
      const rounded = keptUntil({ years: some, roundTo: 'end-of-year' }, cell) ?? ''
      assert.ok(exact <= rounded)
      assert.equal(rounded, `${exact.slice(0, 4)}-12-31`)
    }),
  )
})
