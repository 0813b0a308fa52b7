import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { HeldRow, SystemHoldings } from './holdings.ts'
import { closestOf } from './people-apart.ts'

/** Rows of one collection, by whose they are. */
const owners: Readonly<Record<string, readonly number[]>> = {
  '["1"]': [2, 5],
  '["2"]': [5, 7],
  '["3"]': [3],
  '["4"]': [4, 6],
  '["5"]': [8, 9, 10, 11],
  '["6"]': [8],
  '["7"]': [9],
  '["8"]': [10, 11],
}
const row = (key: string): HeldRow => ({
  key,
  cells: [],
  role: key === '["4"]' ? 'shared' : 'owner',
  clears: [],
  via: { by: 'known' },
})
const found: SystemHoldings = {
  name: 'shop',
  collections: [{ name: 'household', fields: [], rows: Object.keys(owners).map(row), mentions: [] }],
}
const closest = (people: readonly number[]) => closestOf(found, (_, key) => owners[key] ?? [], people, 3)

describe('people of whom too many can only go together', () => {
  it('are taken apart, but for the few who own a row with each other', () =>
    assert.deepEqual(closest([2, 3, 4, 5, 6, 7]), [[2, 5, 7], [3], [4], [6]]))

  it('are taken apart too where many own one row, but for one person by two identifiers', () =>
    assert.deepEqual(closest([3, 8, 9, 10, 11]), [[3], [8], [9], [10, 11]]))
})
