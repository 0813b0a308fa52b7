import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { portionSizes } from './portion-size.ts'

const bounds = { fewest: 1_000, most: 4_000 }

/** Portions through a system in which each costs so much, and each of its people. */
function run(portions: number, fixed: number, each: number, within = bounds): readonly number[] {
  const sizes = portionSizes(within)
  return Array.from({ length: portions }, () => {
    const people = sizes.next()
    sizes.note(people, fixed + each * people)
    return people
  })
}

describe('the number of people who go through a system together', () => {
  it('stays small where each of them costs the same in any company', () =>
    assert.deepEqual(run(5, 100, 5), [1_000, 2_000, 1_000, 1_000, 1_000]))

  it('grows where a portion costs far more than its people', () =>
    assert.deepEqual(run(6, 50_000, 3), [1_000, 2_000, 4_000, 4_000, 4_000, 4_000]))

  it('keeps to what a small machine has room for, be it no double of the first', () => {
    assert.deepEqual(run(3, 50_000, 3, { fewest: 1_000, most: 2_500 }), [1_000, 2_000, 2_500])
    assert.deepEqual(run(3, 50_000, 3, { fewest: 1_000, most: 300 }), [1_000, 1_000, 1_000])
  })

  it('is never beyond what memory is meant to hold, and never ends where a person was dearer', () =>
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (fixed, each) => {
          const sizes = run(8, fixed, each)
          assert.ok(sizes.every((size) => size >= 1_000 && size <= 4_000))
          const perPerson = (size: number) => fixed / size + each
          assert.ok(perPerson(sizes.at(-1) ?? 0) <= perPerson(1_000))
        },
      ),
    ))

  it('learns nothing from the few at the end', () => {
    const sizes = portionSizes(bounds)
    sizes.note(12, 60_000)
    assert.equal(sizes.next(), 1_000)
  })
})
