import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { before, parseDay, showDay, showFrenchDay, showInstant } from './calendar.ts'

const day = (text: string) => parseDay(text) ?? assert.fail(text)

suite('the calendar of the sample', () => {
  test('reads the days it writes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -40_000, max: 60_000 }),
        (number) => parseDay(showDay(number)) === number,
      ),
    )
  })

  test('knows which days there are', () => {
    for (const text of ['2026-02-29', '2026-13-01', '2026-1-1', '2026-01-01T00:00:00Z', 'today'])
      assert.equal(parseDay(text), undefined)
    assert.equal(showDay(day('2024-02-29') + 1), '2024-03-01')
  })

  test('counts back by the calendar, and never past the end of a month', () => {
    assert.equal(showDay(before(day('2026-08-31'), 10)), '2016-08-31')
    assert.equal(showDay(before(day('2026-08-31'), 0, 6)), '2026-02-28')
    assert.equal(showDay(before(day('2024-02-29'), 1)), '2023-02-28')
    assert.equal(showDay(before(day('2026-01-15'), 12, 6)), '2013-07-15')
  })

  test('writes days and hours as each system does', () => {
    assert.equal(showFrenchDay(day('2026-08-31')), '31/08/2026')
    assert.equal(showInstant(day('2026-08-31'), 3_661), '2026-08-31T01:01:01Z')
  })
})
